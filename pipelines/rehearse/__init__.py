"""Rehearse: before a notice takes anything in, one submission of each sort passes through the real path, in memory.

Reads a notice; writes nothing. What does not end accepted and on time is a mistake of the notice, and is said so by `check`.
"""

from pipelines.rehearse.rehearse import rehearse

__all__ = ["rehearse"]
