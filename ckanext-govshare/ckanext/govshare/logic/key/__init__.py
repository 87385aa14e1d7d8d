"""Keys of data at rest: rotation, and what is said about the key file."""
