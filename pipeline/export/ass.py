"""Advanced SubStation Alpha (.ass), a style for each speaker, through pysubs2.

Its times are hundredths of a second.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.export.refusal import refuse_where
from pipeline.export.timeline import shift_cues
from pipeline.subtitles.cues import Cue, make_cues
from pipeline.subtitles.styles import Style

if TYPE_CHECKING:
    from pysubs2 import SSAStyle

__all__ = ["render"]

_COMMAND = re.compile(r"[{}]|\\[Nnh]")
_COLOURS = ((255, 255, 255), (255, 255, 0), (0, 255, 255), (0, 255, 0), (255, 160, 255))
"""White, yellow, cyan and green, as the BBC tells speakers apart; then pink."""
_FALLBACK = "Default"


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render captions; with `word_times`, words light up when they are spoken (`\\k`).

    Raises:
        InputError: a text holds braces or a backslash that ASS takes for a command.
    """
    import pysubs2

    document = pysubs2.SSAFile()
    document.info |= {"PlayResX": "1920", "PlayResY": "1080", "WrapStyle": "2"}
    document.info["ScaledBorderAndShadow"] = "yes"
    document.styles = {_FALLBACK: _look(_COLOURS[0])}
    names: dict[str, str] = {}
    for number, speaker in enumerate(episode.speakers):
        # Commas end a field, and the first asterisk is dropped by some readers.
        name = " ".join(re.sub(r"[,*{}\\]", " ", speaker.name).split()) or speaker.key
        while name in document.styles:
            name += "_"
        document.styles[name] = _look(_COLOURS[number % len(_COLOURS)])
        names[speaker.key] = name
    cues = make_cues(episode, style)
    for cue, shown in zip(cues, shift_cues(cues, style, options), strict=True):
        speakers = {line.speaker for line in cue.lines if line.speaker is not None}
        name = names.get(next(iter(speakers)), _FALLBACK) if len(speakers) == 1 else _FALLBACK
        document.append(
            pysubs2.SSAEvent(
                start=_hundredths_ms(shown.start_ms),
                end=max(_hundredths_ms(shown.end_ms), _hundredths_ms(shown.start_ms) + 10),
                text=_text(cue, names, name, karaoke=options.word_times),
                style=name,
                name=name if name != _FALLBACK else "",
            )
        )
    return document.to_string("ass")


def _look(colour: tuple[int, int, int]) -> SSAStyle:
    from pysubs2 import Color, SSAStyle

    return SSAStyle(primarycolor=Color(*colour), fontsize=56, outline=3, shadow=1, marginv=60)


def _hundredths_ms(time_ms: int) -> int:
    return (time_ms + 5) // 10 * 10


def _text(cue: Cue, names: dict[str, str], style: str, *, karaoke: bool) -> str:
    """The caption's text; a line by another speaker than the caption's switches the style."""
    rows = []
    now_ms = cue.start_ms
    current = style
    for line in cue.lines:
        switch = ""
        wanted = names.get(line.speaker or "", _FALLBACK) if line.speaker else current
        if wanted != current:
            switch, current = f"{{\\r{wanted}}}", wanted
        row = _safe(line.marked_text.removesuffix(line.text), cue)
        for number, token in enumerate(line.tokens):
            blank = " " if number else ""
            stamp = ""
            if karaoke:
                # Each word lasts until the next one begins; pauses belong to the word before.
                begin_ms = min(max(token.start_ms, now_ms), cue.end_ms)
                if begin_ms > now_ms:
                    stamp = f"{{\\k{_hundredths_ms(begin_ms - now_ms) // 10}}}"
                    now_ms = begin_ms
                end_ms = min(max(token.end_ms, now_ms), cue.end_ms)
                stamp += f"{{\\k{_hundredths_ms(end_ms - now_ms) // 10}}}"
                now_ms = end_ms
            row += f"{blank}{stamp}{_safe(token.text, cue)}"
        rows.append(switch + row)
    return "\\N".join(rows)


def _safe(text: str, cue: Cue) -> str:
    return refuse_where(_COMMAND, text, cue.start_ms, "ASS", "a command")
