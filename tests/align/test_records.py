from __future__ import annotations

import numpy as np

from pipeline.align.records import HeardPhone, HeardPhones, TimedWord, TimedWords


def test_heard_phones_are_a_sequence_of_records() -> None:
    phones = HeardPhones(
        ("AH", "B"), np.array([1, 0, 1], np.int16), np.array([[0, 5], [5, 9], [9, 30]], np.int32)
    )
    assert phones[1] == HeardPhone("AH", 5, 9)
    assert phones == (("B", 0, 5), ("AH", 5, 9), ("B", 9, 30))
    assert phones[1:] == phones[-2:] != phones
    assert hash(phones) == hash(tuple(phones))


def test_timed_words_are_a_sequence_of_records() -> None:
    words = TimedWords(
        np.array([[0, 50], [-1, -1], [60, 90]], np.int32),
        np.array([0.875, 0.125, 1.0]),
        np.array([False, False, True]),
    )
    assert words[0] == TimedWord(0, 50, 0.875, "aligned")
    assert words[2] == TimedWord(60, 90, 1.0, "interpolated")
    assert words == (words[0], TimedWord(None, None, 0.125, "absent"), words[2])
    assert words[1:] == words[-2:] != words
    assert hash(words) == hash(tuple(words))
