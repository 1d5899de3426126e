"""Recommend 择优推荐: what was selected, as a package for the ministry: a table, one folder an item, a manifest, zips by size.

contents (which files, under which names) → table (docx, xlsx) → parts (zips) → issue (recorded once; by mail or pushed).
The same snapshot and moment give the same bytes.
"""
