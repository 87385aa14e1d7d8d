"""The demonstration city: invented offices, entries and tables, taken through the portal's own actions."""
