"""Entries (目录条目): the form, the card, its code and its address."""
