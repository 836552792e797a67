"""What transcripts may be written in: a module a format, told by content (`registry.py`)."""
