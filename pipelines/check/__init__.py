"""Check: rows -> verdicts."""
