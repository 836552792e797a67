"""Sums of money: signs before and behind, cents, millions, other countries' dollars."""

from __future__ import annotations

import re

from pipeline.lexicon.numbers import NUMBER, Reading, cardinal, combine, counting
from pipeline.lexicon.tables import CURRENCIES, MAGNITUDES

__all__ = ["COUNTRY", "CURRENCY_SIGNS", "amount_parts", "read_money"]

CURRENCY_SIGNS = "".join(CURRENCIES)
_COUNTRIES: dict[str, Reading] = {
    "us": ("u", "s"), "c": ("canadian",), "ca": ("canadian",), "a": ("australian",),
    "au": ("australian",), "nz": ("new", "zealand"), "hk": ("hong", "kong"),
    "s": ("singapore",), "r": (),
}  # fmt: skip
COUNTRY = rf"(?P<country>{'|'.join(sorted(_COUNTRIES, key=len, reverse=True))})?"
"""Pattern of what may stand before a dollar sign."""


def read_money(found: re.Match[str]) -> list[Reading]:
    """Read an amount `n` of the currency `sign`, perhaps times `m`, of a `country`."""
    groups = found.groupdict()
    names, name, hundredths = CURRENCIES[groups["sign"]]
    country = _COUNTRIES.get((groups.get("country") or "").lower(), ())
    number = groups["n"]
    tail = (groups.get("m") or "").lower()
    whole, _, cents = number.replace(",", "").partition(".")
    singular = whole == "1" and not tail
    unit: list[Reading] = [(name,), (names,)] if singular else [(names,), (name,)]
    counts = counting(number)
    if country:
        return [*combine(counts[:2], [(*country, *unit[0]), unit[0], ()]), *combine(counts, unit)]
    if tail:
        return _scaled(counts, list(MAGNITUDES[tail]), names)
    if len(cents) == 2 and whole and hundredths:
        return _with_cents(whole, cents, unit, hundredths, counts)
    said = combine(counts, [unit[0], (), unit[1]])
    return [*said[:6], ("a", *unit[0])] if number == "1" else said


def _scaled(counts: list[Reading], scales: list[Reading], names: str) -> list[Reading]:
    short = [count for count in counts if "and" not in count]
    halves = [count for count in counts if count[-3:] == ("and", "a", "half")]
    return [
        *combine(short[:2], scales[:1], [(names,)]),
        *combine([*short[:2], *halves], scales[:2], [(), (names,)], limit=12),
        *combine(short[:1], scales, [()]),
    ]


def _with_cents(
    whole: str, cents: str, unit: list[Reading], hundredths: str, counts: list[Reading]
) -> list[Reading]:
    start = [*cardinal(whole)[:2], *([("a",)] if whole == "1" else [])]
    if cents == "00":
        return combine(start, [*unit, ()])
    small = cardinal(cents.lstrip("0"))[:1]
    said = combine(start[:1], [unit[0]], [(), ("and",)], small, [(hundredths,), ()], limit=4)
    if whole == "0":
        said = [(*small[0], hundredths), *small, *said]
    oh: list[Reading] = [("oh", *small[0])] if cents[0] == "0" else small
    return [
        *said,
        *combine(start[:1], oh, limit=1),
        *combine(start[1:], [unit[0]], [(), ("and",)], small, [(hundredths,), ()], limit=4),
        *combine(counts, unit[:1], limit=2),
    ]


def amount_parts(text: str) -> tuple[str, list[Reading]] | None:
    """Take `$40` apart for the context `$40 million`: plural name and the bare number's readings.

    None if the text is no sum of money.
    """
    found = re.fullmatch(
        rf"{COUNTRY}(?P<sign>[{CURRENCY_SIGNS}])(?P<n>{NUMBER})(?:[-—](?P<b>{NUMBER}))?",
        text,
        re.IGNORECASE,
    )
    if not found:
        return None
    counts = counting(found["n"])
    if found["b"]:
        counts = combine(counts[:2], [("to",), (), ("or",)], counting(found["b"])[:2])
    return CURRENCIES[found["sign"]][0], counts
