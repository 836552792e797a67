"""Transcript files to words: parsing, repeated lines, turns and sound events."""
