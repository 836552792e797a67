"""A conversation made up from a seed, for those who have no transcript at hand."""

from __future__ import annotations

import numpy as np

__all__ = ["invent_transcript"]

_WHO = [
    "my grandmother",
    "the harbor master",
    "a young engineer",
    "the whole village",
    "our first customer",
    "that old professor",
    "the night guard",
    "a friend from Oslo",
    "the orchestra",
    "every pilot I know",
    "the mayor",
    "her little brother",
    "the committee",
    "a retired baker",
    "the second team",
    "somebody upstairs",
    "the museum",
    "a colleague of mine",
    "the company",
    "nobody",
    "the captain",
    "my neighbor",
    "a student",
    "people",
]
_DID = [
    "built",
    "forgot",
    "measured",
    "painted",
    "carried",
    "questioned",
    "repaired",
    "ignored",
    "invented",
    "sold",
    "borrowed",
    "described",
    "tested",
    "lost",
    "remembered",
    "cleaned",
    "dropped",
    "studied",
    "copied",
    "discovered",
    "defended",
    "moved",
    "photographed",
    "designed",
    "noticed",
    "wanted",
    "opened",
    "destroyed",
    "protected",
    "followed",
]
_WHAT = [
    "the bridge",
    "a wooden clock",
    "three hundred letters",
    "the wrong machine",
    "an enormous telescope",
    "the garden behind the station",
    "every single window",
    "a map of the river",
    "the original recording",
    "two dozen eggs",
    "the theory of everything",
    "a very small island",
    "the last train",
    "the software",
    "a box of old photographs",
    "the experiment",
    "half of the library",
    "the engine",
    "a copper kettle",
    "the question of safety",
    "a robot",
    "the price of steel",
    "the snow on the roof",
    "a piano",
    "the evidence",
    "their own history",
    "the schedule",
    "a field of barley",
    "the simplest solution",
    "the satellite",
]
_WHEN = [
    "in 1987",
    "last winter",
    "before breakfast",
    "about 20 years ago",
    "on a Tuesday",
    "during the long strike",
    "after the flood",
    "in the middle of the night",
    "when I was seven",
    "in less than 48 hours",
    "long before the war",
    "at the end of the day",
    "in the spring of 2004",
    "for the first time",
    "without asking anyone",
    "while everybody slept",
]
_WHY = [
    "because the numbers did not add up",
    "so that it would never happen again",
    "and it changed the way we think",
    "which nobody had expected",
    "but the rain came early",
    "although it cost $40 million",
    "and about 70% of it was true",
    "even if it sounds strange",
    "because curiosity is stronger than fear",
    "and then the lights went out",
    "which is a kind of miracle",
    "but that's another story",
    "so we had to begin from zero",
    "and I still don't know why",
    "because somebody had to do it",
]
_OPEN = [
    "I think",
    "You know",
    "Well",
    "The funny thing is",
    "As far as I remember",
    "To be honest",
    "Of course",
    "I mean",
    "What's interesting is that",
    "And in the end",
    "Sometimes I feel that",
    "It turns out that",
]
_SHORT = [
    "Yeah.",
    "Right.",
    "Exactly.",
    "Sure, why not?",
    "That's great.",
    "No, not really.",
    "Okay.",
    "Is that so?",
    "I suppose so.",
    "Absolutely.",
    "Really?",
    "Hm, maybe.",
]
_ASK = [
    "What do you make of that?",
    "How did it feel?",
    "Do you think it could happen again?",
    "Where does that leave us?",
    "Who paid for it?",
    "What would you tell a young person today?",
    "Can you explain that to someone who has never seen it?",
    "And what about the future?",
]


def invent_transcript(minutes: float, *, seed: int = 0, chapters: int = 4) -> str:
    """Write about so many minutes (165 words each) of two people talking, in chapters.

    Chapters repeat the last five lines of the one before, as published transcripts do.
    """
    rng = np.random.default_rng([seed, 77])

    def pick(options: list[str]) -> str:
        return options[int(rng.integers(len(options)))]

    def sentence() -> str:
        text = f"{pick(_WHO)} {pick(_DID)} {pick(_WHAT)}"
        if rng.random() < 0.5:
            text += f" {pick(_WHEN)}"
        if rng.random() < 0.5:
            text += f", {pick(_WHY)}"
        if rng.random() < 0.4:
            return f"{pick(_OPEN)} {text}."
        return f"{text[0].upper()}{text[1:]}."

    out: list[str] = []
    tail: list[str] = []
    each = 165 * minutes / chapters
    for chapter in range(1, chapters + 1):
        count, lines = 0, list[str]()
        while count < each or len(lines) < 6:
            label = pick(["", "", "", "", "[Ann] " if len(out) % 2 else "[Ben] "])
            kind = rng.random()
            if kind < 0.25:
                turn = pick(_SHORT)
            elif kind < 0.4:
                turn = f"{sentence()} {pick(_ASK)}"
            else:
                turn = " ".join(sentence() for _ in range(int(rng.integers(1, 7))))
            wrapped = _wrap(f"- {label}{turn}", 42)
            count += len(turn.split())
            lines += wrapped
            if rng.random() < 0.05:
                lines.append("(laughing)")
        out += [f"# Chapter {chapter}", *tail, *lines]
        tail = lines[-5:]
    return "\n\n".join(out) + "\n"


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
