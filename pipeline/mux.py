"""Subtitles and chapters into an mp4 or mkv, through ffmpeg, without encoding anything again."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.audio.ffmpeg import (
    SILENT_S,
    bound_memory,
    ffmpeg_executable,
    file_address,
    input_arguments,
    last_complaints,
)
from pipeline.audio.killed import check_not_killed, done_again
from pipeline.episode import Episode
from pipeline.errors import InputError, OutputError
from pipeline.export import chapters_ffmetadata, srt_file
from pipeline.files import (
    check_not_inputs,
    check_output_folder,
    check_output_places,
    check_plain_file,
    read_bytes,
)
from pipeline.set_swap import long_aside
from pipeline.subtitles.styles import Style
from pipeline.suggest import did_you_mean

__all__ = ["CONTAINERS", "Container", "mux"]

_LOOK_S = 1.0


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of file: ffmpeg's names of its format and of the subtitles that it holds."""

    form: str
    subtitles: str


_MP4 = Container("mp4", "mov_text")
_MKV = Container("matroska", "srt")
CONTAINERS = {
    ".mp4": _MP4,
    ".m4a": _MP4,
    ".m4v": _MP4,
    ".mov": Container("mov", "mov_text"),
    ".mkv": _MKV,
    ".mka": _MKV,
    ".webm": Container("webm", "webvtt"),
}
"""By the suffix of the file."""


def mux(
    episode: Episode, style: Style, media: Path, out: Path, *, language: str, episode_path: Path
) -> None:
    """Write `media` with subtitles and chapters to `out`; its video and audio stay as they are.

    The new subtitles come first and are shown by default; older ones are kept, older chapters are
    not.

    Args:
        episode: the timed episode.
        style: the house style of the subtitles.
        media: the audio or video file of the episode.
        out: the file to be written, whole or not at all; its suffix says its kind.
        language: of the subtitles, as ISO 639-2 has it: `eng`.
        episode_path: where the episode was read from, so that it is not overwritten.

    Raises:
        InputError: ffmpeg cannot read `media`, or the kind of `out` cannot hold it.
        OutputError: `out` cannot be written.
    """
    container = CONTAINERS.get(out.suffix.lower())
    if container is None:
        raise InputError(
            f"no container of the kind {out.suffix or 'without suffix'} holds subtitles here",
            path=out,
            remedy=did_you_mean(out.suffix, CONTAINERS),
        )
    _check_media(media)
    check_not_inputs(out.parent, [out.name], [media, episode_path])
    check_output_places(out.parent, [out.name])
    check_output_folder(out.parent)
    # A chapter of which nothing is in the audio has no length, which players take amiss.
    chapters = tuple(c for c in episode.chapters if c.end_ms > c.start_ms)
    marked = replace(episode, chapters=chapters)
    out.parent.mkdir(parents=True, exist_ok=True)
    with long_aside(out.parent, ".muxing-") as aside:
        (aside / "subtitles.srt").write_text(srt_file.render(episode, style), encoding="utf-8")
        (aside / "chapters.txt").write_text(
            chapters_ffmetadata.render(marked, style), encoding="utf-8"
        )
        whole = aside / f"whole{out.suffix}"
        command = _command(media, aside, whole, container, language)
        done_again(lambda: _run(command, media, whole))
        whole.replace(out)


def _wait(process: subprocess.Popen[bytes], media: Path, whole: Path) -> None:
    """Until it ends; one that writes nothing for two minutes hangs, and is left to be killed."""
    size, quiet_s = 0, 0.0
    while True:
        try:
            process.wait(_LOOK_S)
            return
        except subprocess.TimeoutExpired:
            now = whole.stat().st_size if whole.exists() else 0
            size, quiet_s = now, (quiet_s + _LOOK_S if now == size else 0.0)
        if quiet_s >= SILENT_S:
            raise InputError(
                f"ffmpeg got stuck in this file: nothing from it for {SILENT_S:.0f} s", path=media
            )


def _check_media(media: Path) -> None:
    try:
        check_plain_file(media, "media file")
        with media.open("rb") as stream:
            if stream.read(1):
                return
    except OSError:
        read_bytes(media, "media file")
    raise InputError("the media file is empty", path=media)


def _command(
    media: Path, aside: Path, whole: Path, container: Container, language: str
) -> list[str]:
    older = "copy" if container is _MKV and media.suffix.lower() in (".mkv", ".mka") else None
    return [
        ffmpeg_executable(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y",
        *input_arguments(media),
        "-i", file_address(aside / "subtitles.srt"),
        "-f", "ffmetadata", "-i", file_address(aside / "chapters.txt"),
        "-map", "0:v?", "-map", "0:a?", "-map", "1:s", "-map", "0:s?",
        *(["-map", "0:t?"] if container is _MKV else []),
        "-map_metadata", "0", "-map_chapters", "2",
        "-c", "copy", "-c:s", older or container.subtitles, "-c:s:0", container.subtitles,
        "-metadata:s:s:0", f"language={language}", "-disposition:s:0", "default",
        "-f", container.form, file_address(whole),
    ]  # fmt: skip


def _run(command: Sequence[str], media: Path, whole: Path) -> None:
    # Complaints go to a file: so many about a damaged one would block a pipe.
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=complaints
        )
        bound_memory(process.pid)
        try:
            _wait(process, media, whole)
        finally:
            # Interrupted: it would go on writing into a folder that is about to go.
            if process.poll() is None:
                process.kill()
                process.wait()
        complaint = last_complaints(complaints)
    check_not_killed(process.returncode, complaint, media)
    if process.returncode != 0:
        lines = complaint.strip().splitlines()
        if any("No space left" in line for line in lines):
            raise OutputError("the disk is full", path=media, remedy="choose another --out")
        reason = lines[-1] if lines else "it does not say why"
        raise InputError(
            f"ffmpeg cannot put this file into the container ({reason})",
            path=media,
            remedy="try another kind of --out, such as .mkv",
        )
