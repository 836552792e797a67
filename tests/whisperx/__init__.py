"""Tests of the extra whisperx, with the real package; they run in its own environment."""
