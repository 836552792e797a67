"""WebVTT (.vtt) with a voice span `<v Name>` for each turn (W3C WebVTT 1, section 3)."""

from __future__ import annotations

from pipeline.episode import Episode
from pipeline.subtitles.cues import CueTurn, make_cues
from pipeline.subtitles.styles import Style
from pipeline.times import padded_clock

__all__ = ["escape", "render"]


def escape(text: str) -> str:
    """Make text safe inside a cue; `-->` cannot appear either, as `>` is escaped."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def render(episode: Episode, style: Style) -> str:
    """Render captions as WebVTT. The dashes that the voice spans stand for are dropped."""
    names = {speaker.key: speaker.name for speaker in episode.speakers}
    blocks = ["WEBVTT"]
    for number, cue in enumerate(make_cues(episode, style), start=1):
        rows = [" ".join(_turn(turn, names) for turn in row) for row in cue.rows]
        blocks.append(
            f"{number}\n{padded_clock(cue.start_ms)} --> {padded_clock(cue.end_ms)}\n"
            + "\n".join(rows)
        )
    return "\n\n".join(blocks) + "\n"


def _turn(turn: CueTurn, names: dict[str, str]) -> str:
    text = escape(turn.text)
    if turn.speaker is None:
        return f"- {text}" if turn.dash else text
    name = " ".join(names.get(turn.speaker, turn.speaker).split())
    return f"<v {escape(name)}>{text}</v>"
