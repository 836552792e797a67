"""Speakers from the transcript alone: its labels, and its dashes between them.

A label says who speaks. A bare dash says only that someone else does, so the turns between two
labels alternate; where their number does not fit, a dash is missing or a turn was split. Over the
whole episode the attribution with the fewest such faults is chosen (Viterbi over turns).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pipeline.align.records import Alignment
from pipeline.audio.tracks import Audio
from pipeline.engine_settings import EngineSettings
from pipeline.episode import Speaker
from pipeline.errors import InputError
from pipeline.progress import Progress
from pipeline.speakers.persons import find_persons, name_parts
from pipeline.speakers.records import Attribution
from pipeline.transcript.records import Transcript

__all__ = [
    "Turn",
    "TurnDiarizer",
    "attribute_turns",
    "folded",
    "free_key",
    "known_labels",
    "known_names",
    "turns_of",
]

SAME_SPEAKER_COST = 1.0
"""A dash, yet the same speaker goes on."""
THIRD_SPEAKER_COST = 0.01
"""Of three or more, someone other than the one who spoke before the last turn."""
FIRST_SPEAKER_COST = 1e-6
"""For each place down the list of speakers, if nothing else says who begins."""
MAX_CANDIDATES = 6
"""Above so many speakers, an unnamed turn is given to one of those named around it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of `word_count` words by one speaker, whose label is None if unnamed."""

    label: str | None
    word_count: int


class TurnDiarizer:
    """Diarizer `text`: looks at the text only."""

    def __init__(self, voices: Path | None = None) -> None:
        """Take no voices file.

        Raises:
            InputError: there is one.
        """
        if voices is not None:
            raise InputError(
                "the diarizer text does not listen to voices",
                path=voices,
                remedy="leave --voices out, or use --diarizer transcript",
            )

    @classmethod
    def configured(cls, voices: Path | None, settings: EngineSettings) -> Self:
        """Make it as the registry does; it has no use for the settings."""
        return cls(voices)

    def assign(
        self,
        transcript: Transcript,
        alignment: Alignment,
        speakers: tuple[Speaker, ...],
        audio: Audio,
        progress: Progress,
    ) -> Attribution:
        """Attribute each word from dashes and labels; warns about labels that nobody has."""
        turns = turns_of(transcript)
        everyone, owners = known_labels((turn.label for turn in turns), speakers, progress)
        fixed = [None if turn.label is None else owners[folded(turn.label)] for turn in turns]
        if None not in fixed:
            everyone = everyone or (Speaker("speaker-1", "Speaker 1"),)
        else:
            everyone = _with_unnamed(everyone, speakers, turns)
        # A passer-by whom only the transcript names is not behind any dash without a name.
        usual = speakers if len(speakers) > 1 else everyone
        keys = attribute_turns(fixed, [speaker.key for speaker in usual])
        return Attribution(
            speakers=everyone,
            words=tuple(
                key for key, turn in zip(keys, turns, strict=True) for _ in range(turn.word_count)
            ),
        )


def turns_of(transcript: Transcript) -> tuple[Turn, ...]:
    """All turns in order; their word counts add up to the words of the transcript.

    Words before the first mark are an unnamed turn of their own. A turn may have no words (a sound
    event alone).
    """
    labels: list[str | None] = []
    counts: list[int] = []
    for line in transcript.lines:
        begun = 0
        for mark in line.turns:
            if not counts and mark.before_word > 0:
                labels.append(None)
                counts.append(0)
            if counts:
                counts[-1] += mark.before_word - begun
            begun = mark.before_word
            labels.append(mark.label)
            counts.append(0)
        if not counts and line.words:
            labels.append(None)
            counts.append(0)
        if counts:
            counts[-1] += len(line.words) - begun
    return tuple(Turn(label, count) for label, count in zip(labels, counts, strict=True))


def folded(label: str) -> str:
    """Spelling in which labels are compared."""
    return " ".join(unicodedata.normalize("NFKC", label).casefold().split())


def known_names(speakers: Iterable[Speaker]) -> list[str]:
    """All by which a transcript may name these speakers: labels, names, keys, parts of names."""
    return [
        name
        for speaker in speakers
        for name in (*speaker.labels, speaker.name, speaker.key, *name_parts(speaker.name))
    ]


def known_labels(
    labels: Iterable[str | None], speakers: tuple[Speaker, ...], progress: Progress
) -> tuple[tuple[Speaker, ...], dict[str, str]]:
    """All speakers, those known by label only included, and the key for each folded label.

    Labels of one person become one speaker: `John Carter`, `Carter` and `J. Carter`. Warns about
    labels that none of the configured speakers has, and about those that several may have.
    """
    owners: dict[str, str] = {}
    for names in (lambda s: s.labels, lambda s: (s.name, s.key)):
        for speaker in speakers:
            for name in names(speaker):
                owners.setdefault(folded(name), speaker.key)
    written = {folded(label): label for label in reversed([x for x in labels if x is not None])}
    new = [written[label] for label in reversed(written) if label not in owners]
    persons = find_persons(new, [speaker.name for speaker in speakers])
    everyone = list(speakers)
    keys = {speaker.name: speaker.key for speaker in reversed(speakers)}
    for label in new:
        name = persons.names[label]
        if name not in keys:
            key = free_key(name, {speaker.key for speaker in everyone})
            own = tuple(other for other in new if persons.names[other] == name)
            everyone.append(Speaker(key, name, own))
            keys[name] = key
            if speakers:
                progress.warn(
                    f"no speaker of the config has the label {name}: "
                    "taken as a speaker of that name"
                )
        owners[folded(label)] = keys[name]
    for label, several in persons.doubts.items():
        progress.warn(
            f"{label} may be {' or '.join(several)}: taken as another speaker; give the label to "
            "one of them with labels in a config"
        )
    return tuple(everyone), owners


def free_key(label: str, taken: set[str]) -> str:
    """A key made of plain letters for `label` that is not yet taken."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "speaker"
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key


def _with_unnamed(
    everyone: tuple[Speaker, ...], configured: tuple[Speaker, ...], turns: tuple[Turn, ...]
) -> tuple[Speaker, ...]:
    """Add `Speaker 1`, `Speaker 2` where turns have no name and too few speakers are known."""
    wanted = 1 if configured or len(turns) == 1 else 2
    grown = everyone
    while len(grown) < wanted:
        number = len(grown) + 1
        key = free_key(f"speaker-{number}", {speaker.key for speaker in grown})
        grown = (*grown, Speaker(key, f"Speaker {number}"))
    return grown


def attribute_turns(fixed: list[str | None], keys: list[str]) -> list[str]:
    """Give each turn a speaker so that as few neighbours as possible have the same one.

    `fixed[i]` is the key of turn i if it is named. `keys` are those that an unnamed turn may have,
    at least one if there are any; of several equally good ways the earlier keys come first.
    """
    if not fixed:
        return []
    choices = [
        [key] if key is not None else _candidates(fixed, position, keys)
        for position, key in enumerate(fixed)
    ]
    # A state is the speaker of a turn and of the one before it.
    costs: dict[tuple[str | None, str], float] = {
        (None, key): FIRST_SPEAKER_COST * number for number, key in enumerate(choices[0])
    }
    steps: list[dict[tuple[str | None, str], tuple[str | None, str]]] = []
    for options in choices[1:]:
        reached: dict[tuple[str | None, str], float] = {}
        came_from: dict[tuple[str | None, str], tuple[str | None, str]] = {}
        for state, cost in costs.items():
            before, last = state
            for key in options:
                step = SAME_SPEAKER_COST if key == last else 0.0
                if key != last and before is not None and key != before:
                    step = THIRD_SPEAKER_COST
                new = (last, key)
                if cost + step < reached.get(new, float("inf")):
                    reached[new] = cost + step
                    came_from[new] = state
        costs = reached
        steps.append(came_from)
    state = min(costs, key=costs.__getitem__)
    path = [state[1]]
    for came_from in reversed(steps):
        state = came_from[state]
        path.append(state[1])
    return path[::-1]


def _candidates(fixed: list[str | None], position: int, keys: list[str]) -> list[str]:
    if len(keys) <= MAX_CANDIDATES:
        return keys
    near: dict[str, None] = {}
    for way in (range(position - 1, -1, -1), range(position + 1, len(fixed))):
        found: dict[str, None] = {}
        for other in way:
            key = fixed[other]
            if key is not None:
                found[key] = None
            if len(found) == MAX_CANDIDATES // 2:
                break
        near |= found
    return [key for key in keys if key in near] or keys[:2]
