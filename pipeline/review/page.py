"""The review page: a template and the episode's data in one HTML file. Pure."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any

from pipeline.doctor.records import Suggestion
from pipeline.episode import Episode, Word
from pipeline.review.apply import apply_corrections
from pipeline.review.corrections_json import FORMAT, SUFFIX, render_corrections, version_of
from pipeline.review.doubts import find_doubts
from pipeline.review.peaks import PEAKS_PER_S
from pipeline.review.records import Corrections
from pipeline.subtitles.cues import make_cues
from pipeline.subtitles.styles import Style

__all__ = ["PageLinks", "render_page"]

_STATUSES = {"aligned": 0, "interpolated": 1, "absent": 2}
# In JSON these stand in strings only, where an escape means the same.
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Where the page finds the audio, and where it saves; without `save` it offers a download.

    `peaks` is where the server has the waveform, for a page that does not hold it itself.
    """

    media: str
    save: str | None = None
    peaks: str | None = None


def render_page(
    episode: Episode,
    style: Style,
    corrections: Corrections | None,
    links: PageLinks,
    suggestions: Sequence[Suggestion] = (),
    peaks: bytes = b"",
) -> str:
    """The page for an episode as aligned, with the corrections made so far.

    `suggestions` are the errors that the transcript is suspected of, `peaks` the waveform as
    `pipeline.review.peaks` makes it.

    All data stand in a block of JSON in which no markup can begin; the content security policy
    allows the page's own script and style, by their hash, and nothing from the network.
    """
    template = _template()
    values = _data(episode, style, corrections, links)
    values["suspects"] = [_suspect(found) for found in suggestions]
    values["peaks"] = base64.b64encode(peaks).decode()
    data = json.dumps(values, separators=(",", ":"))
    parts = {
        "TITLE": html.escape(episode.title),
        "POLICY": html.escape(_policy(template)),
        "DATA": data.translate(_ESCAPES),
    }
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda found: parts[found[1]], template)


@cache
def _template() -> str:
    return resources.files("pipeline.review").joinpath("page.html").read_text(encoding="utf-8")


def _policy(template: str) -> str:
    script, style = _SCRIPT.search(template), _STYLE.search(template)
    assert script is not None and style is not None
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; connect-src 'self'; "
        "img-src data:; "
        f"media-src 'self' blob: file:; script-src {_hash(script[1])}; style-src {_hash(style[1])}"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _data(
    episode: Episode, style: Style, corrections: Corrections | None, links: PageLinks
) -> dict[str, Any]:
    made = corrections or Corrections(episode.id, episode.audio.sha256)
    shown = apply_corrections(episode, made)
    keys = {speaker.key: number for number, speaker in enumerate(episode.speakers)}
    return {
        "format": FORMAT,
        "id": episode.id,
        "title": episode.title,
        "audio": asdict(episode.audio),
        "duration_ms": episode.duration_ms,
        "media": links.media,
        "save": links.save,
        "peaks_at": links.peaks,
        "peaks_per_s": PEAKS_PER_S,
        "file": f"{episode.id}{SUFFIX}",
        "speakers": [{"key": speaker.key, "name": speaker.name} for speaker in episode.speakers],
        "chapters": [
            [chapter.number, chapter.title, chapter.start_ms, chapter.end_ms, chapter.first_line]
            for chapter in episode.chapters
        ],
        "lines": [
            [
                line.start_ms,
                line.end_ms,
                keys.get(line.speaker or "", -1),
                line.text,
                line.first_word,
                line.last_word,
            ]
            for line in episode.lines
        ],
        "words": [_word(word, keys) for word in episode.words],
        "gaps": [[gap.start_ms, gap.end_ms, gap.kind] for gap in episode.gaps],
        "doubts": [list(asdict(doubt).values()) for doubt in find_doubts(episode)],
        "cues": [[cue.start_ms, cue.end_ms, cue.text] for cue in make_cues(shown.episode, style)],
        "corrections": json.loads(render_corrections(made)),
        "version": version_of(corrections),
        "misfits": list(shown.misfits),
    }


def _word(word: Word, keys: dict[str, int]) -> list[Any]:
    return [
        word.start_ms,
        word.end_ms,
        word.text,
        round(word.confidence * 100),
        _STATUSES[word.status],
        keys.get(word.speaker or "", -1),
    ]


def _suspect(found: Suggestion) -> list[Any]:
    return [
        found.kind,
        found.first_word,
        found.last_word,
        found.start_ms,
        found.end_ms,
        found.text,
        " ".join(found.heard),
        found.score,
    ]
