"""Tokens with digits: percentages, ranges, units, versions, mixtures of signs and digits."""

from __future__ import annotations

import re

from pipeline.lexicon.dates import read_clock, read_date
from pipeline.lexicon.fractions import (
    article,
    read_fraction,
    read_mixed,
    read_number_power,
    read_ratio,
)
from pipeline.lexicon.money import COUNTRY, CURRENCY_SIGNS, read_money
from pipeline.lexicon.numbers import (
    NUMBER,
    Reading,
    cardinal,
    combine,
    counting,
    decimal,
    digits,
    name_number,
    ordinal,
    pairs,
    plural,
    quantity,
    unique,
    year,
)
from pipeline.lexicon.tables import MAGNITUDES, SIGNS, UNITS
from pipeline.lexicon.units import read_per, read_unit

__all__ = ["read_numeric", "read_version"]

_SEPARATED = (
    # 1.000.000 and 1.000,50 as in most of Europe, 1'000 as in Switzerland, 7_000 as in programs.
    (r"(?<![\d.,])\d{1,3}(?:\.\d{3})+,\d+(?![\d.,])", ".,", ",."),
    (r"(?<![\d.,])\d{1,3}(?:\.\d{3}){2,}(?![\d.,])", ".", ","),
    (r"(?<![\d.,'_])\d{1,3}(?:['_]\d{3})+(?![\d.,'_])", "'_", ",,"),
    (r"(?<![\d.,])\d{1,2}(?:,\d\d)+,\d{3}(?![\d,])", ",", ""),  # lakhs and crores
    (rf"(?<=[{CURRENCY_SIGNS}])\d+,\d\d(?![\d.,])", ",", "."),
    (rf"(?<![\d.,])\d+,\d\d?(?=[%{CURRENCY_SIGNS}])", ",", "."),
)
_THOUSANDS = tuple(
    (re.compile(p), str.maketrans(a, b) if b else str.maketrans("", "", a))
    for p, a, b in _SEPARATED
)


def _english(text: str) -> str:
    """Return a number with the thousands' and the decimals' signs of English."""
    for separated, signs in _THOUSANDS:
        found = separated.search(text)
        if found:
            text = text[: found.start()] + found[0].translate(signs) + text[found.end() :]
    return text


def read_numeric(text: str) -> list[Reading]:
    """Read a token that is a number with signs, units or a fixed shape; none if it is not.

    The text has ASCII punctuation and no outer punctuation.
    """
    text = _english(text)
    for pattern, reader in _SHAPES:
        found = pattern.fullmatch(text)
        if found:
            readings = reader(found)
            if readings:
                return unique(readings, 12)
    return _any_range(text)


def _any_range(text: str) -> list[Reading]:
    """Read `9am-5pm`, `12:30—1:30`, `'98—'99`: two readable things with a dash between."""
    first, dash, last = re.sub("—", "-", text).partition("-")
    if not dash or "-" in last or not (first[-1:].isalnum() and any(map(str.isdigit, last))):
        return []
    ends = read_numeric(first)[:3], read_numeric(last)[:3]
    return combine(ends[0], [("to",), (), ("through",)], ends[1]) if all(ends) else []


def _plain(found: re.Match[str]) -> list[Reading]:
    text = found["n"]
    whole = text.replace(",", "")
    readings = quantity(text)
    if re.fullmatch(r"00[1-9]", text):
        readings = [*readings, ("double", "oh", *digits(text[2]))]
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
        "~": [("about",), ("approximately",), ("around",), ("roughly",), ()],
        "#": [("number",), ("hashtag",), ("pound",), ()],
    }.get(found["sign"], list(SIGNS.get(found["sign"], ())))
    return combine(heads, read_numeric(found["rest"]), limit=12)


def _percent(found: re.Match[str]) -> list[Reading]:
    number = found["n"]
    counts = counting(number) if "/" not in number else read_numeric(number)
    said = combine(counts, [("percent",), ()], limit=10)
    if number in (".5", "0.5"):
        said.append(("half", "a", "percent"))
    return said


def _ordinal(found: re.Match[str]) -> list[Reading]:
    return ordinal(found["n"].replace(",", ""))


def _telephone(found: re.Match[str]) -> list[Reading]:
    groups = re.findall(r"\d+", found[0])
    plus: Reading = ("plus",) if found[0].startswith("+") else ()
    said = []
    for zero in ("zero", "oh"):
        each = [digits(group, zero) for group in groups]
        round_ = [
            (*digits(group[0]), "hundred") if re.fullmatch(r"[1-9]00", group) else way
            for group, way in zip(groups, each, strict=True)
        ]
        for ways in (each, round_):
            joined = tuple(word for way in ways for word in way)
            said += [(*plus, *joined), joined]
    return said


def _height(found: re.Match[str]) -> list[Reading]:
    feet = cardinal(found["a"])
    if not found["b"]:
        return combine(feet, [(), ("feet",), ("foot",)])
    inches = cardinal(found["b"])
    return [
        *combine(feet, [("foot",), (), ("feet",)], inches),
        *combine(feet, [("feet",), ("foot",)], inches[:1], [("inches",)]),
    ]


def _inches(found: re.Match[str]) -> list[Reading]:
    """Read `12"`, in which the sign may be a closing quotation mark."""
    counts = read_numeric(found["n"])
    return [*counts[:4], *combine(counts[:2], [("inches",), ("inch",)])]


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


def _dotted_date(found: re.Match[str]) -> list[Reading]:
    """Read a date, or a version that looks like one."""
    return [*read_date(found)[:10], *_dotted(found)]


def _range(found: re.Match[str]) -> list[Reading]:
    first, last, tail = found["a"], found["b"], found["tail"] or ""
    is_plain = first.isdecimal() and last.isdecimal()
    if is_plain and len(first) == 3 and len(last) == 4:  # a telephone number
        return [(*digits(first), *digits(last)), (*digits(first, "oh"), *digits(last, "oh"))]
    if first[0] in CURRENCY_SIGNS:
        starts, ends = counting(first[1:]), _dollars_after(first[0], last, tail)
    elif is_plain and len(first) == 4 and len(last) == 2:
        starts, ends = year(first), cardinal(last)
    else:
        starts = quantity(first)
        ends = read_numeric(last + tail) if tail or last[0] in CURRENCY_SIGNS else quantity(last)
    links: list[Reading] = [("to",), (), ("through",), ("dash",)]
    said = combine(starts[:2], links, ends[:3])
    if last == "0":  # a score
        said += combine(starts[:1], [("oh",), ("nil",), ("nothing",), ("love",)])
    if first[0] in CURRENCY_SIGNS and last[0] in CURRENCY_SIGNS:
        said += combine(read_numeric(first)[:1], links[:1], ends[:1])
    return said


def _dollars_after(sign: str, last: str, tail: str) -> list[Reading]:
    return read_numeric((last if last[0] == sign else sign + last) + tail)


def _scaled(found: re.Match[str]) -> list[Reading]:
    number, scale = found["n"], list(MAGNITUDES[found["m"].lower()])
    counts = read_numeric(number)[:3] if "/" in number else counting(number)[:3]
    counts = [*counts, *(pairs(number) if number.isdigit() else [])]
    unit = read_unit(found["m"])[:1] if found["m"] in ("m", "mm") else []
    scale = [*scale, *unit] if found["m"] == "m" else [*unit, *scale]
    if found["s"]:
        scale = [(f"{s[0]}'s",) if len(s[0]) == 1 else plural(s) for s in scale]
    return combine(counts, scale)


def _unit(found: re.Match[str]) -> list[Reading]:
    names = [("g",), ("grams",)] if found["u"] == "G" else read_unit(found["u"])
    counts = read_numeric(found["n"]) if "/" in found["n"] else counting(found["n"])
    if found["n"] == "1":
        names = [*names[1:], *names[:1]]
    return combine(counts[:3], names[:4])


def _rate(found: re.Match[str]) -> list[Reading]:
    """Read `$20/month`, `50k/year`, `60 miles/hour`: twenty dollars a month."""
    below = read_per(found["u"].lower())
    amounts = read_numeric(found["n"])
    if not below or not amounts:
        return []
    links: list[Reading] = [(article(below[0][0]),), ("per",), (), ("slash",)]
    return combine(amounts[:4], links, below, limit=12)


def _times(found: re.Match[str]) -> list[Reading]:
    said = combine(counting(found["n"])[:2], [("x",), ("times",)])
    return [*said, ("twice",)] if found["n"] == "2" else said


def _times_before(found: re.Match[str]) -> list[Reading]:
    return combine([("x",), ("times",)], name_number(found["n"])[:3])


def _by(found: re.Match[str]) -> list[Reading]:
    parts = [
        unique([*year(n)[:1], *pairs(n), *cardinal(n)[:1]]) if re.fullmatch(r"\d{4}", n)
        else quantity(n)[:2]
        for n in (found["a"], found["b"])
    ]  # fmt: skip
    return combine(parts[0], [("by",), ("x",), ("times",)], parts[1], limit=12)


def _comma(found: re.Match[str]) -> list[Reading]:
    """Read `3,5`: a decimal comma, or two numbers that stand too close."""
    said = decimal(found["a"], found["b"])
    apart = combine(cardinal(found["a"])[:1], cardinal(found["b"])[:1])
    comma = combine(cardinal(found["a"])[:1], [("comma",)], [digits(found["b"])])
    return [*said[:3], *apart, *comma]


def _dotted(found: re.Match[str]) -> list[Reading]:
    return _by_parts(found[0].split(".")[:8])


def _by_parts(parts: list[str]) -> list[Reading]:
    said: list[Reading] = []
    for link in ("point", "dot"):
        for zero in ("zero", "oh") if "0" in parts else ("zero",):
            each = [(zero,) if part == "0" else cardinal(part)[0] for part in parts]
            joined = [word for way in each for word in (link, *way)]
            said.append(tuple(joined[1:]))
    return said


def read_version(text: str) -> list[Reading]:
    """Read what may be a version: `2.0`, `1.2.3`, `3.12` as three point twelve, three twelve."""
    parts = text.split(".")[:8]
    if len(parts) == 1:
        return name_number(text)
    said = _by_parts(parts)
    if len(parts) == 2:
        whole, fraction = parts
        said = [*decimal(whole, fraction)[:3], *said]
        said += combine(cardinal(whole)[:1], cardinal(fraction)[:1])
    return unique(said)


def _version(found: re.Match[str]) -> list[Reading]:
    heads: list[Reading] = [("version",), ("v",)]
    return combine(heads, read_version(found["n"]), limit=12)


def _scientific(found: re.Match[str]) -> list[Reading]:
    sign: list[Reading] = [("minus",), ("negative",)] if found["sign"] == "-" else [()]
    powers = cardinal(found["e"])[:1]
    return [
        *combine(quantity(found["n"])[:1], [("e",), ("e", "to", "the")], sign, powers),
        *combine(quantity(found["n"])[:1], [("times", "ten", "to", "the")], sign, powers),
    ]


def _section(found: re.Match[str]) -> list[Reading]:
    """Read `401(k)`, `501(c)(3)`."""
    tail: list[str] = []
    for letter in re.findall(r"[a-z0-9]", found["l"].lower()):
        tail += digits(letter) if letter.isdigit() else letter
    return combine(name_number(found["n"]), [tuple(tail)])


def _number(found: re.Match[str]) -> list[Reading]:
    return combine([("number",)], read_numeric(found["n"]))


def _quarter(found: re.Match[str]) -> list[Reading]:
    return [("q", *cardinal(found["n"])[0]), (*ordinal(found["n"])[0], "quarter")]


def _fiscal_year(found: re.Match[str]) -> list[Reading]:
    text = found["n"]
    years = quantity(text)[:2] if len(text) == 4 else [*cardinal(text)[:1], digits(text)]
    return combine([("f", "y"), ("fiscal", "year")], years)


def _plus(found: re.Match[str]) -> list[Reading]:
    counts = read_numeric(found["rest"])
    return [
        *combine(counts[:2], [("plus",), ()]),
        *combine([("over",), ("more", "than")], counts[:2]),
        *combine(counts[2:4], [("plus",), ()]),
    ]


_M = "|".join(sorted(MAGNITUDES, key=len, reverse=True))
_U = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_AMOUNT = rf"{NUMBER}|(?:\d+-)?\d{{1,2}}/\d+"
_UNIT = rf"(?:{_U})(?:\^?[23])?(?:/[a-z]+(?:\^?[23])?)?"
_SHAPES = [
    (re.compile(pattern, re.IGNORECASE), reader)
    for pattern, reader in (
        (rf"(?P<n>{NUMBER})", _plain),
        (r"(?P<a>\d{1,3}),(?P<b>\d{1,2})", _comma),
        (r"(?P<w>\d{1,6})-(?P<a>\d{1,2})/(?P<b>\d{1,3})", read_mixed),
        (rf"{COUNTRY}(?P<sign>[{CURRENCY_SIGNS}])(?P<n>{NUMBER})-?(?P<m>{_M})?", read_money),
        (rf"(?P<n>{NUMBER})(?P<m>{_M})?(?P<sign>[{CURRENCY_SIGNS}])", read_money),
        (rf"(?P<n>{_AMOUNT})%", _percent),
        (r"(?P<n>\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)", _ordinal),
        (r"(?P<n>\d+0)'?s", _decade),
        (r"(?P<n>\d+)'?s", _seconds),
        (r"(?P<a>\d{1,2})'(?:(?P<b>\d{1,2})\"?)?", _height),
        (rf"(?P<n>{_AMOUNT})\"", _inches),
        (r"(?:\+?\d{1,3}[-.])?\(?\d{3}\)?[-.]\d{3}[-.]\d{4}", _telephone),
        (r"\+\d{1,3}(?:[-.]\d{2,4}){2,5}", _telephone),
        (r"'(?P<n>\d\d)'?(?P<s>s?)", _short_year),
        (
            r"(?P<h>[01]?\d|2[0-4]):(?P<min>[0-5]\d)(?::(?P<sec>[0-5]\d))?"
            r"(?P<half>[ap]\.?m\.?)?",
            read_clock,
        ),
        (r"(?P<h>0?\d|1\d)(?P<min>)(?P<sec>)(?P<half>[ap]\.?m\.?)", read_clock),
        (r"(?P<a>\d{1,3}):(?P<b>\d{1,3})", read_ratio),
        (r"(?P<a>\d{1,3})/(?P<b>\d{1,4})", read_fraction),
        (r"(?P<a>\d{1,2}|\d{4})[-/](?P<b>\d{1,2})[-/](?P<c>\d{4}|\d{2})", read_date),
        (r"(?P<a>\d{1,2})\.(?P<b>\d{1,2})\.(?P<c>\d{4})", _dotted_date),
        (rf"(?P<a>{NUMBER})\^(?P<e>-?\d+|[a-z])", read_number_power),
        (
            rf"(?P<a>[{CURRENCY_SIGNS}]?{NUMBER})[-—](?P<b>[{CURRENCY_SIGNS}]?{NUMBER})"
            rf"(?P<tail>%|{_M}|{_U}|x|s|th)?",
            _range,
        ),
        (r"\d+(?:\.\d+){2,}", _dotted),
        (rf"(?P<n>{_AMOUNT})-?(?P<m>{_M})(?P<s>s?)", _scaled),
        (rf"(?P<n>{_AMOUNT})-?(?P<u>{_UNIT})", _unit),
        (rf"(?P<n>[{CURRENCY_SIGNS}]?{NUMBER}(?:{_M})?)/(?P<u>[a-z]+)", _rate),
        (rf"(?P<n>{NUMBER})x", _times),
        (r"x(?P<n>\d{1,4})", _times_before),
        (rf"(?P<a>{NUMBER})x(?P<b>{NUMBER})", _by),
        (r"(?P<n>\d{2,4})(?P<l>(?:\([a-z0-9]\)?)+)", _section),
        (r"no\.(?P<n>\d+)", _number),
        (r"q(?P<n>[1-4])", _quarter),
        (r"fy'?(?P<n>\d\d|\d{4})", _fiscal_year),
        (r"v\.?(?P<n>\d+(?:\.\d+)*)", _version),
        (rf"(?P<n>{NUMBER})e(?P<sign>[-+]?)(?P<e>\d{{1,3}})", _scientific),
        (rf"(?P<rest>[{CURRENCY_SIGNS}]?{NUMBER}(?:{_M})?)\+", _plus),
        (rf"(?P<sign>[-+~#<>±≤≥§¶№√©])(?P<rest>[{CURRENCY_SIGNS}]?{NUMBER}.*)", _signed),
    )
]
