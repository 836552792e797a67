"""Days of the year in figures, and times of the day."""

from __future__ import annotations

import re

from pipeline.lexicon.numbers import Reading, cardinal, combine, digits, ordinal, quantity, unique
from pipeline.lexicon.tables import MONTHS

__all__ = ["day_readings", "read_clock", "read_date"]


def day_readings(day: str) -> list[Reading]:
    """Read a day of the month: fifteenth, fifteen."""
    bare = day.lstrip("0") or "0"
    return [ordinal(bare)[0], cardinal(bare)[0], ("the", *ordinal(bare)[0])]


def read_date(found: re.Match[str]) -> list[Reading]:
    """Read year, month and day in any order: by the month's name, and as numbers.

    The month comes first where it can, as in American usage, else second.
    """
    parts = [found["a"], found["b"], found["c"]]
    orders = [(0, 1, 2)] if len(parts[0]) == 4 else [(2, 0, 1), (2, 1, 0)]
    said: list[Reading] = []
    for at_year, at_month, at_day in orders:
        year, month, day = parts[at_year], int(parts[at_month]), int(parts[at_day])
        if not (1 <= month <= 12 and 1 <= day <= 31) or len(year) == 3:
            continue
        years = quantity(year if len(year) == 4 else f"20{year.zfill(2)}")[:2]
        if len(year) < 4:
            years = [cardinal(year)[-1], years[0]]
        name, (place, count, _) = MONTHS[month - 1], day_readings(parts[at_day])
        said += [(name, *place, *years[0]), (*place, "of", name, *years[0])]
        said += [(name, *count, *years[0]), (name, *place, *years[1])]
        if len(parts[0]) == 4:
            said.append((*years[0], name, *place))
    bare = [quantity(part.lstrip("0") or "0")[:2] for part in parts]
    oh = [
        [("oh", *quantity(part[1])[0])] if re.fullmatch(r"0[1-9]", part) else numbers[:1]
        for part, numbers in zip(parts, bare, strict=True)
    ]
    figures = unique([*combine(*bare, limit=2), *combine(*oh, limit=1)])
    if "-" in found[0] and len(parts[0]) < 3 and len(parts[2]) < 3:  # 10-20-30
        return unique([*figures, *said], 12)
    return unique([*said[:5], *figures, *said[5:]], 12)


def read_clock(found: re.Match[str]) -> list[Reading]:
    """Read hours, minutes and seconds, and `am` or `pm`."""
    hour, minute, second = found["h"], found["min"] or None, found["sec"]
    half = [tuple(found["half"].replace(".", "").lower())] if found["half"] else []
    hours = cardinal(str(int(hour)))[:1]
    if minute is None:
        return combine(hours, half)
    if second:
        seconds = [*cardinal(second)[:2], *([()] if second == "00" else [])]
        return combine(hours, cardinal(minute)[:2] if int(minute) else [()], seconds)
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
