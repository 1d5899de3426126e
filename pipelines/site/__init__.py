"""Site: the special website 专题网站 of a notice, a folder of plain files that any web server or a share can show.

Reads the published snapshot as of a moment and the shelf of published bulletins, nothing else: what the snapshot does not hold
(liaisons, telephone numbers, files) cannot be on the site. Writes one folder, which takes the place of the one before whole.
"""
