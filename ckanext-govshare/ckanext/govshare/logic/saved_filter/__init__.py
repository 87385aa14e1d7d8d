"""Saved filters (已存筛选) of the workbench's lists."""
