"""Read: bytes -> sheets -> rows in canonical columns; whose and what they are."""
