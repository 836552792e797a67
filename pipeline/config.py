"""The config that users write by hand: TOML, checked before any work begins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from pipeline.engine_settings import EngineSettings
from pipeline.episode import Speaker
from pipeline.errors import InputError
from pipeline.limits import MOST_SPEAKERS
from pipeline.suggest import did_you_mean
from pipeline.toml_file import parse_toml, read_text

__all__ = ["Config", "SpeakerConfig", "join_config", "load_config", "parse_config"]

_Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=64)]
_Language = Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")]
_INNER = r"[^\p{Cc}\p{Zl}\p{Zp}\x{202A}-\x{202E}\x{2066}-\x{2069}\x{FFFE}\x{FFFF}]"
"""Neither controls, line ends nor marks that turn the direction of writing for what follows."""
_Text = Annotated[
    str,
    StringConstraints(pattern=rf"^[{_INNER}&&\S]({_INNER}*[{_INNER}&&\S])?$", max_length=200),
]


class SpeakerConfig(BaseModel):
    """One `[[speakers]]` table.

    Attributes:
        key: identifier in episode.json and RTTM: letters, digits, `_`, `-` and `.`.
        name: name in subtitles.
        labels: how the transcript names this speaker, without brackets.
        role: `host`, `guest` or None.
        clip: a recording in which only this speaker speaks, beside the config if relative.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    key: _Key
    name: _Text
    labels: list[_Text] = []
    role: Annotated[str, StringConstraints(pattern="^(host|guest)$")] | None = None
    clip: _Text | None = None

    def to_record(self) -> Speaker:
        """The record that travels."""
        return Speaker(self.key, self.name, tuple(self.labels), self.role, self.clip)


class Config(BaseModel):
    """A whole config file. Every key is optional; options of the command line override it.

    Attributes:
        title: title of the episode, its id if None.
        id: what the output files are named after, the transcript's file stem if None.
        aligner: name of the aligner.
        diarizer: name of the diarizer.
        language: ISO 639-1 code of what is spoken.
        device: where neural networks run.
        model: name or folder of the aligner whisperx's network.
        first_pass: what places its windows, `hmm` or `none`.
        transcriber: what recognises words without a first pass.
        diarization_model: name or config.yaml of the diarizer pyannote's pipeline.
        download: whether missing weights may be fetched.
        style: name of the subtitle style.
        min_coverage: least share of words that must be found, 0 to 1; below it `run` exits with
            status 3.
        speakers: who speaks, in the order in which they first do if the transcript names nobody.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    title: _Text | None = None
    id: str | None = None
    aligner: str = "hmm"
    diarizer: str = "transcript"
    language: _Language = "en"
    device: str = "auto"
    model: _Text | None = None
    first_pass: Literal["hmm", "none"] | None = None
    transcriber: _Text = "ctc"
    diarization_model: _Text | None = None
    download: bool = False
    style: str = "netflix"
    min_coverage: float = Field(default=0.0, ge=0.0, le=1.0)
    speakers: list[SpeakerConfig] = []

    @property
    def engines(self) -> EngineSettings:
        """What concerns aligner and diarizer."""
        return EngineSettings(
            **{field.name: getattr(self, field.name) for field in fields(EngineSettings)}
        )


def load_config(path: Path) -> Config:
    """Read and check a config file.

    Raises:
        InputError: it is missing or unreadable, not TOML, or has unknown keys or wrong values.
    """
    return parse_config(read_text(path, "config file"), path)


def join_config(path: Path | None, overrides: Mapping[str, str | float | bool | None]) -> Config:
    """The config at `path` (None for the defaults) with options that override it.

    Args:
        path: the file.
        overrides: values by key; None leaves the config's.

    Raises:
        InputError: the config or an option is wrong.
    """
    settings = Config() if path is None else load_config(path)
    given = {key: value for key, value in overrides.items() if value is not None}
    try:
        return Config.model_validate({**settings.model_dump(), **given})
    except ValidationError as error:
        option = str(error.errors()[0]["loc"][0]).replace("_", "-")
        wanted = _WANTED_OPTION.get(option, "give a plain value")
        raise InputError(
            f"the value of --{option} is not usable", remedy=f"leave --{option} out or {wanted}"
        ) from error


def parse_config(text: str, path: Path) -> Config:
    """Check the TOML `text`; `path` is named in errors only.

    Raises:
        InputError: it is not TOML, or has unknown keys or wrong values.
    """
    values = parse_toml(text, path)
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        raise _wrong_value(error, text, path) from error
    if len(config.speakers) > MOST_SPEAKERS:
        raise InputError(f"more than {MOST_SPEAKERS} speakers", path=path)
    _check_unique(config, text, path)
    return config.model_copy(
        update={"speakers": [_beside(path, speaker) for speaker in config.speakers]}
    )


def _beside(path: Path, speaker: SpeakerConfig) -> SpeakerConfig:
    """A relative clip is looked for next to the config, wherever the program is started."""
    if speaker.clip is None:
        return speaker
    return speaker.model_copy(update={"clip": str(path.parent / speaker.clip)})


_WANTED = {
    "string_type": "must be text in quotes",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "missing": "is missing",
    "bool_type": "must be true or false",
    "literal_error": "must be hmm or none",
    "greater_than_equal": "must be a number from 0 to 1",
    "less_than_equal": "must be a number from 0 to 1",
    "string_too_long": "is too long",
}
_WANTED_OPTION = {
    "first-pass": "choose hmm or none",
    "language": "give a code such as en or de",
}
_WANTED_PATTERN = {
    "key": "must be made of letters, digits, _, - and . without blanks",
    "role": "must be host or guest",
    "language": "must be a language code such as en or de",
}


def _wrong_value(error: ValidationError, text: str, path: Path) -> InputError:
    # An unknown key is named before a missing one: it is usually that one, mistyped.
    first = min(error.errors(include_url=False), key=lambda e: e["type"] != "extra_forbidden")
    place = tuple(first["loc"])
    name = str(place[-1]) if not isinstance(place[-1], int) else str(place[-2])
    line = _line_of(text, place)
    if first["type"] == "extra_forbidden":
        model: type[BaseModel] = SpeakerConfig if len(place) > 1 else Config
        return InputError(
            f"unknown key {name}",
            path=path,
            line=line,
            remedy=did_you_mean(name, model.model_fields),
        )
    if first["type"] in ("model_type", "model_attributes_type"):
        wanted = "must be written as tables that begin with [[speakers]]"
    elif first["type"] == "string_pattern_mismatch":
        wanted = _WANTED_PATTERN.get(
            name, "must be one line without controls that begins and ends with a character"
        )
    else:
        wanted = _WANTED.get(first["type"], first["msg"])
    owner = f" of speaker {int(place[1]) + 1}" if len(place) > 2 else ""
    return InputError(f"the key {name}{owner} {wanted}", path=path, line=line)


def _line_of(text: str, place: tuple[Any, ...]) -> int | None:
    """Find the line of a key: tomllib keeps no places. None where the layout is unusual."""
    lines = text.splitlines()
    begin = 0
    if len(place) > 1 and isinstance(place[1], int):
        tables = [n for n, line in enumerate(lines) if re.match(r"\s*\[\[\s*speakers\b", line)]
        if place[1] >= len(tables):
            return _line_of(text, ("speakers",)) if not tables else None
        begin = tables[place[1]]
        lines = lines[: tables[place[1] + 1]] if place[1] + 1 < len(tables) else lines
    keys = [str(part) for part in place if not isinstance(part, int)]
    name = re.escape(keys[-1])
    pattern = re.compile(rf"""\s*(\[+\s*)?["']?{name}["']?\s*[=.\]]""")
    for number in range(begin, len(lines)):
        if pattern.match(lines[number]):
            return number + 1
    return begin + 1 if len(place) > 1 else None


def _check_unique(config: Config, text: str, path: Path) -> None:
    keys: set[str] = set()
    owners: dict[str, str] = {}
    for number, speaker in enumerate(config.speakers):
        if speaker.key in keys:
            raise InputError(
                f"two speakers have the key {speaker.key}",
                path=path,
                line=_line_of(text, ("speakers", number, "key")),
                remedy="give each speaker a key of its own",
            )
        keys.add(speaker.key)
        for label in speaker.labels:
            owner = owners.setdefault(label.casefold(), speaker.key)
            if owner != speaker.key:
                raise InputError(
                    f"the label {label} belongs to two speakers, {owner} and {speaker.key}",
                    path=path,
                    line=_line_of(text, ("speakers", number, "labels")),
                    remedy="leave it with one of them",
                )
