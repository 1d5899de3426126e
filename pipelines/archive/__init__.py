"""What is kept for ever: bytes by their hash, journals of what arrived, and what a run works on."""
