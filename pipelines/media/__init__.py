"""Media: what was selected and cleared for the public, as feeds and packages, pushed to news sites and taken back from them.

stories (what of an item may be said) → rework (texts and pictures, in children) → package, atom, json_feed → refresh (the
outbox of pushes, with what was ever told). `pipelines/send/pusher.py` hands over.
"""
