"""What people and programs ask the snapshot: figures, traces, exports, and how they are printed."""
