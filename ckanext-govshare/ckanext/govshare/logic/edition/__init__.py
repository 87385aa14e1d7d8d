"""Editions (数据版本): receiving, reading, judging and releasing data."""
