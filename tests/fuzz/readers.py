"""Everything that reads what strangers wrote, each as a function of bytes, with good examples.

A reader may give a result or refuse with an error of ours; anything else is a hole. `make fuzz`
tries many inputs on them (bench/fuzz.py), the tests beside this file a few.
"""

from __future__ import annotations

import contextlib
import gzip
import importlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.align.records import Alignment
from pipeline.batch.manifest import read_manifest
from pipeline.batch.records import Entry
from pipeline.batch.state import DamagedError, StateFolder
from pipeline.batch.summary import read_lines, render_table, write_summary
from pipeline.config import parse_config
from pipeline.doctor.records import Suggestion
from pipeline.doctor.suggestions_json import read_suggestions, suggestion_values
from pipeline.errors import EpisodeSubtitlesError, OutputError
from pipeline.evaluate.readers import read_content
from pipeline.evaluate.rttm import read_rttm
from pipeline.export import srt_file, vtt
from pipeline.export.episode_json import parse_episode
from pipeline.export.episode_json import render as render_episode
from pipeline.review.corrections_json import parse_corrections, render_corrections
from pipeline.review.records import Corrections, LineCorrection, MarkedGap
from pipeline.set_swap import PREFIX, recover
from pipeline.speakers.voice_sample import read_voices
from pipeline.subtitles.captions import parse_captions
from pipeline.subtitles.styles import load_style
from pipeline.toml_file import read_text
from pipeline.transcript.decoding import decode_text
from pipeline.transcript.parse import parse_transcript
from tests.batch.support import record_of
from tests.support import DEMO, episode_of

__all__ = ["READERS", "Reader", "refuses_or_reads"]

_STYLE = load_style("netflix")
_EPISODE = episode_of(*DEMO)
_PATH = Path("fuzzed")


@dataclass(frozen=True, slots=True)
class Reader:
    """`read` takes content and a folder for it; `examples` are good; `tokens` occur there."""

    read: Callable[[bytes, Path], object]
    examples: tuple[bytes, ...]
    tokens: tuple[str, ...]


def refuses_or_reads(reader: Reader, content: bytes, folder: Path) -> bool:
    """Whether it was read; an exception that is not ours goes on to the caller."""
    try:
        reader.read(content, folder)
    except EpisodeSubtitlesError as error:
        line = str(error)
        assert line and "\n" not in line and "\x1b" not in line
        return False
    return True


def _file(name: str, read: Callable[[Path], object]) -> Callable[[bytes, Path], object]:
    def reading(content: bytes, folder: Path) -> object:
        path = folder / name
        path.write_bytes(content)
        return read(path)

    return reading


def _transcript(content: bytes, folder: Path) -> object:
    return parse_transcript(content, "fuzzed", ["Lex"])


def _captions(content: bytes, folder: Path) -> object:
    return parse_captions(decode_text(content, "fuzzed"), _PATH)


def _config(content: bytes, folder: Path) -> object:
    (folder / "fuzzed.toml").write_bytes(content)
    return parse_config(read_text(folder / "fuzzed.toml", "config"), _PATH)


def _manifest(suffix: str) -> Callable[[bytes, Path], object]:
    return _file(f"episodes{suffix}", lambda path: read_manifest(path, path.parent / "out"))


def _compared(suffix: str) -> Callable[[bytes, Path], object]:
    return _file(f"fuzzed{suffix}", read_content)


def _record(content: bytes, folder: Path) -> object:
    """The state of a batch, which lies in a folder that others may write in."""
    state = StateFolder(folder)
    place = state.of_episode("a")
    (place / "record.json").write_bytes(content)
    (place / "alignment.json.gz").write_bytes(gzip.compress(content, 1))
    (state.folder / "drivers").mkdir(exist_ok=True)
    (state.folder / "drivers" / "x.json").write_bytes(content)
    state.read_beats()
    with contextlib.suppress(DamagedError):  # told to the episode's user, and made again
        state.read_stage("a", "alignment", "k", Alignment)
    lines = read_lines([Entry("a", "a.mp3", "a.txt", None)], state, {})
    render_table(lines)
    write_summary(lines, folder, "fuzzed")
    return state.read("a")


def _renaming(content: bytes, folder: Path) -> object:
    """What a killed writer had set out to rename, where no links are known."""
    aside = folder / f"{PREFIX}x"
    (aside / "old").mkdir(parents=True, exist_ok=True)
    (aside / "renaming").write_bytes(content)
    try:
        recover(folder)
    except OSError as error:
        raise OutputError("cannot be taken back") from error
    return None


_SRT = srt_file.render(_EPISODE, _STYLE).encode()
_VTT = vtt.render(_EPISODE, _STYLE).encode()
_TEXT = (
    b"# Chapter 1\n\n- The following is a talk.\n\n(Elon whistling)\n\n- [Elon] Yeah. - Kind of.\n",
    "LEX: So, $40 million, 24/7?\n\nELON: (laughs) “Every po- everything…” ♪\n".encode(),
    "\ufeff[1:02] Lex: a\r\n[1:05] Elon: b\r\n".encode("utf-16"),
)
_CONFIG = (
    b'title = "A"\nid = "a"\nmin_coverage = 0.5\n[[speakers]]\nkey = "lex"\nname = "Lex"\n'
    b'labels = ["Lex"]\nrole = "host"\nclip = "a.wav"\n'
)
_TEXTGRID = (
    b'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0\nxmax = 2\n'
    b'tiers? <exists>\nsize = 1\nitem []:\n    item [1]:\n        class = "IntervalTier"\n'
    b'        name = "words"\n        xmin = 0\n        xmax = 2\n        intervals: size = 1\n'
    b'        intervals [1]:\n            xmin = 0\n            xmax = 2\n            text = "a"\n'
)
_CORRECTIONS = render_corrections(
    Corrections(
        "demo", "a" * 64, (LineCorrection(0, "x", checked=True),), (MarkedGap(0, 9, "music"),)
    )
).encode()
_REPORT = json.dumps(
    {"suspected_errors": {"suggestions": suggestion_values(
        [Suggestion("extra", 0.5, 0, 0, 0, 9, _EPISODE.words[0].text, ("AH", "B"))], _EPISODE
    )}}
).encode()  # fmt: skip
_RECORD = json.dumps({"format": "episode-subtitles-batch/1", **asdict(record_of("a"))}).encode()
_BEAT = json.dumps(
    {"time": 4e9, "active": [{"id": "a", "stage": "Listening", "share": 0.5}]}
).encode()
_TIMES = ("00:00:01,000", "-->", "0", "-1", "1e999", "nan", "9" * 400, "00:00.000", "\n\n")
_JSON = ("{", "}", "[", "]", ":", ",", '"', "null", "1e999", "-1", "9" * 5000, "NaN", '"\\ud800"')
_TOML = ("=", "[[speakers]]", '"""', "[", "]", "{", "9" * 5000, "1979-05-27", "nan", "\n", ".")
_MARKS = (
    "# ", "- ", ">>", "[Lex]", "Lex: ", "(", ")", "()", "[", "]", "*", "♪ ", "<rt>", "<v Lex>",
    "&#0;", "&amp;", "{\\an8}", "WEBVTT\n\n", "NOTE # A\n", "\x1b[2J", "\u202e",
    "\u200d", "…", "—", "١", "\n\n",
)  # fmt: skip

_MARKUP = (
    b"<html><head><title>x</title></head><body><h1>T</h1><p><b>Lex:</b> Hi&nbsp;you.<br>No.</p>",
    b'<div><span class="speaker">Lex</span><time>0:01</time><p>a &lt; b</p></div><ul><li>x<li>y',
    b"* **Lex:** see [this](https://x.org) *now*\n> `so` __it__\n\n| Speaker | Text |\n|--|--|\n"
    b"| Lex | yes |\n",
    b'start,end,speaker,text\n0,1,Lex,"Hi, you"\n',
)
_TAGS = (
    "<", ">", "</", "<p>", "</p>", "<br>", "<!--", "-->", "<script>", "<span class=\"name\">",
    "<time>", "</time>", "&amp;", "&#", "<tt>", "<p begin='1'>", "<!DOCTYPE x [", "]>", "<?xml?>",
    "[a](", "**", "|", "|--|", "`", "{\\r", "\\N", "Dialogue: ", ",", "[Events]", "\"",
)  # fmt: skip


READERS = {
    "transcript": Reader(_transcript, (*_TEXT, _SRT, _VTT), (*_MARKS, *_TIMES)),
    "transcript markup": Reader(_transcript, _MARKUP, (*_TAGS, *_MARKS)),
    "transcript JSON": Reader(
        _transcript,
        tuple(
            importlib.import_module(f"pipeline.export.{name}").render(_EPISODE, _STYLE).encode()
            for name in ("podcast_json", "words_json", "episode_json")
        ),
        _JSON,
    ),
    "transcript captions": Reader(
        _transcript,
        tuple(
            importlib.import_module(f"pipeline.export.{name}").render(_EPISODE, _STYLE).encode()
            for name in ("ass", "ttml", "ebu_tt_d", "ctm", "audacity")
        ),
        (*_TAGS, *_TIMES, *_MARKS),
    ),
    "captions": Reader(_captions, (_SRT, _VTT), (*_TIMES, *_MARKS)),
    "config": Reader(_config, (_CONFIG,), _TOML),
    "style": Reader(
        _file("fuzzed.toml", lambda path: load_style(str(path))),
        (b'base = "bbc"\nmax_line_characters = 37\n', b"[line]\nmax = 1\n"),
        _TOML,
    ),
    "manifest.csv": Reader(
        _manifest(".csv"),
        (b"id,audio,transcript,title\na,a.mp3,a.txt,A\nb,../b.mp3,/b.txt,\n",),
        (",", '"', "\n", ";", "\t", "..", "/", "id", "audio", "a" * 200_000, "\0"),
    ),
    "manifest.jsonl": Reader(
        _manifest(".jsonl"),
        (b'{"defaults": {"style": "bbc"}}\n{"id": "a", "audio": "a.mp3", "transcript": "b"}\n',),
        _JSON,
    ),
    "manifest.toml": Reader(
        _manifest(".toml"), (b'[[episodes]]\nid = "a"\naudio = "a"\ntranscript = "b"\n',), _TOML
    ),
    "corrections": Reader(lambda c, f: parse_corrections(c, _PATH), (_CORRECTIONS,), _JSON),
    "episode": Reader(
        lambda c, f: parse_episode(c, _PATH), (render_episode(_EPISODE, _STYLE).encode(),), _JSON
    ),
    "voices": Reader(_file("fuzzed.npz", read_voices), (b"PK\x03\x04",), ("\0", "PK", "\x93NUMPY")),
    "report": Reader(
        _file("fuzzed.report.json", lambda path: read_suggestions(path, _EPISODE)),
        (_REPORT,),
        _JSON,
    ),
    "batch state": Reader(_record, (_RECORD, _BEAT, b'{"key": "k", "value": {}}'), _JSON),
    "renaming": Reader(
        _renaming, (b'{"a": true, "b.srt": false}',), (*_JSON, "\\u0000", "..", "/")
    ),
    "rttm": Reader(
        _file("fuzzed.rttm", read_rttm),
        (b"SPEAKER a 1 0.5 1.0 <NA> <NA> lex <NA> <NA>\n",),
        ("SPEAKER", "1e308", "nan", "-1", " ", "\n", "9" * 400),
    ),
    "compare.ctm": Reader(
        _compared(".ctm"), (b"a 1 0.5 0.2 hello\na 1 0.9 0.2 you\n",), ("1e308", "nan", "\n", " ")
    ),
    "compare.csv": Reader(
        _compared(".csv"),
        (b"word,start_ms,end_ms,speaker\na,0,100,x\n", b"title,start\nA,0:00:01.5\n"),
        (",", '"', "\n", "1e308", "nan", ":", "word", "start_s", "a" * 200_000),
    ),
    "compare.textgrid": Reader(
        _compared(".TextGrid"), (_TEXTGRID,), ("xmin", "=", '"', "1e308", "nan", "item [1]:", "\n")
    ),
    "compare.json": Reader(
        _compared(".json"),
        (b'{"version": "1.2.0", "chapters": [{"startTime": 1.5, "title": "A"}]}',),
        (*_JSON, '"chapters"', '"startTime"'),
    ),
    "compare.srt": Reader(_compared(".srt"), (_SRT,), (*_TIMES, *_MARKS)),
    "compare.vtt": Reader(_compared(".vtt"), (_VTT,), (*_TIMES, *_MARKS)),
    "compare.chapters": Reader(_compared(".chapters.vtt"), (_VTT,), _TIMES),
}
