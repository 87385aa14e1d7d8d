"""The journal's chain: checked on demand, anchored every day."""
