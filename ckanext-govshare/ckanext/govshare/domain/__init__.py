"""The rules, and nothing else: no clock, no input or output, no words for people."""
