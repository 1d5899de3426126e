"""Bulletin: what `report` makes is approved where the notice asks for it, published, mailed, and corrected when figures change.

ready (has the collection of that hour ended?) → draft → (a person decides) → issue (shelf, index page, outbox) →
correction (published figures against what the marts say of the same moment now).

Reads the published snapshot; writes <home>/bulletins/<notice>/ and the outbox. Nothing here reads a clock but `issue`, which
says when mail was queued: made again for the same moment from the same data, a bulletin is the same to the byte.
"""
