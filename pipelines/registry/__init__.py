"""Registry: who answers for a unit, where its column is on the web, and whether that column answers.

Reads the newest accepted plans (snapshot; names, phones and mail addresses from the private file) and visits their column
URLs; writes <home>/registry/registry.sqlite, which nothing else can make again: what a page answered last week is history.
"""
