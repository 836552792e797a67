"""Spoken words to phones: dictionary first, then rules, then guesses."""

from __future__ import annotations

from functools import cache

from pipeline.lexicon.cmudict import Cmudict, load_cmudict
from pipeline.lexicon.g2p import GraphemeToPhoneme, load_g2p
from pipeline.lexicon.morphology import compounds, contractions, inflections, plural
from pipeline.lexicon.phones import LETTER_NAMES, PHONE_SET
from pipeline.lexicon.records import Phones, Pronunciation
from pipeline.lexicon.tables import SOUNDS

__all__ = ["MAX_PRONUNCIATIONS", "Lexicon", "load_lexicon"]

MAX_PRONUNCIATIONS = 6
"""Pronunciations of a spoken word, at most."""

_RULE_COST = 0.5
_COMPOUND_COST = 1.0
_FRAGMENT_COST = 1.0


class Lexicon:
    """Pronounces any spoken word; results are kept, so that a word's tuple is one object."""

    def __init__(self, dictionary: Cmudict) -> None:
        """Take the dictionary; the grapheme-to-phoneme model loads when first needed."""
        self._dictionary = dictionary
        self._known: dict[str, tuple[Pronunciation, ...]] = {}

    def __contains__(self, word: str) -> bool:
        """Tell whether a word's pronunciation is known and need not be guessed."""
        return bool(self._lookup(word))

    def pronounce(self, word: str) -> tuple[Pronunciation, ...]:
        """Return 1 to `MAX_PRONUNCIATIONS` pronunciations, likeliest first.

        Dictionary pronunciations cost nothing, rules (inflection, contraction, compound) 0.5
        nats, guesses 1 to 3.

        Args:
            word: a spoken word in lower case; a trailing hyphen marks a fragment of a word.
        """
        found = self._known.get(word)
        if found is None:
            found = self._known[word] = self._pronounce(word)
        return found

    def _lookup(self, word: str) -> tuple[Phones, ...]:
        if word in SOUNDS:
            return SOUNDS[word]
        if len(word) == 1 and word in LETTER_NAMES:
            return tuple(dict.fromkeys((LETTER_NAMES[word], *self._dictionary.lookup(word))))
        found = self._dictionary.lookup(word)
        if not found and word.endswith("'s") and len(word) == 3:
            found = self._dictionary.lookup(f"{word[0]}.'s")
        return tuple(p for p in found if p and PHONE_SET.issuperset(p))

    def _pronounce(self, word: str) -> tuple[Pronunciation, ...]:
        if word.endswith("-"):
            return _ranked(self._fragment(word.rstrip("-")))
        known = self._lookup(word)
        if known:
            return _ranked([Pronunciation(phones) for phones in known])
        bare = word.strip("'")
        if bare != word and (known := self._lookup(bare)):
            return _ranked([Pronunciation(phones, _RULE_COST) for phones in known])
        squeezed = _squeeze(word)
        if squeezed != word and (known := self._lookup(squeezed)):
            return _ranked([Pronunciation(phones, _RULE_COST) for phones in known])
        return _ranked(self._derived(word) or self._guesses(bare))

    def _derived(self, word: str) -> list[Pronunciation]:
        """Pronounce by rule what rules reach; where they may err, the guess stands beside."""
        found = contractions(word, self._phones)
        if found:
            return [Pronunciation(phones, _RULE_COST) for phones in found]
        found = inflections(word, self._lookup)
        if found:
            rules = [Pronunciation(phones, _RULE_COST) for phones in found]
            return rules if "'" in word else [*rules, *self._guesses(word)[:1]]
        stem = word[:-2] if word.endswith(("'s", "s'")) else word
        if stem != word and len(stem) > 1:
            return [
                Pronunciation(plural(p.phones), p.cost)
                for p in self._derived(stem) or self._guesses(stem)
            ]
        found = compounds(word, self._lookup)
        if not found and word.endswith("s"):
            found = [plural(phones) for phones in compounds(word[:-1], self._lookup)]
        rules = [Pronunciation(phones, _COMPOUND_COST) for phones in found]
        return [*rules, *self._guesses(word)[:2]] if rules else []

    def _phones(self, word: str) -> tuple[Phones, ...]:
        return tuple(p.phones for p in self.pronounce(word))

    def _guesses(self, word: str) -> list[Pronunciation]:
        guesser: GraphemeToPhoneme = load_g2p()
        found = list(guesser.pronounce(word))
        if not any(c in "aeiouy" for c in word) or not found:
            letters = [LETTER_NAMES[c] for c in word if c in LETTER_NAMES][:40] or [("AH",)]
            found.insert(0, Pronunciation(tuple(phone for name in letters for phone in name), 1.0))
        return found

    def _fragment(self, stem: str) -> list[Pronunciation]:
        """Pronounce the beginning of a word: as a word, as words that begin so, as letters."""
        usual = 0.0 if len(stem) > 1 or stem in ("a", "i") else _FRAGMENT_COST
        whole = [Pronunciation(phones, usual) for phones in self._lookup(stem)[:2]]
        guessed = list(load_g2p().pronounce(stem, 2)) if len(stem) > 1 else []
        length = len((guessed or whole)[0].phones) if len(stem) > 1 and (guessed or whole) else 1
        starts = [
            Pronunciation(phones, _FRAGMENT_COST)
            for phones in self._dictionary.common_starts(stem, length, 3)
        ]
        if len(stem) == 1 and stem not in "aeiou":
            starts += [Pronunciation((*p.phones, "AH"), _FRAGMENT_COST) for p in starts[:1]]
        return [*whole, *starts, *guessed] or self._guesses(stem)


def _squeeze(word: str) -> str:
    """Undo an elongation: `soo` is `so`."""
    kept = [c for i, c in enumerate(word) if not i or c != word[i - 1]]
    return "".join(kept)


def _ranked(found: list[Pronunciation]) -> tuple[Pronunciation, ...]:
    best: dict[Phones, Pronunciation] = {}
    for pronunciation in found:
        best.setdefault(pronunciation.phones, pronunciation)
    ranked = sorted(best.values(), key=lambda p: p.cost)
    return tuple(ranked[:MAX_PRONUNCIATIONS])


@cache
def load_lexicon() -> Lexicon:
    """Load the English lexicon once in a process."""
    return Lexicon(load_cmudict())
