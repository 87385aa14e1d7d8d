"""Deadlines shown and explained."""
