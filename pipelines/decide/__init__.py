"""Decisions: what a person decides, as events in the archive, and what each does to what is read and counted."""
