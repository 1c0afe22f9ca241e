"""The stories: one verb a file, read top to bottom."""
