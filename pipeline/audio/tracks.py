"""Which of a file's audio tracks is meant.

Without a choice it is the one that the file flags as default, which players play; if it flags none
or several, the one in which most is spoken.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from pipeline.audio.ffmpeg import ffmpeg_executable, input_arguments
from pipeline.audio.killed import check_not_killed, done_again
from pipeline.audio.pcm import Track, decode_piece
from pipeline.errors import InputError

__all__ = [
    "Audio",
    "AudioTrack",
    "ListedTrack",
    "Listing",
    "audio_of",
    "choose_track",
    "list_tracks",
    "path_of",
]

_TIMEOUT_S = 60.0
_STREAM = re.compile(r"^  Stream #0:\d+[^\n]*?: Audio: (?P<coding>[^\n]*)", re.MULTILINE)
_NAME = re.compile(r"^    +(?:title|name) *: (?P<name>[^\n]*)", re.MULTILINE)
_LANGUAGE = re.compile(r"^  Stream #0:\d+(?:\[\w+\])?\((?P<language>\w+)\)")
_DURATION = re.compile(r"^\s*Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)", re.MULTILINE)
_FORMAT = re.compile(r"^Input #0, (?P<names>\S+), from ", re.MULTILINE)
_VIDEO = re.compile(r"^  Stream #0:\d+[^\n]*?: Video: ", re.MULTILINE)
_MONO = re.compile(r", (?:mono|1 channels?)\b")

_WITH_CLOCK = {
    *("mov", "matroska", "webm", "mpegts", "mpeg", "asf", "flv", "ogg", "avi", "mxf", "nut", "wtv"),
    *("gxf", "rm"),
}
"""Formats that say when each packet is played. The others are played without a break, and what
ffmpeg makes up for their times is wrong behind a change of rate."""

_LATE_BESIDE_VIDEO = {"mpegts", "mpeg"}
"""Formats whose clock begins anywhere: ffmpeg takes its zero from the tracks that it reads."""

_MOST_LISTENED_TO = 16  # more than recorders have; each takes a second or so
_PIECES = 4
_PIECE_S = 15.0
_SYLLABLE_FRAMES = 10
_MUCH_MORE = 1.5
"""How much livelier than the first track another one must be to be taken for the spoken one."""


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """The audio track of a file that a user chose; `number` counts its audio tracks from 1."""

    path: Path
    number: int


Audio = Path | AudioTrack
"""A file, of which the track is to be found, or a certain track of it."""


@dataclass(frozen=True, slots=True)
class ListedTrack:
    """An audio track; `label` is how to tell a user about it."""

    track: Track
    is_default: bool
    label: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A file's audio tracks, and the length in seconds that its header gives, if it does."""

    tracks: tuple[ListedTrack, ...]
    duration_s: float | None


def path_of(audio: Audio) -> Path:
    """The file."""
    return audio.path if isinstance(audio, AudioTrack) else audio


def audio_of(path: Path, number: int | None) -> Audio:
    """The file, or its audio track `number`, counted from 1."""
    return path if number is None else AudioTrack(path, number)


def choose_track(audio: Audio) -> Track:
    """The track that is asked for, else the one that players would play.

    Raises:
        InputError: there is no such track.
    """
    path = path_of(audio)
    status = path.stat()
    tracks = list_tracks(path).tracks
    if isinstance(audio, AudioTrack):
        if not 1 <= audio.number <= len(tracks):
            told = "; ".join(f"{number}: {one.label}" for number, one in enumerate(tracks, 1))
            raise InputError(
                f"there is no audio track {audio.number} in this file",
                path=path,
                remedy=f"choose one of its {len(tracks)} with --audio-track: {told}"
                if tracks
                else "check that it plays, and that it is audio or video",
            )
        return tracks[audio.number - 1].track
    if len(tracks) < 2:
        # Of what it cannot read, ffmpeg will say why when it is to decode it.
        return tracks[0].track if tracks else Track(0, 2)
    flagged = [one.track for one in tracks if one.is_default]
    if len(flagged) == 1:
        return flagged[0]
    return tracks[_spoken_track(path.absolute(), status.st_size, status.st_mtime_ns)].track


def list_tracks(audio: Path) -> Listing:
    """Ask ffmpeg what a file holds, without decoding it.

    Raises:
        InputError: ffmpeg does not answer, or the file cannot be opened.
        PassingError: it was killed twice.
    """
    try:
        status = audio.stat()
    except OSError as error:
        raise InputError("ffmpeg cannot read this file", path=audio) from error
    return _list_tracks(audio.absolute(), status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=8)
def _list_tracks(audio: Path, size: int, changed_ns: int) -> Listing:
    text = done_again(lambda: _told_by_ffmpeg(audio))
    found = _DURATION.search(text)
    duration_s = None
    if found is not None:
        duration_s = int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])
    return Listing(tuple(_tracks(text)), duration_s)


def _told_by_ffmpeg(audio: Path) -> str:
    try:
        done = subprocess.run(
            [ffmpeg_executable(), "-nostdin", "-hide_banner", *input_arguments(audio)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_TIMEOUT_S,
            check=False,  # without an output it always complains
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise InputError("ffmpeg cannot read this file", path=audio) from error
    text = done.stderr.decode("utf-8", "replace")
    check_not_killed(done.returncode, text, audio)
    return text


def _tracks(text: str) -> Sequence[ListedTrack]:
    named = _FORMAT.search(text)
    names = set(named["names"].rstrip(",").split(",")) if named is not None else set()
    is_video = bool(names & _LATE_BESIDE_VIDEO) and _VIDEO.search(text) is not None
    streams = re.split(r"^(?=  Stream #0:)", text, flags=re.MULTILINE)
    tracks: list[ListedTrack] = []
    for stream in streams:
        found = _STREAM.match(stream)
        if found is None:
            continue
        coding = found["coding"]
        parts = coding.removesuffix(" (default)").split(", ")
        told = [parts[0].split(" ")[0], *parts[1:3]]
        language, name = _LANGUAGE.match(stream), _NAME.search(stream)
        if language is not None and language["language"] != "und":
            told.append(language["language"])
        if name is not None:
            told.append(f'"{name["name"].strip()}"')
        tracks.append(
            ListedTrack(
                Track(
                    index=len(tracks),
                    channels=1 if _MONO.search(coding) else 2,
                    has_clock=bool(names & _WITH_CLOCK),
                    is_beside_video=is_video,
                ),
                is_default="(default)" in coding,
                label=" ".join(told),
            )
        )
    return tracks


@lru_cache(maxsize=8)
def _spoken_track(audio: Path, size: int, changed_ns: int) -> int:
    """The track whose loudness rises and falls most within a tenth of a second, as syllables do."""
    listing = _list_tracks(audio, size, changed_ns)
    duration_s = listing.duration_s or _PIECES * _PIECE_S
    tracks = [one.track for one in listing.tracks[:_MOST_LISTENED_TO]]
    liveliness = [_liveliness(audio, track, duration_s) for track in tracks]
    best = int(np.argmax(liveliness))
    return best if liveliness[best] > _MUCH_MORE * liveliness[0] else 0


def _liveliness(audio: Path, track: Track, duration_s: float) -> float:
    from pipeline.audio.features import cepstra_blocks

    changes = []
    for piece in range(_PIECES):
        start_s = max(0.0, duration_s * (2 * piece + 1) / (2 * _PIECES) - _PIECE_S / 2)
        samples = decode_piece(audio, track.index, start_s, _PIECE_S) * np.float32(32768.0)
        for cepstra in cepstra_blocks([samples]):
            loudness = cepstra[:, 0]
            changes.append(np.abs(loudness[_SYLLABLE_FRAMES:] - loudness[:-_SYLLABLE_FRAMES]))
    return float(np.mean(np.concatenate(changes))) if changes else 0.0
