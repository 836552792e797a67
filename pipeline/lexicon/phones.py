"""The phone set of the acoustic model, and the names of letters."""

from __future__ import annotations

from pipeline.lexicon.records import Phones

__all__ = ["LETTER_NAMES", "PHONES", "PHONE_SET", "VOICELESS", "VOWELS"]

PHONES: Phones = tuple(
    (
        "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH "
        "UW V W Y Z ZH"
    ).split()
)
"""CMUdict's 39 phones without stress, as the acoustic model names them (silence excluded)."""

PHONE_SET = frozenset(PHONES)
VOWELS = frozenset("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split())
VOICELESS = frozenset("CH F HH K P S SH T TH".split())

_NAMES = """
a EY|b B IY|c S IY|d D IY|e IY|f EH F|g JH IY|h EY CH|i AY|j JH EY|k K EY|l EH L|m EH M|n EH N
o OW|p P IY|q K Y UW|r AA R|s EH S|t T IY|u Y UW|v V IY|w D AH B AH L Y UW|x EH K S|y W AY|z Z IY
"""
LETTER_NAMES: dict[str, Phones] = {
    entry.split()[0]: tuple(entry.split()[1:])
    for entry in _NAMES.strip().replace("\n", "|").split("|")
}
"""How a letter is spelled out: `b` is `("B", "IY")`."""
