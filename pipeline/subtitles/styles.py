"""House styles for subtitles: TOML files. A new one is one new file in configs/styles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Interval

from pipeline.errors import InputError
from pipeline.files import is_there
from pipeline.suggest import did_you_mean
from pipeline.timecode import load_frame_rate

__all__ = ["DEFAULT_STYLE", "STYLES", "Style", "load_style"]

DEFAULT_STYLE = "netflix"
NO_FRAME_RATE = "none"
_FOLDER = Path(__file__).parent / "house"
"""A link to configs/styles, where users look for them, so that installed packages hold them too."""


@dataclass(frozen=True, slots=True)
class Style:
    """What captions must look like; configs/styles/netflix.toml tells more about each value.

    Attributes:
        name: name of the style.
        source: where its values come from.
        mode: `cues` groups and breaks the text anew, `transcript` keeps one caption a line.
        max_chars_per_line: longest line in characters, combining marks not counted.
        max_lines: most lines of a caption.
        max_chars_per_second: reading speed for which captions are held, if there is room.
        min_duration_ms: how long a caption stays at least.
        max_duration_ms: how long it stays at most.
        min_gap_ms: least time between captions.
        min_gap_frames: the same in frames, used if there is a frame rate.
        chain_below_ms: a shorter gap is closed to the least one.
        linger_ms: how long a caption stays after speech, if there is room.
        max_pause_ms: longest pause inside a caption.
        speakers_per_cue: most turns in a caption, each on lines of its own.
        dashes: where dashes stand: where a caption has `several` turns, at all `turns`, or `never`.
        dash: what stands for a dash.
        names: `change` shows a name where the speaker changes.
        sound_events: `as-written`, or `square` for square brackets.
        absent_words: whether words that the audio lacks are shown: `drop` or `keep`.
        frame_rate: name of the frame rate on whose frames captions begin and end, or `none`.
    """

    name: str
    source: str
    mode: Literal["cues", "transcript"]
    max_chars_per_line: Annotated[int, Interval(ge=1, le=200)]
    max_lines: Annotated[int, Interval(ge=1, le=8)]
    max_chars_per_second: Annotated[float, Interval(ge=1, le=1000)]
    min_duration_ms: Annotated[int, Interval(ge=1, le=10_000)]
    max_duration_ms: Annotated[int, Interval(ge=1, le=600_000)]
    min_gap_ms: Annotated[int, Interval(ge=0, le=5000)]
    min_gap_frames: Annotated[int, Interval(ge=0, le=100)]
    chain_below_ms: Annotated[int, Interval(ge=0, le=10_000)]
    linger_ms: Annotated[int, Interval(ge=0, le=10_000)]
    max_pause_ms: Annotated[int, Interval(ge=0, le=60_000)]
    speakers_per_cue: Annotated[int, Interval(ge=1, le=8)]
    dashes: Literal["several", "turns", "never"]
    dash: str
    names: Literal["never", "change"]
    sound_events: Literal["as-written", "square"]
    absent_words: Literal["drop", "keep"]
    frame_rate: str


class _HouseStyles(Mapping[str, Style]):
    """The styles by name, each read when it is used."""

    def __getitem__(self, name: str) -> Style:
        if name not in _house_names():
            raise KeyError(name)
        return _house_style(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_house_names())

    def __len__(self) -> int:
        return len(_house_names())


STYLES: Mapping[str, Style] = _HouseStyles()


@cache
def _house_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def _house_style(name: str) -> Style:
    return _read_style(_FOLDER / f"{name}.toml", name, {})


def load_style(name: str) -> Style:
    """The house style called `name`, or the one in the TOML file `name`.

    A file needs only the values that it changes; `base` names the house style that it changes, by
    default netflix.

    Raises:
        InputError: there is no such style or file, or the file has unknown keys or wrong values.
    """
    if name in STYLES:
        return STYLES[name]
    path = Path(name)
    if path.suffix != ".toml" and path.name == name and not is_there(path):
        raise InputError(f"there is no style {name}", remedy=did_you_mean(name, STYLES))
    return _read_style(path, path.stem, None)


def _read_style(path: Path, name: str, base: Mapping[str, object] | None) -> Style:
    from pydantic import TypeAdapter, ValidationError

    from pipeline.toml_file import parse_toml, read_text

    text = read_text(path, "style file")
    values = parse_toml(text, path)
    known = [field.name for field in fields(Style) if field.name != "name"]
    for key in values:
        if key not in known and (key != "base" or base is not None):
            raise InputError(
                f"unknown key {key}",
                path=path,
                line=_line_of(text, key),
                remedy=did_you_mean(key, [*known, "base"]),
            )
    if base is None:
        wanted = values.pop("base", DEFAULT_STYLE)
        if wanted not in STYLES:
            raise InputError(
                f"the base {wanted} is no house style",
                path=path,
                line=_line_of(text, "base"),
                remedy=did_you_mean(str(wanted), STYLES),
            )
        base = asdict(STYLES[wanted])
    try:
        style = TypeAdapter(Style).validate_json(
            json.dumps({**base, **values, "name": name}, default=str), strict=True
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = str(first["loc"][0])
        raise InputError(
            f"the key {key} is not usable: {first['msg'].lower()}",
            path=path,
            line=_line_of(text, key),
        ) from error
    fault = _contradiction(style)
    if fault is not None:
        key, problem = fault
        raise InputError(problem, path=path, line=_line_of(text, key))
    return style


def _contradiction(style: Style) -> tuple[str, str] | None:
    """The key at fault and what is wrong with it."""
    if style.min_duration_ms > style.max_duration_ms:
        return "min_duration_ms", "min_duration_ms is longer than max_duration_ms"
    if not style.dash.isprintable():
        return "dash", "the key dash must be one line of text"
    if style.frame_rate != NO_FRAME_RATE:
        try:
            load_frame_rate(style.frame_rate)
        except InputError as error:
            return "frame_rate", f"{error.problem}; {error.remedy}"
    return None


def _line_of(text: str, key: str) -> int | None:
    found = re.search(rf"""(?m)^\s*["']?{re.escape(key)}["']?\s*[=.]""", text)
    return text.count("\n", 0, found.end()) + 1 if found else None
