"""How long an audio file says it is, without decoding it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from pipeline.audio.decode import ffmpeg_executable, input_arguments
from pipeline.errors import InputError
from pipeline.files import check_plain_file

__all__ = ["probe_duration_s"]

_TIMEOUT_S = 60.0


def probe_duration_s(audio: Path) -> float | None:
    """Length in seconds by the file's header; None if that does not say.

    Raises:
        InputError: there is no audio in it, or no ffmpeg.
    """
    try:
        check_plain_file(audio, "audio file")
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
    if not re.search(r"^\s*Stream #.*: Audio: ", text, re.MULTILINE):
        raise InputError(
            "there is no audio in this file",
            path=audio,
            remedy="check that it plays, and that it is audio or video",
        )
    found = re.search(r"^\s*Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)", text, re.MULTILINE)
    if found is None:
        return None
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])
