"""Collect: sources -> archive."""
