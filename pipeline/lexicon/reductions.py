"""Reductions of fast speech as further pronunciations, applied on request.

Each rule gives what a careful pronunciation may become; the cost says how much rarer that is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.lexicon.phones import VOWELS
from pipeline.lexicon.records import Phones, Pronouncer, Pronunciation

__all__ = ["ReducedLexicon", "reduce_pronunciations"]

_WEAK_COST, _RULE_COST = 2.0, 4.0


def _weak(text: str) -> dict[str, tuple[Phones, ...]]:
    entries = (line.split(":") for line in text.strip().splitlines())
    return {word: tuple(tuple(p.split()) for p in forms.split("|")) for word, forms in entries}


WEAK_FORMS = _weak("""
'cause:K AO Z
a:AH
and:AH N|N
are:ER
as:AH Z
at:AH T
because:K AH Z
but:B AH T
can:K AH N|K N
could:K AH D
do:D AH
for:F ER
from:F R AH M
going:G OW N|G AH N
had:AH D|HH AH D
has:AH Z
have:AH V|HH AH V
he:IY
her:ER
him:IH M
his:IH Z
in:AH N
is:Z|S
it:AH T
just:JH AH S|JH IH S
know:N AH
of:AH|AH V
or:ER
our:ER|AA R
so:S AH
than:DH AH N
that:DH AH T|DH AE
the:DH AH|AH
them:AH M|DH AH M
then:DH AH N
there:DH ER
they:DH EH
they're:DH ER|DH EY ER
to:T AH|AH
was:W AH Z
we're:W ER
what:W AH
will:AH L
with:W IH
would:AH D|W AH D
you:Y AH
your:Y ER
you're:Y ER
""")
"""Weak forms of function words."""


def reduce_pronunciations(
    word: str, pronunciations: tuple[Pronunciation, ...]
) -> tuple[Pronunciation, ...]:
    """Return the pronunciations of a word with its reduced ones after them.

    Rules: weak forms of function words; final -ing as IH N; T or D dropped at a word's end after
    a consonant; T dropped between N and a vowel.
    """
    known = {p.phones for p in pronunciations}
    found = list(pronunciations)
    for extra in _reductions(word, pronunciations):
        if extra.phones and extra.phones not in known:
            known.add(extra.phones)
            found.append(extra)
    return tuple(found)


def _reductions(word: str, pronunciations: tuple[Pronunciation, ...]) -> Iterator[Pronunciation]:
    for phones in WEAK_FORMS.get(word, ()):
        yield Pronunciation(phones, _WEAK_COST)
    for pronunciation in pronunciations:
        phones = pronunciation.phones
        cost = pronunciation.cost + _RULE_COST
        if word.endswith("ing") and len(phones) > 3 and phones[-2:] == ("IH", "NG"):
            yield Pronunciation((*phones[:-1], "N"), cost)
        if len(phones) > 2 and phones[-1] in ("T", "D") and phones[-2] not in VOWELS:
            yield Pronunciation(phones[:-1], cost)
        for i in range(1, len(phones) - 1):
            if phones[i] == "T" and phones[i - 1] == "N" and phones[i + 1] in VOWELS:
                yield Pronunciation(phones[:i] + phones[i + 1 :], cost)


@dataclass(frozen=True, slots=True)
class ReducedLexicon:
    """A lexicon that gives reduced pronunciations as well."""

    lexicon: Pronouncer

    def pronounce(self, word: str) -> tuple[Pronunciation, ...]:
        """Return the careful pronunciations of a word, then the reduced ones."""
        return reduce_pronunciations(word, self.lexicon.pronounce(word))
