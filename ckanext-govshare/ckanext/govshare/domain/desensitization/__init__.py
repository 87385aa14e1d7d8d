"""From raw table to data that may be opened (脱敏): what is found in it, and what is done about it."""
