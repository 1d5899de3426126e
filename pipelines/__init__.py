"""The stages of the path, in the order in which data passes: collect, read, check, load, publish."""
