"""A timed episode from disk with the corrections that lie beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.audio.tracks import Audio, audio_of
from pipeline.episode import Episode
from pipeline.export.episode_json import read_episode
from pipeline.files import is_there
from pipeline.progress import Progress
from pipeline.review.apply import apply_corrections
from pipeline.review.corrections_json import SUFFIX, read_corrections
from pipeline.review.records import Corrections

__all__ = ["CorrectedEpisode", "correct", "find_corrections", "read_corrected"]


@dataclass(frozen=True, slots=True)
class CorrectedEpisode:
    """An episode as aligned, its corrections, and what they make of it."""

    aligned: Episode
    corrections: Corrections | None
    episode: Episode


def read_corrected(
    path: Path, progress: Progress, corrections: Path | None = None, audio: Path | None = None
) -> CorrectedEpisode:
    """Read the timed episode at `path`, corrected by `corrections`, else by the file beside it.

    With `audio`, what the corrections have moved is aligned anew between them.

    Raises:
        InputError: one of the files is missing or damaged.
    """
    episode = read_episode(path)
    found = find_corrections(path.parent, episode.id, corrections)
    sound = None if audio is None else audio_of(audio, episode.audio_track)
    return correct(episode, found, progress, sound)


def find_corrections(folder: Path, name: str, given: Path | None = None) -> Path | None:
    """The file of corrections `given`, else `ID.corrections.json` in `folder` if there is one."""
    if given is not None:
        return given
    beside = folder / f"{name}{SUFFIX}"
    return beside if is_there(beside) else None


def correct(
    episode: Episode, path: Path | None, progress: Progress, audio: Audio | None = None
) -> CorrectedEpisode:
    """Apply the corrections at `path`, if any; what does not fit becomes a warning.

    With `audio`, what the corrections have moved is aligned anew between them.

    Raises:
        InputError: the file is missing or damaged, or the audio cannot be decoded.
    """
    if path is None:
        return CorrectedEpisode(episode, None, episode)
    corrections = read_corrections(path)
    applied = apply_corrections(episode, corrections)
    for misfit in applied.misfits:
        progress.warn(f"{path.name}: not applied: {misfit}")
    progress.note(f"corrections from {path}")
    corrected = applied.episode
    if audio is not None and applied.held and episode.engine.aligner == "hmm":
        from pipeline.review.realign import realign

        progress.start("Aligning between corrections")
        corrected = realign(episode, applied, audio)
        progress.finish()
    return CorrectedEpisode(episode, corrections, corrected)
