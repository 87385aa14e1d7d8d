"""The mirror's files, shipped: how targets are written down, the protocol, and a receiver to begin with."""
