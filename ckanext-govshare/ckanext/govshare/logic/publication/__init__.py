"""Publication (发布): cases and changes, their inbox, and what publishing does."""
