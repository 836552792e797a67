from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.real_takes import join_recordings, real_take
from bench.synth.episode import truth_of, write_wav
from bench.synth.faults import corrupt_words

TEXT = "one small step for a man\none giant leap for all of mankind\n"


def recordings(folder: Path) -> list[tuple[Path, Path]]:
    found = []
    for number, line in enumerate(TEXT.splitlines()):
        audio, text = folder / f"{number}.wav", folder / f"{number}.txt"
        write_wav(audio, np.full(16_000, number, np.int16))
        text.write_text(line, encoding="utf-8")
        found.append((audio, text))
    return found


def episode(*, missing: int) -> dict[str, object]:
    words = [
        {"text": word, "start_ms": 100 * n, "end_ms": 100 * n + 90}
        for n, word in enumerate(TEXT.split())
    ]
    words[missing] = {"text": words[missing]["text"], "start_ms": None, "end_ms": None}
    return {"words": words}


def test_recordings_are_joined(tmp_path: Path) -> None:
    audio, text = join_recordings(recordings(tmp_path), tmp_path)
    assert text.read_text(encoding="utf-8") == TEXT
    take = real_take(audio, text, episode(missing=0))
    assert take.duration_s == 2.0
    assert take.segments[0].samples[15_999:16_001].tolist() == [0, 1]


def test_another_sampling_rate_is_refused(tmp_path: Path) -> None:
    audio, text = recordings(tmp_path)[0]
    write_wav(audio, np.zeros(8000, np.int16), 8000)
    with pytest.raises(ValueError, match="16 kHz"):
        join_recordings([(audio, text)], tmp_path)


def test_the_truth_of_a_wrong_text_is_where_the_right_text_is(tmp_path: Path) -> None:
    audio, text = join_recordings(recordings(tmp_path), tmp_path)
    take = real_take(audio, text, episode(missing=4))
    truth = truth_of(take)
    assert truth["absent"] == []
    assert truth["ambiguous_words"] == [4]
    assert [w["start_ms"] for w in truth["words"]][5:7] == [500, 600]
    wrong = truth_of(corrupt_words(take, 0.3, np.random.default_rng(1)))
    right = {w["text"]: w["start_ms"] for w in truth["words"]}
    assert wrong["absent"]
    for word in wrong["words"]:
        if word["index"] in wrong["absent"]:
            assert word["start_ms"] is None
        elif word["text"] not in ("one", "for"):
            assert word["start_ms"] == right[word["text"]]
