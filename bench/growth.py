"""`python -m bench.growth`: twice the input takes about twice the time, for all that is fuzzed.

Each reader of `tests/fuzz/readers.py` reads good input of a size and of twice that size, and one
mark of its format repeated as often. Processor time; a ratio above 3 is a hole. What takes less
than 50 ms is not judged: there is nothing to fear from it yet.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from pipeline.errors import EpisodeSubtitlesError
from pipeline.export import srt_file, vtt
from pipeline.export.episode_json import render as render_episode
from pipeline.review.corrections_json import render_corrections
from pipeline.review.records import Corrections, LineCorrection
from pipeline.speakers.voice_sample import VoiceSample, render_voices
from pipeline.subtitles.styles import load_style
from tests.fuzz.readers import READERS, Reader
from tests.support import episode_of

MOST_RATIO = 3.0
_LEAST_S = 0.05
_MARK_BYTES = 200_000
_STYLE = load_style("netflix")


def _lines(row: str, head: str = "") -> Callable[[int], bytes]:
    return lambda n: (head + "".join(row.format(n=k, m=k + 1) for k in range(n))).encode()


def _json(row: str, head: str, tail: str) -> Callable[[int], bytes]:
    return lambda n: (head + ",".join(row.replace("N", str(k)) for k in range(n)) + tail).encode()


def _episode(n: int) -> object:
    return episode_of(*(["- Some words are here, about 20.", "(laughing)"] for _ in range(n)))


def _textgrid(n: int) -> bytes:
    rows = "".join(
        f'intervals [{k + 1}]:\nxmin = {k}\nxmax = {k + 1}\ntext = "a"\n' for k in range(n)
    )
    head = f'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0\nxmax = {n}\n'
    tier = f'class = "IntervalTier"\nname = "words"\nxmin = 0\nxmax = {n}\nintervals: size = {n}\n'
    return f"{head}tiers? <exists>\nsize = 1\nitem []:\nitem [1]:\n{tier}{rows}".encode()


def _voices(n: int) -> bytes:
    frames = np.ones((300, 20), np.float32)
    return render_voices(
        [VoiceSample(f"s{k}", f"S {k}", "voices", frames, frames[:, 0]) for k in range(n)]
    )


_CUE = "{n}\n00:00:00,000 --> 00:00:01,000\nSome words & more\n\n"
_VTT_CUE = "00:00:00.000 --> 00:00:01.000\n<v Ann>Some words &amp; more\n\n"
_SPEAKER = '[[speakers]]\nkey = "k{n}"\nname = "N {n}"\nlabels = ["L{n}"]\n'
GOOD: dict[str, tuple[int, Callable[[int], bytes]]] = {
    "transcript": (8000, _lines("- Some words are here, about {n}.\n\n(laughing)\n\n")),
    "captions": (5000, _lines(_CUE)),
    "config": (500, _lines(_SPEAKER)),
    "style": (50_000, lambda n: b'base = "bbc"\n' + b"# note\n" * n),
    "manifest.csv": (8000, _lines("a{n},a{n}.mp3,a{n}.txt\n", "id,audio,transcript\n")),
    "manifest.jsonl": (
        8000,
        _lines('{{"id": "a{n}", "audio": "a{n}.mp3", "transcript": "a{n}.txt"}}\n'),
    ),
    "manifest.toml": (
        2000,
        _lines('[[episodes]]\nid = "a{n}"\naudio = "a{n}"\ntranscript = "b{n}"\n'),
    ),
    "corrections": (
        20_000,
        lambda n: render_corrections(
            Corrections(
                "demo", "a" * 64, tuple(LineCorrection(k, "x", checked=True) for k in range(n))
            )
        ).encode(),
    ),
    "episode": (2000, lambda n: render_episode(_episode(n), _STYLE).encode()),  # type: ignore[arg-type]
    "voices": (300, _voices),
    "rttm": (20_000, _lines("SPEAKER a 1 {n}.5 1.0 <NA> <NA> lex <NA> <NA>\n")),
    "compare.ctm": (20_000, _lines("a 1 {n}.5 0.2 hello\n")),
    "compare.csv": (20_000, _lines("a,{n}000,{m}000,x\n", "word,start_ms,end_ms,speaker\n")),
    "compare.textgrid": (10_000, _textgrid),
    "compare.json": (
        20_000,
        _json('{"startTime": N, "title": "A"}', '{"version": "1.2.0", "chapters": [', "]}"),
    ),
    "compare.srt": (5000, lambda n: srt_file.render(_episode(n // 10), _STYLE).encode()),  # type: ignore[arg-type]
    "compare.vtt": (5000, lambda n: vtt.render(_episode(n // 10), _STYLE).encode()),  # type: ignore[arg-type]
    "compare.chapters": (5000, _lines(_VTT_CUE, "WEBVTT\n\n")),
}
"""How many items to begin with, and the content that has so many."""


def inputs(name: str, reader: Reader) -> Iterator[tuple[str, bytes, bytes]]:
    """What is read, and content of one size and of twice that size."""
    count, make = GOOD[name]
    yield f"{count:,} and {2 * count:,} items", make(count), make(2 * count)
    for token in reader.tokens:
        mark = token.encode("utf-8", "replace")
        times = max(1, _MARK_BYTES // max(1, len(mark)))
        yield f"{token[:12]!a} repeated", mark * times, mark * 2 * times


def spent_s(reader: Reader, content: bytes, folder: Path) -> float:
    """Processor time that reading takes, the least of three."""
    least_s = float("inf")
    for _ in range(3):
        began_s = time.process_time()
        with contextlib.suppress(EpisodeSubtitlesError):
            reader.read(content, folder)
        least_s = min(least_s, time.process_time() - began_s)
        if least_s > 1:
            break
    return least_s


def compared(reader: Reader, once: bytes, twice: bytes, folder: Path) -> tuple[float, float]:
    """How many times longer the larger one takes, 0 if it is quick, and how long that is, in s."""
    ratio, two_s = float("inf"), 0.0
    for _ in range(3):  # again if it looks bad: the machine may have been busy
        one_s, two_s = (spent_s(reader, content, folder) for content in (once, twice))
        if two_s < _LEAST_S:
            return 0.0, two_s
        ratio = min(ratio, two_s / max(one_s, _LEAST_S / 10))
        if ratio <= MOST_RATIO:
            break
    return ratio, two_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    holes = []
    with tempfile.TemporaryDirectory() as made:
        for name in options.only or READERS:
            worst, which, slowest_s = 0.0, "", 0.0
            for what, once, twice in inputs(name, READERS[name]):
                ratio, two_s = compared(READERS[name], once, twice, Path(made))
                slowest_s = max(slowest_s, two_s)
                if ratio > worst:
                    worst, which = ratio, what
                if ratio > MOST_RATIO:
                    holes.append(f"{name}: {what}")
            judged = f"{worst:.1f} times at most ({which})" if which else "too quick to judge"
            print(f"{name:18} {judged}; slowest {slowest_s:.2f} s", flush=True)
    print(f"{len(READERS)} readers, {len(holes)} holes {holes or ''}")
    sys.exit(bool(holes))


if __name__ == "__main__":
    main()
