"""Clean: what a file says of persons and places beside its content is taken out of it, and nothing else is changed.

kinds (which cleaner) → pictures, films, office (in zips), binary (OLE), pdf, rtf → pieces of the original and bytes between them.
Runs in a reading child. Nothing is encoded anew: pixels, sound and text stay the bytes that they were.
"""
