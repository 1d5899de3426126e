"""The measured claims, and the peers beside them. `python -m benchmarks` runs all, `python -m benchmarks cycle` one.

What is measured runs in a process of its own on files made for it, several times in turn; docs/speed.md holds the results.
"""
