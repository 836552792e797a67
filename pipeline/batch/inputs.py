"""What an episode is made from, as digests: equal ones mean that nothing has to be done again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.batch.records import InputFile
from pipeline.files import is_plain_file, sha256_of
from pipeline.job import Job
from pipeline.review.corrected import find_corrections
from pipeline.subtitles.styles import STYLES

__all__ = ["alignment_key", "episode_key", "program_version", "read_inputs", "timed_key"]

_PLACES = frozenset({"out", "config"})  # the config's values stand in the job
_EXPORT_ONLY = frozenset(
    {"id", "title", "style", "min_coverage", "corrections", "save_voices", "clips"}
)
_SPEAKERS_ONLY = frozenset({"speakers", "diarizer", "voices"})
_CODE = (".py", ".npz", ".toml", ".html", ".txt")


@cache
def program_version() -> str:
    """The version and a digest of the program's own files: a checkout changes between versions."""
    digest = hashlib.sha256()
    for name, content in _package_files(resources.files("pipeline"), ""):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return f"{__version__}+{digest.hexdigest()[:12]}"


def _package_files(folder: Traversable, place: str) -> Iterator[tuple[str, bytes]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _package_files(item, f"{place}{item.name}/")
        elif item.name.endswith(_CODE):
            yield place + item.name, item.read_bytes()


def read_inputs(job: Job, known: Mapping[str, InputFile] | None = None) -> dict[str, InputFile]:
    """Digest each file that the job reads, by its part in the job.

    A file whose path, size and times are as in `known` is not read again. The change time is among
    them: no program can set it back.

    Raises:
        InputError: a file is missing or cannot be read.
    """
    found = {}
    for part, path in _input_paths(job).items():
        before = (known or {}).get(part)
        found[part] = _digest(part, path, before)
    return found


def _input_paths(job: Job) -> dict[str, Path]:
    paths = {}
    for field in fields(job):
        value = getattr(job, field.name)
        if isinstance(value, Path) and field.name not in ("out", "save_voices"):
            paths[field.name] = value
    corrections = find_corrections(job.out, job.id, job.corrections)
    if corrections is not None:
        paths["corrections"] = corrections
    if job.style not in STYLES and is_plain_file(Path(job.style)):
        paths["style"] = Path(job.style)
    for speaker in job.speakers:
        if speaker.clip is not None:
            paths[f"clip of {speaker.key}"] = Path(speaker.clip)
    return paths


def _digest(part: str, path: Path, known: InputFile | None) -> InputFile:
    try:
        # Before reading: what changes while it is read shows the next time.
        state = path.stat()
    except OSError:
        sha256_of(path, f"{part} file")  # tells what is wrong
        raise
    place = str(path.absolute())
    times = (place, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
    if known is not None and times == (
        known.path,
        known.size_bytes,
        known.mtime_ns,
        known.ctime_ns,
    ):
        return known
    what = part if part in ("transcript", "corrections") else f"{part} file"
    return InputFile(*times, sha256_of(path, what))


def episode_key(job: Job, inputs: Mapping[str, InputFile], formats: tuple[str, ...]) -> str:
    """Digest of all that decides about the episode's files."""
    return _key({"formats": formats, **_settings(job, frozenset())}, inputs)


def timed_key(job: Job, inputs: Mapping[str, InputFile]) -> str:
    """Digest of all that decides about the times and the speakers."""
    files = {part: file for part, file in inputs.items() if part not in _EXPORT_ONLY | _PLACES}
    return _key({"stage": "timed episode", **_settings(job, _EXPORT_ONLY)}, files)


def alignment_key(job: Job, inputs: Mapping[str, InputFile]) -> str:
    """Digest of all that decides about the times.

    Options that are not known here count: to align once too often does no harm.
    """
    left_out = _EXPORT_ONLY | _SPEAKERS_ONLY
    files = {
        part: file
        for part, file in inputs.items()
        if part not in left_out | _PLACES and not part.startswith("clip of ")
    }
    labels = [label for speaker in job.speakers for label in speaker.labels]
    return _key({"stage": "alignment", "labels": labels, **_settings(job, left_out)}, files)


def _settings(job: Job, left_out: frozenset[str]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for field in fields(job):
        value = getattr(job, field.name)
        if field.name in _PLACES | left_out:
            continue
        if isinstance(value, Path):
            value = value.name
        elif field.name == "style" and value not in STYLES:
            value = Path(value).name
        elif field.name == "speakers":
            value = [{**asdict(speaker), "clip": bool(speaker.clip)} for speaker in value]
        settings[field.name] = value
    return settings


def _key(settings: Mapping[str, Any], inputs: Mapping[str, InputFile]) -> str:
    files = {part: [Path(file.path).name, file.sha256] for part, file in inputs.items()}
    whole = {"version": program_version(), "settings": settings, "files": files}
    text = json.dumps(whole, sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
