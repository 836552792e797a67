"""WebVTT (.vtt) with a voice span `<v Name>` for each turn (W3C WebVTT 1, section 3)."""

from __future__ import annotations

import itertools

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.export.timeline import shift_cues
from pipeline.subtitles.cues import Cue, CueLine, make_cues
from pipeline.subtitles.styles import Style
from pipeline.times import padded_clock

__all__ = ["escape", "render"]


def escape(text: str) -> str:
    """Make text safe inside a cue; `-->` cannot appear either, as `>` is escaped."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render captions as WebVTT.

    Names are left to the voice spans; dashes are shown where a caption has several turns, as
    players do not show voices.
    """
    names = {speaker.key: speaker.name for speaker in episode.speakers}
    cues = make_cues(episode, style)
    blocks = ["WEBVTT"]
    for number, (cue, shown) in enumerate(
        zip(cues, shift_cues(cues, style, options), strict=True), start=1
    ):
        shift_ms = shown.start_ms - cue.start_ms
        blocks.append(
            f"{number}\n{padded_clock(shown.start_ms)} --> {padded_clock(shown.end_ms)}\n"
            + _payload(cue, names, shift_ms if options.word_times else None)
        )
    return "\n\n".join(blocks) + "\n"


def _payload(cue: Cue, names: dict[str, str], word_shift_ms: int | None) -> str:
    """The cue's text; with `word_shift_ms`, each later word has the time at which it begins."""
    several = sum(bool(line.dash) for line in cue.lines) > 1
    latest_ms = cue.start_ms
    parts = []
    for (speaker, _), group in itertools.groupby(cue.lines, key=_voice):
        rows = []
        for line in group:
            words = [escape(line.dash) if several else ""]
            for token in line.tokens:
                stamp = ""
                if word_shift_ms is not None and latest_ms < token.start_ms < cue.end_ms:
                    latest_ms = token.start_ms
                    stamp = f"<{padded_clock(token.start_ms + word_shift_ms)}>"
                words.append(f"{stamp}{escape(token.text)} ")
            rows.append("".join(words).rstrip())
        text = "\n".join(rows)
        if speaker is not None:
            text = f"<v {_annotation(names.get(speaker, speaker))}>{text}</v>"
        parts.append(text)
    return "\n".join(parts)


def _voice(line: CueLine) -> tuple[str | None, int]:
    return line.speaker, line.tokens[0].turn


def _annotation(name: str) -> str:
    text = escape(" ".join(name.split()))
    # Followed by the tag's end, this would be an arrow.
    return f"{text[:-1]}&#45;" if text.endswith("--") else text
