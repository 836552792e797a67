"""Podcasting 2.0 transcript in JSON (podcast-namespace, transcripts 1.0.0)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.subtitles.cues import Cue, CueLine, make_cues
from pipeline.subtitles.styles import Style

__all__ = ["render"]

_Segment = tuple[str | None, int, int, str]


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render one segment for each turn in each caption, or for each word with `word_times`."""
    names = {speaker.key: speaker.name for speaker in episode.speakers}
    cues = make_cues(episode, style)
    found = _words(cues) if options.word_times else _turns(cues)
    segments = []
    for speaker, start_ms, end_ms, body in found:
        segment: dict[str, str | float] = {}
        if speaker is not None:
            segment["speaker"] = names.get(speaker, speaker)
        segment |= {"startTime": start_ms / 1000, "endTime": end_ms / 1000, "body": body}
        segments.append(segment)
    document = {"version": "1.0.0", "segments": segments}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _turns(cues: tuple[Cue, ...]) -> Iterator[_Segment]:
    for cue in cues:
        groups = _groups(cue)
        starts_ms = [cue.start_ms]
        for group in groups[1:]:
            earliest_ms = max(group[0].tokens[0].start_ms, starts_ms[-1])
            starts_ms.append(min(earliest_ms, cue.end_ms))
        for group, start_ms, end_ms in zip(
            groups, starts_ms, [*starts_ms[1:], cue.end_ms], strict=True
        ):
            speaker = next((line.speaker for line in group if line.speaker is not None), None)
            yield speaker, start_ms, end_ms, " ".join(line.text for line in group)


def _groups(cue: Cue) -> list[list[CueLine]]:
    """Lines by speaker; a sound event that is nobody's goes with its neighbour."""
    groups: list[list[CueLine]] = []
    speaker: str | None = None
    for line in cue.lines:
        if groups and (line.speaker is None or speaker is None or line.speaker == speaker):
            groups[-1].append(line)
        else:
            groups.append([line])
        speaker = line.speaker or speaker
    return groups


def _words(cues: tuple[Cue, ...]) -> Iterator[_Segment]:
    for cue in cues:
        for line in cue.lines:
            for token in line.tokens:
                yield line.speaker, token.start_ms, token.end_ms, token.text
