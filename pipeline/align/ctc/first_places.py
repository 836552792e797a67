"""Rough places of a text's words without the default aligner: what is recognised, matched to it.

For any language that a network is there for.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.align.ctc.matching import match_words
from pipeline.align.ctc.model import AlignModel
from pipeline.align.ctc.places import FirstPlaces
from pipeline.align.ctc.recognise import HeardSpeech, find_speech, load_recogniser
from pipeline.align.ctc.samples import Samples
from pipeline.align.ctc.spelling import spell_words
from pipeline.align.ctc.windows import RoughTime
from pipeline.audio.tracks import Audio, path_of
from pipeline.engine_settings import EngineSettings
from pipeline.errors import InputError
from pipeline.progress import Progress
from pipeline.transcript.records import Transcript

__all__ = ["fill_between", "find_places", "place_words"]

_LEAST_MATCHED = 0.1
_FASTEST_MS_A_LETTER = 20
_USUAL_MS_A_LETTER = 75


def find_places(
    transcript: Transcript,
    audio: Audio,
    samples: Samples,
    model: AlignModel,
    settings: EngineSettings,
    progress: Progress,
) -> FirstPlaces:
    """Find speech, recognise it, match it.

    Raises:
        InputError: there is no speech, what is said has next to nothing to do with the text, or
            weights are missing.
    """
    recogniser = load_recogniser(settings, model, progress)
    chunks, speech = find_speech(samples, model.device, progress)
    if not chunks:
        raise InputError(
            "no speech was found in this audio",
            path=path_of(audio),
            remedy="listen to it, and check which of its tracks is the first",
        )
    heard = tuple(recogniser.recognise(chunks, samples, progress))
    tokens = [word.text for word in transcript.words]
    spelled = [ways[0] for ways in spell_words(tokens, model.alphabet, model.language)]
    rough = place_words(spelled, heard)
    matched = sum(time is not None for time in rough)
    if matched < _LEAST_MATCHED * len(rough):
        raise InputError(
            f"only {100 * matched / max(1, len(rough)):.0f} % of the transcript's words were "
            "recognised in this audio",
            path=path_of(audio),
            remedy="check --language and --model, and that transcript and audio belong together",
        )
    filled = fill_between(rough, [sum(map(len, way)) for way in spelled], samples.duration_ms)
    doubtful = frozenset(at for at, time in enumerate(rough) if time is None)
    return FirstPlaces(filled, doubtful, (), speech)


def place_words(
    spelled: Sequence[Sequence[str]], heard: Sequence[HeardSpeech]
) -> tuple[RoughTime, ...]:
    """The time of each written word of which a spoken word was recognised; None of the others.

    Args:
        spelled: the spoken words of each written word.
        heard: the words recognised, in order.
    """
    owners = [at for at, way in enumerate(spelled) for _ in way]
    text = [word for way in spelled for word in way]
    rough: list[RoughTime] = [None] * len(spelled)
    for at, number in match_words(text, [word.text for word in heard]):
        time, word = rough[owners[at]], heard[number]
        start_ms = word.start_ms if time is None else time[0]
        rough[owners[at]] = (start_ms, max(start_ms, word.end_ms))
    return tuple(rough)


def fill_between(
    rough: Sequence[RoughTime], letters: Sequence[int], duration_ms: int
) -> tuple[RoughTime, ...]:
    """Give words that were not recognised a share of the time between their neighbours.

    They stay without one where the time could not hold them.

    Args:
        rough: as `place_words` returns it.
        letters: how many letters each word has.
        duration_ms: of the audio.
    """
    filled = list(rough)
    known = [at for at, time in enumerate(rough) if time is not None]
    for before, after in zip([-1, *known], [*known, len(rough)], strict=True):
        count = sum(letters[before + 1 : after])
        if after - before < 2:
            continue
        earlier = rough[before] if before >= 0 else None
        later = rough[after] if after < len(rough) else None
        usual_ms = count * _USUAL_MS_A_LETTER
        begin_ms, end_ms = 0, duration_ms
        if earlier is not None:
            begin_ms = earlier[1]
            end_ms = later[0] if later is not None else min(duration_ms, begin_ms + usual_ms)
        elif later is not None:
            end_ms = later[0]
            begin_ms = max(0, end_ms - usual_ms)
        if end_ms - begin_ms < count * _FASTEST_MS_A_LETTER:
            continue
        done = 0
        for at in range(before + 1, after):
            start_ms = begin_ms + (end_ms - begin_ms) * done // max(1, count)
            done += letters[at]
            filled[at] = (start_ms, begin_ms + (end_ms - begin_ms) * done // max(1, count))
    return tuple(filled)
