"""`compare`: an episode or RTTM file against a reference."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from pipeline.progress import Progress

__all__ = ["configure", "execute"]

_EPILOG = """\
example:
  episode-subtitles compare out/ep.episode.json reference.rttm

either file is an ID.episode.json or an RTTM file; words are compared if both are episodes.
Overlapping speech is scored; the collar is 0.25 s on either side of each reference boundary.
Needs the extra evaluation: pip install "episode-subtitles[evaluation]"
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("hypothesis", type=Path, metavar="FILE", help="what was found")
    parser.add_argument("reference", type=Path, metavar="REFERENCE", help="what is right")
    parser.epilog = _EPILOG


def _percent(share: float) -> str:
    # Rounded to the nearest: errors rounded down would flatter.
    return f"{100 * share:.2f} %"


def execute(arguments: argparse.Namespace, progress: Progress) -> Sequence[str]:
    """Compare; one measure a line."""
    from pipeline.episode import Episode
    from pipeline.evaluate.diarization import diarization_errors, word_errors
    from pipeline.evaluate.rttm import SpeakerTurn, read_rttm
    from pipeline.export.episode_json import read_episode
    from pipeline.export.rttm import speaker_turns

    def read(path: Path) -> Episode | tuple[SpeakerTurn, ...]:
        return read_episode(path) if path.suffix.lower() == ".json" else read_rttm(path)

    def turns_of(source: Episode | tuple[SpeakerTurn, ...]) -> tuple[SpeakerTurn, ...]:
        if isinstance(source, tuple):
            return source
        return tuple(SpeakerTurn(*turn) for turn in speaker_turns(source))

    hypothesis, reference = read(arguments.hypothesis), read(arguments.reference)
    errors = diarization_errors(turns_of(reference), turns_of(hypothesis))
    lines = [
        f"diarization error rate   {_percent(errors.error_rate)}",
        f"  missed                 {_percent(errors.missed)}",
        f"  false alarm            {_percent(errors.false_alarm)}",
        f"  confusion              {_percent(errors.confusion)}",
        f"  with collar            {_percent(errors.error_rate_with_collar)}",
        f"Jaccard error rate       {_percent(errors.jaccard_error_rate)}",
    ]
    if isinstance(hypothesis, Episode) and isinstance(reference, Episode):
        words = word_errors(reference, hypothesis)
        lines += [
            f"words                    {words.words}",
            f"  wrong speaker          {_percent(words.wrong)}",
            f"  up to naming           {_percent(words.wrong_up_to_naming)}",
        ]
    return lines
