"""What `run` is asked to do, joined from a config and the options that override it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.audio.tracks import Audio, audio_of
from pipeline.config import join_config
from pipeline.engine_settings import DEFAULT_ENGINE_SETTINGS, EngineSettings
from pipeline.episode import Speaker
from pipeline.files import check_id

__all__ = ["Job", "make_job"]


@dataclass(frozen=True, slots=True)
class Job:
    """Everything that `run` needs to know; names are checked when they are used.

    `min_coverage` is the least share of words that must be found, 0 to 1. `voices` is a voices file
    of an earlier episode, `save_voices` where to write that of this one. `clips`: whether to cut
    out what the doctor suggests to listen to. `engines` is for the aligner and the diarizer.
    `audio_track` counts the audio tracks of the file from 1; None for the one that players play.
    """

    id: str
    title: str
    audio: Path
    transcript: Path
    out: Path
    config: Path | None
    aligner: str
    diarizer: str
    style: str
    min_coverage: float
    speakers: tuple[Speaker, ...]
    voices: Path | None = None
    save_voices: Path | None = None
    corrections: Path | None = None
    clips: bool = False
    engines: EngineSettings = DEFAULT_ENGINE_SETTINGS
    audio_track: int | None = None

    @property
    def sound(self) -> Audio:
        """What of the audio file is heard."""
        return audio_of(self.audio, self.audio_track)

    @property
    def inputs(self) -> tuple[Path, ...]:
        """All files that are read."""
        given = (self.config, self.voices, self.corrections)
        optional = (path for path in given if path is not None)
        clips = (Path(speaker.clip) for speaker in self.speakers if speaker.clip is not None)
        return (self.audio, self.transcript, *optional, *clips)


def make_job(
    audio: Path,
    transcript: Path,
    out: Path,
    *,
    config: Path | None = None,
    corrections: Path | None = None,
    overrides: Mapping[str, str | float | bool | None] | None = None,
    voices: Path | None = None,
    save_voices: Path | None = None,
    clips: bool = False,
    audio_track: int | None = None,
) -> Job:
    """Join a config with the options that override it.

    Args:
        audio: the audio file.
        transcript: the transcript file.
        out: folder for the outputs.
        config: config file, None for the defaults.
        corrections: file of corrections; None for `ID.corrections.json` in `out`, if any.
        overrides: values for the keys of `Config` but `speakers`; None leaves the config's.
        voices: voices file of an earlier episode to know speakers by.
        save_voices: voices file to write.
        clips: write a short clip of each suspected error.
        audio_track: which of the file's audio tracks, from 1; None for the one that players play.

    Raises:
        InputError: the config is wrong or the id is no safe file name.
    """
    settings = join_config(config, overrides or {})
    is_own_id = settings.id is not None and (overrides or {}).get("id") is None
    source = "the config's id" if is_own_id else "--id"
    name = transcript.stem if settings.id is None else settings.id
    check_id(name, remedy=f"choose another with {source}")
    return Job(
        id=name,
        title=name if settings.title is None else settings.title,
        audio=audio,
        transcript=transcript,
        out=out,
        config=config,
        aligner=settings.aligner,
        diarizer=settings.diarizer,
        style=settings.style,
        min_coverage=settings.min_coverage,
        speakers=tuple(speaker.to_record() for speaker in settings.speakers),
        voices=voices,
        save_voices=save_voices,
        corrections=corrections,
        clips=clips,
        engines=settings.engines,
        audio_track=audio_track,
    )
