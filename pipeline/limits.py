"""How large inputs may be. Beyond them there is one clear line; within them everything works.

They keep a hostile or mistaken file from filling memory and disk; nobody's episode comes near.
docs/reliability.md lists them, tests hold them.
"""

from __future__ import annotations

__all__ = [
    "LONGEST_AUDIO_S",
    "LONGEST_TOKEN",
    "MOST_CHAPTERS",
    "MOST_CONFIG_BYTES",
    "MOST_DIFFERENT_WORDS",
    "MOST_INPUT_BYTES",
    "MOST_LINES",
    "MOST_SPEAKERS",
    "MOST_TIME_MS",
    "MOST_TRANSCRIPT_BYTES",
    "MOST_VOICES_BYTES",
    "MOST_WORDS",
]

LONGEST_AUDIO_S = 24 * 3600
"""Of one audio file, by its own clock: holes in it count."""

MOST_TRANSCRIPT_BYTES = 32 << 20
MOST_WORDS = 1_000_000
"""Words of a transcript, repeated lines left out: about 110 hours of talk."""

MOST_DIFFERENT_WORDS = 100_000
"""Of a transcript: each one that no dictionary has is guessed, which takes some ms. A million words
of prose have half of that at most."""

LONGEST_TOKEN = 200
"""Characters of a word of a transcript that are read; nobody says more in one breath."""

MOST_LINES = 2_000_000
"""Of a transcript's file, blank ones and times of cues included."""

MOST_SPEAKERS = 1000
"""In a transcript or a config."""

MOST_CHAPTERS = 10_000

MOST_CONFIG_BYTES = 4 << 20
"""Of a config or a style."""

MOST_VOICES_BYTES = 256 << 20
"""Of a voices file: a thousand voices."""

MOST_INPUT_BYTES = 1 << 30
"""Of any other file that is read as a whole: a timed episode of a million words has 200 MB."""

MOST_TIME_MS = 1000 * 3600 * 1000
"""Times in files that are read: a thousand hours."""
