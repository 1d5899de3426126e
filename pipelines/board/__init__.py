"""The board 报送看板 and the desk 待办: pages over the published snapshot, and forms for what only a person can decide.

Which program serves them and who may see them is told by whoever mounts the app (plugins/board.py).
"""
