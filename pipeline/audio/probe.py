"""How long an audio file says it is, without decoding it."""

from __future__ import annotations

from pathlib import Path

from pipeline.audio.tracks import list_tracks
from pipeline.errors import InputError
from pipeline.files import check_plain_file

__all__ = ["probe_duration_s"]


def probe_duration_s(audio: Path) -> float | None:
    """Length in seconds by the file's header; None if that does not say.

    Raises:
        InputError: there is no audio in it, or no ffmpeg.
    """
    try:
        check_plain_file(audio, "audio file")
    except OSError as error:
        raise InputError("ffmpeg cannot read this file", path=audio) from error
    listing = list_tracks(audio)
    if not listing.tracks:
        raise InputError(
            "there is no audio in this file",
            path=audio,
            remedy="check that it plays, and that it is audio or video",
        )
    return listing.duration_s
