"""Real recordings for the faults of `bench.synth.faults`: the truth is where their right text is.

Nobody has said when each word of these recordings is spoken. But of the right text, almost all of
which is found, the times are good to a few hundredths of a second, and that is enough to tell
whether a wrong text is seen to be wrong, and leaves the right words where they are.
"""

from __future__ import annotations

import wave
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.synth.episode import Segment, SpokenWord, Take, write_wav
from bench.synth.flite import SAMPLE_RATE_HZ
from bench.synth.script import read_script

__all__ = ["join_recordings", "real_take"]


def join_recordings(recordings: Sequence[tuple[Path, Path]], folder: Path) -> tuple[Path, Path]:
    """Write WAV files of 16 kHz, one channel, and their texts one after the other.

    Returns:
        The audio and the transcript.
    """
    parts, lines = [], []
    for audio, text in recordings:
        parts.append(_samples(audio))
        lines.append(text.read_text(encoding="utf-8").strip())
    write_wav(folder / "joined.wav", np.concatenate(parts))
    transcript = folder / "joined.txt"
    transcript.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "joined.wav", transcript


def real_take(audio: Path, transcript: Path, episode: Mapping[str, Any]) -> Take:
    """A recording as the faults need it.

    Args:
        audio: WAV, 16 kHz, one channel.
        transcript: its right text.
        episode: the timed episode of both. A word that it does not find is doubtful.
    """
    script = read_script(transcript)
    if len(script.words) != len(episode["words"]):
        raise ValueError(f"{len(episode['words'])} words, not the script's {len(script.words)}")
    words = []
    end_s = 0.0
    for part, word in zip(script.words, episode["words"], strict=True):
        is_found = word["start_ms"] is not None
        start_s = word["start_ms"] / 1000 if is_found else end_s
        end_s = word["end_ms"] / 1000 if is_found else end_s
        assert part.said is not None
        words.append(SpokenWord(part.said, start_s, end_s, part.speaker, doubtful=not is_found))
    return Take(script, (Segment("speech", _samples(audio), tuple(words)),))


def _samples(audio: Path) -> NDArray[np.int16]:
    with wave.open(str(audio), "rb") as handle:
        if (handle.getframerate(), handle.getnchannels()) != (SAMPLE_RATE_HZ, 1):
            raise ValueError(f"{audio} is not 16 kHz mono")
        return np.frombuffer(handle.readframes(handle.getnframes()), np.int16)
