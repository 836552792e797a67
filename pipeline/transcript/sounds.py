"""What a bracket describes: a sound or a manner of speaking, or words that are spoken.

A description is a note such as "inaudible", or a sound's noun or verb (in the forms -s and -ing)
with who makes it before and how or where behind ("the crowd cheers loudly", "phone ringing in the
background"). Words are matched whole. What has the grammar of talk (I, was, which, …) is talk.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.transcript.sound_words import (
    ALONE,
    BEGINNINGS,
    COMMON_ADJECTIVES,
    IDIOMS,
    IMITATIONS,
    KINDS,
    LANGUAGES,
    LINKS,
    MANNER_ADVERBS,
    NOTES,
    NOUNS,
    PERSON_VERBS,
    PHRASES,
    PLACES,
    QUALITIES,
    SECTIONS,
    SHORT_ACTS,
    SPEAKING,
    TALK,
    THING_VERBS,
    THINGS,
    VOICE_VERBS,
)

__all__ = ["is_note", "is_sound"]

_MOST_WORDS = 8
"""Descriptions are short."""
_LONGEST = 120
"""Characters."""

_TOKEN = re.compile(r"[^\W_]+(?:['’._-][^\W_]+)*")
_SOUND_VERBS = VOICE_VERBS | THING_VERBS
_ALL_VERBS = _SOUND_VERBS | PERSON_VERBS | IMITATIONS | SPEAKING | SHORT_ACTS | BEGINNINGS


def is_sound(text: str) -> bool:
    """Tell whether a bracket's text describes a sound, a manner, or the lack of intelligible words.

    >>> is_sound("Elon whistling"), is_sound("of course")
    (True, False)
    """
    return len(text) <= _LONGEST and _is_sound(text)


@lru_cache(maxsize=16384)
def _is_sound(text: str) -> bool:
    tokens = [found[0].replace("’", "'") for found in _TOKEN.finditer(text)]
    words = [token.casefold() for token in tokens]
    if not 1 <= len(words) <= _MOST_WORDS:
        return False
    if not NOTES.isdisjoint(words):
        return len(words) <= 4 or TALK.isdisjoint(words)
    phrase = " ".join(words)
    if PHRASES.match(phrase):
        return True
    if phrase in IDIOMS or not TALK.isdisjoint(words):
        return False
    return _is_language(words) or _is_manner(words) or _is_described(words, tokens)


def is_note(text: str) -> bool:
    """Tell whether a square bracket's text is a sound or an editor's mark, such as `[Outro]`."""
    words = [found[0].casefold() for found in _TOKEN.finditer(text)]
    heads = THINGS | NOUNS | SECTIONS | LANGUAGES
    noted = not heads.isdisjoint(words) and all(
        word in heads or word in LINKS or word.isdigit() for word in words
    )
    return is_sound(text) or noted


def _is_language(words: list[str]) -> bool:
    """`in Spanish`, `speaks French`, `singing in Italian`; a language alone is a word."""
    if LANGUAGES.isdisjoint(words):
        return False
    if words[0] == "in":
        return len(words) == 2 or set(words) - LANGUAGES == {"in", "and"}
    verbs = [_verb(word) for word in words]
    is_spoken = not {"spoken", "sung", "said"}.isdisjoint(words)
    return is_spoken or any(verb is not None and verb[1] and verb[0] in SPEAKING for verb in verbs)


def _is_manner(words: list[str]) -> bool:
    manners = [word for word in words if word not in ("and", "very", "more")]
    return bool(manners) and all(word in MANNER_ADVERBS for word in manners)


def _is_described(words: list[str], tokens: list[str]) -> bool:
    if len(words) == 1:
        word, verb = words[0], _verb(words[0])
        return (
            word in NOUNS | ALONE | _SOUND_VERBS
            or word.removesuffix("s") in NOUNS
            or (verb is not None and verb[1] and verb[0] in _SOUND_VERBS | SHORT_ACTS)
        )  # fmt: skip
    verbs = [_verb(word) for word in words]
    for at, verb in enumerate(verbs):
        is_act = verb is not None and verb[1] and _is_subject(words[:at], tokens[:at])
        if verb is not None and is_act and _is_complement(verb[0], words, tokens, at):
            return True
    return _is_plural_act(words, tokens) or _is_noun_phrase(words, tokens)


def _is_complement(verb: str, words: list[str], tokens: list[str], at: int) -> bool:
    """Whether what stands behind an inflected verb goes on with a description of sound."""
    rest, subject = words[at + 1 :], words[:at]
    if verb in IMITATIONS:
        return True
    if rest and rest[0] == "of":
        return False
    if verb in BEGINNINGS and rest:
        begun = _verb(rest[-1] if rest[0] == "to" else rest[0])
        if begun is not None and begun[0] in _SOUND_VERBS | SPEAKING:
            return True
    known = all(_is_known(word) or word.endswith("ly") for word in rest)
    heard = not (THINGS | NOUNS).isdisjoint(rest) or any(
        word.endswith("ly") or word in PLACES for word in rest
    )
    if verb in VOICE_VERBS:
        is_finite = not words[at].endswith("ing")
        follows = not rest or rest[0] in LINKS or rest[0].endswith("ly")
        return bool(subject) or is_finite or follows or known or tokens[at + 1][:1].isupper()
    if verb in THING_VERBS:
        return known and (bool(subject) or heard)
    if verb in SPEAKING:
        named = all(token[:1].isupper() for token in tokens[at + 1 :])
        performs = verb not in ("speak", "talk") and not words[at].endswith("ing")
        return known or named or performs
    if verb in SHORT_ACTS and not rest:
        return True
    sounding = not (THINGS | NOUNS).isdisjoint(subject) or heard
    return known and sounding


def _is_plural_act(words: list[str], tokens: list[str]) -> bool:
    """`both laugh`, `dogs bark`, `Tom and Mary laugh`."""
    verb, subject = _verb(words[-1]), words[:-1]
    if verb is None or verb[1] or verb[0] not in _SOUND_VERBS:
        return False
    several = subject[-1] in ("both", "all", "they", "people", "men", "women", "children")
    several |= subject[-1].endswith("s") and (len(subject) == 1 or subject[-1] in THINGS)
    names = [token for token in tokens[:-1] if token != "and"]
    several |= len(names) == len(subject) - 1 > 1 and all(name[:1].isupper() for name in names)
    return several and len(subject) <= 4


def _is_noun_phrase(words: list[str], tokens: list[str]) -> bool:
    """A sound's noun with what belongs to it, no more: `soft piano music`, `door slam`."""
    if words[-1] in KINDS and _is_kind(words, tokens):
        return True
    first = _verb(words[0])
    if words[0] in LINKS - {"a", "an"} or not all(map(_is_known, words)):
        return False
    if first is not None and first[1] and words[0].endswith("s") and words[0] not in NOUNS:
        return False
    last, before = words[-1], words[:-1]
    if last in NOUNS | VOICE_VERBS:
        return True
    if last in THING_VERBS:
        return all(word in THINGS | QUALITIES for word in before)
    return words[0] in NOUNS and (words[1] in LINKS | MANNER_ADVERBS)


def _is_kind(words: list[str], tokens: list[str]) -> bool:
    """`hip-hop music`, `British accent`: a kind of sound, not a title such as `Apple Music`."""
    is_title = tokens[-1][:1].isupper() and not tokens[-1].isupper()
    is_led = words[0] in LINKS | COMMON_ADJECTIVES or words[0].endswith("ly")
    return len(words) <= 4 and not is_title and not is_led


def _is_known(word: str) -> bool:
    return (
        word in NOUNS
        or word in THINGS
        or word in QUALITIES
        or word in LINKS
        or word in MANNER_ADVERBS
        or word in _ALL_VERBS
        or word in LANGUAGES
        or _verb(word) is not None
        or word.endswith("'s")
    )


def _is_subject(words: list[str], tokens: list[str]) -> bool:
    """Whether nobody, or somebody or something short, stands there."""
    if len(words) > 4 or (words and words[0] in LINKS - {"a", "an", "the", "his", "her", "their"}):
        return False
    if any(word.endswith("ly") and word not in MANNER_ADVERBS for word in words):
        return False
    return all(
        word in QUALITIES
        or word in THINGS
        or word in NOUNS
        or word in LINKS
        or word in MANNER_ADVERBS
        or word.endswith("'s")
        or token[:1].isupper()
        or len(words) <= 2
        for word, token in zip(words, tokens, strict=True)
    )


@lru_cache(maxsize=4096)
def _verb(word: str) -> tuple[str, bool] | None:
    """The verb of which a word is a form, and whether it is inflected (-s, -ing)."""
    if word in _ALL_VERBS:
        return word, False
    stems: list[str] = []
    if word.endswith("ing") and len(word) > 4:
        stem = word[:-3]
        stems = [
            stem,
            stem + "e",
            stem[:-1] if stem[-1:] == stem[-2:-1] or stem.endswith("ck") else stem,
        ]
    elif word.endswith("ies"):
        stems = [word[:-3] + "y"]
    elif word.endswith("es"):
        stems = [word[:-2], word[:-1]]
    elif word.endswith("s"):
        stems = [word[:-1]]
    return next(((stem, True) for stem in stems if stem in _ALL_VERBS), None)
