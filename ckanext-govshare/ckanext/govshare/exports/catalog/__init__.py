"""The open catalog (开放目录) and the papers of an import, written as files."""
