"""Templates: pre-filled workbooks and form definitions that a notice asks to be filled in."""
