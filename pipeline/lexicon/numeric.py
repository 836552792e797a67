"""Tokens with digits: currency, percentages, times, ranges, mixtures of letters and digits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

from pipeline.lexicon.numbers import (
    Reading,
    cardinal,
    digits,
    ordinal,
    pairs,
    plural,
    quantity,
    unique,
    year,
)
from pipeline.lexicon.tables import CURRENCIES, MAGNITUDES, UNITS

__all__ = ["NUMBER", "amount_parts", "combine", "read_numeric"]

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_SIGN = "".join(CURRENCIES)


def combine(*parts: Sequence[Reading], limit: int = 8) -> list[Reading]:
    """Join one reading of each part in every way, the usual ones of all parts first."""
    choices = sorted(
        product(*(list(enumerate(part[:6])) for part in parts)),
        key=lambda chosen: sum(rank for rank, _ in chosen),
    )
    joined = [tuple(word for _, reading in chosen for word in reading) for chosen in choices]
    return unique(joined, limit)


def read_numeric(text: str) -> list[Reading]:
    """Read a token that is a number with signs, units or a fixed shape; none if it is not.

    The text has ASCII punctuation and no outer punctuation.
    """
    for pattern, reader in _SHAPES:
        found = pattern.fullmatch(text)
        if found:
            readings = reader(found)
            if readings:
                return unique(readings)
    return []


def _plain(found: re.Match[str]) -> list[Reading]:
    text = found["n"]
    whole = text.replace(",", "")
    readings = quantity(text)
    if whole.isdigit() and len(whole) > 1:
        if "," not in text:
            readings = [*readings[:5], digits(whole), *pairs(whole)]
            if "0" in whole:
                readings.append(digits(whole, "oh"))
            if len(whole) == 2 and whole[1] != "0" and whole[0] != "0":  # GPT 35: three point five
                readings.append((*digits(whole[0]), "point", *digits(whole[1])))
        elif len(whole) > 4:
            readings = [*readings, digits(whole)]
    return unique(readings)


def _signed(found: re.Match[str]) -> list[Reading]:
    heads: list[Reading] = {
        "-": [("minus",), ("negative",), ()],
        "+": [("plus",), ()],
        "~": [("about",), ("approximately",), ()],
        "#": [("number",), ("hashtag",), ("pound",), ()],
        "<": [("less", "than"), ("under",)],
        ">": [("greater", "than"), ("over",), ("more", "than")],
        "±": [("plus", "or", "minus"), ("plus", "minus")],
    }[found["sign"]]
    return combine(heads, read_numeric(found["rest"]))


def _dollars(found: re.Match[str]) -> list[Reading]:
    groups = found.groupdict()
    sign = groups["sign"]
    names, name, hundredths = CURRENCIES[sign]
    number = groups["n"]
    tail = (groups.get("m") or "").lower()
    singular = number.partition(".")[0] == "1" and not tail
    unit: list[Reading] = [(name,), (names,)] if singular else [(names,), (name,)]
    counts = cardinal_first(number)
    if tail:
        scale = MAGNITUDES[tail]
        return [
            *combine(counts[:2], [scale[0]], [(names,)]),
            *combine(counts[:2], list(scale), [(), (names,)]),
        ]
    whole, _, cents = number.replace(",", "").partition(".")
    if len(cents) == 2 and whole and hundredths:
        start = cardinal(whole)[:2]
        if cents == "00":
            return combine(start, [*unit, ()])
        small = cardinal(cents.lstrip("0"))[:1]
        exact = combine(start, [unit[0]], [(), ("and",)], small, [(hundredths,), ()], limit=4)
        return [*exact, *combine(start[:1], small, limit=1), *combine(counts, unit[:1], limit=2)]
    return combine(counts, [unit[0], (), unit[1]])


def cardinal_first(text: str) -> list[Reading]:
    """Read a number that counts: four digits are seldom a year."""
    whole, point, _ = text.replace(",", "").partition(".")
    return quantity(text) if point or not whole else cardinal(whole)


def _percent(found: re.Match[str]) -> list[Reading]:
    return combine(cardinal_first(found["n"]), [("percent",), ()])


def _ordinal(found: re.Match[str]) -> list[Reading]:
    return ordinal(found["n"].replace(",", ""))


def _telephone(found: re.Match[str]) -> list[Reading]:
    number = re.sub(r"\D", "", found[0])
    return [digits(number), digits(number, "oh")]


def _height(found: re.Match[str]) -> list[Reading]:
    inches: list[Reading] = cardinal(found["b"]) if found["b"] else [()]
    return combine(cardinal(found["a"]), [("foot",), (), ("feet",)], inches)


def _seconds(found: re.Match[str]) -> list[Reading]:
    counts = [*cardinal(found["n"])[:2], *pairs(found["n"])]
    return [*map(plural, counts), *combine(counts[:1], [("seconds",)])]


def _decade(found: re.Match[str]) -> list[Reading]:
    text = found["n"]
    if len(text) == 4 and text[:2] >= "11":
        return [plural(reading) for reading in year(text)[: 3 if text[2:] == "00" else 1]]
    return [plural(reading) for reading in cardinal(text.lstrip("0") or "0")]


def _short_year(found: re.Match[str]) -> list[Reading]:
    text = found["n"]
    tail = [("oh", *digits(text[1]))] if text[0] == "0" else cardinal(text)
    ending = found["s"]
    return [plural(reading) if ending else reading for reading in tail]


def _clock(found: re.Match[str]) -> list[Reading]:
    hour, minute, second = found["h"], found["min"] or None, found["sec"]
    half = [tuple(found["half"].replace(".", "").lower())] if found["half"] else []
    hours = cardinal(str(int(hour)))[:1]
    if minute is None:
        return combine(hours, half)
    if second:
        return combine(hours, cardinal(minute)[-1:], cardinal(second)[-1:])
    if minute == "00":
        minutes: list[Reading] = [("o'clock",), ("hundred",), ("zero", "zero")]
        minutes = [(), *minutes] if half else [*minutes, ()]
    elif minute[0] == "0":
        minutes = [("oh", *digits(minute[1])), digits(minute), digits(minute[1])]
    else:
        minutes = cardinal(minute)
    readings = combine(hours, minutes, half or [()])
    if minute[0] != "0":  # 3:16 is a Bible verse or a ratio as well
        readings.append((*hours[0], "to", *minutes[0]))
    if minute == "30":
        readings.append(("half", "past", *hours[0]))
    return readings


_PARTS = {2: "half", 3: "third", 4: "quarter"}


def _fraction(found: re.Match[str]) -> list[Reading]:
    over, under = found["a"], found["b"]
    plain = combine(cardinal(over)[:1], cardinal(under)[:1])
    slash = combine(cardinal(over)[:1], [("over",), ("slash",), ("out", "of")], cardinal(under)[:1])
    n, m = int(over), int(under)
    if (n, m) in ((24, 7), (9, 11), (50, 50), (80, 20)) or n >= m:
        return [*plain, *slash]
    part = (_PARTS[m],) if m in _PARTS else ordinal(str(m))[0]
    name = part
    if n > 1:
        name = ("halves",) if m == 2 else plural(part)
    said = combine(cardinal(over)[:1], [name])
    if n == 1:
        said.append(("a", *name))
    if m == 4:
        fourth = ("fourth",) if n == 1 else ("fourths",)
        said.append((*cardinal(over)[0], *fourth))
    return [*said, *plain, *slash]


def _date(found: re.Match[str]) -> list[Reading]:
    parts = [found["a"], found["b"], found["c"]]
    return combine(*(quantity(part.lstrip("0") or "0")[:2] for part in parts))


def _range(found: re.Match[str]) -> list[Reading]:
    first, last, tail = found["a"], found["b"], found["tail"] or ""
    is_plain = first.isdecimal() and last.isdecimal()
    if is_plain and len(first) == 3 and len(last) == 4:  # a telephone number
        return [(*digits(first), *digits(last)), (*digits(first, "oh"), *digits(last, "oh"))]
    if first[0] in _SIGN:
        starts, ends = cardinal_first(first[1:]), _dollars_after(first[0], last, tail)
    elif is_plain and len(first) == 4 and len(last) == 2:
        starts, ends = year(first), cardinal(last)
    else:
        starts = quantity(first)
        ends = read_numeric(last + tail) if tail or last[0] in _SIGN else quantity(last)
    links: list[Reading] = [("to",), (), ("through",), ("dash",)]
    return combine(starts[:2], links, ends[:3])


def _dollars_after(sign: str, last: str, tail: str) -> list[Reading]:
    return read_numeric((last if last[0] == sign else sign + last) + tail)


def _scaled(found: re.Match[str]) -> list[Reading]:
    number, scale = found["n"], list(MAGNITUDES[found["m"].lower()])
    counts = cardinal_first(number)[:3]
    if found["m"] in "mM" and found["m"] == "m":
        scale = [*scale, ("meters",)]
    ending = found["s"]
    return combine(counts, [plural(s) for s in scale] if ending else scale)


def _unit(found: re.Match[str]) -> list[Reading]:
    unit = found["u"].lower()
    counts = cardinal_first(found["n"])
    names = list(UNITS[unit])
    if found["n"] == "1":
        names = [*names[1:], names[0]]
    return combine(counts[:3], names[:4])


def _times(found: re.Match[str]) -> list[Reading]:
    return combine(cardinal_first(found["n"])[:2], [("x",), ("times",), ("ex",)][:2])


def _by(found: re.Match[str]) -> list[Reading]:
    parts = quantity(found["a"])[:2], quantity(found["b"])[:2]
    return combine(parts[0], [("by",), ("x",), ("times",)], parts[1])


def _dotted(found: re.Match[str]) -> list[Reading]:
    parts = found[0].split(".")
    said: list[Reading] = []
    for link in ("point", "dot"):
        words: list[str] = []
        for part in parts[:8]:
            words += [*([link] if words else []), *cardinal(part)[0]]
        said.append(tuple(words))
    return said


def amount_parts(text: str) -> tuple[str, list[Reading]] | None:
    """Take `$40` apart for the context `$40 million`: plural name and the bare number's readings.

    None if the text is no sum of money.
    """
    found = re.fullmatch(rf"(?:US|C|A)?(?P<sign>[{_SIGN}])(?P<n>{NUMBER})", text)
    if not found:
        return None
    return CURRENCIES[found["sign"]][0], cardinal_first(found["n"])


_M = "|".join(sorted(MAGNITUDES, key=len, reverse=True))
_U = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_SHAPES = [
    (re.compile(pattern, re.IGNORECASE), reader)
    for pattern, reader in (
        (rf"(?P<n>{NUMBER})", _plain),
        (rf"(?:US|C|A)?(?P<sign>[{_SIGN}])(?P<n>{NUMBER})-?(?P<m>{_M})?", _dollars),
        (rf"(?P<n>{NUMBER})(?P<m>{_M})?(?P<sign>[{_SIGN}])", _dollars),
        (rf"(?P<n>{NUMBER})%", _percent),
        (r"(?P<n>\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)", _ordinal),
        (r"(?P<n>\d+0)'?s", _decade),
        (r"(?P<n>\d+)'?s", _seconds),
        (r"(?P<a>\d)'(?P<b>\d{1,2})?", _height),
        (r"(?:\+?\d{1,3}-)?\(?\d{3}\)?[-.]\d{3}[-.]\d{4}", _telephone),
        (r"'(?P<n>\d\d)'?(?P<s>s?)", _short_year),
        (
            r"(?P<h>[01]?\d|2[0-4]):(?P<min>[0-5]\d)(?::(?P<sec>[0-5]\d))?"
            r"(?P<half>[ap]\.?m\.?)?",
            _clock,
        ),
        (r"(?P<h>0?\d|1\d)(?P<min>)(?P<sec>)(?P<half>[ap]\.?m\.?)", _clock),
        (r"(?P<a>\d{1,3})/(?P<b>\d{1,4})", _fraction),
        (r"(?P<a>\d{1,4})[-/](?P<b>\d{1,2})[-/](?P<c>\d{1,4})", _date),
        (
            rf"(?P<a>[{_SIGN}]?{NUMBER})[-—](?P<b>[{_SIGN}]?{NUMBER})"
            rf"(?P<tail>%|{_M}|{_U}|x|s|th)?",
            _range,
        ),
        (r"\d+(?:\.\d+){2,}", _dotted),
        (rf"(?P<n>{NUMBER})-?(?P<m>{_M})(?P<s>s?)", _scaled),
        (rf"(?P<n>{NUMBER})-?(?P<u>{_U})", _unit),
        (rf"(?P<n>{NUMBER})x", _times),
        (rf"(?P<a>{NUMBER})x(?P<b>{NUMBER})", _by),
        (rf"(?P<sign>[-+~#<>±])(?P<rest>[{_SIGN}]?{NUMBER}.*)", _signed),
    )
]
