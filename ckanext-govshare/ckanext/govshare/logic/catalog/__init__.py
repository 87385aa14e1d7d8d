"""Catalogs (目录): import in bulk, and the open catalog as files."""
