"""Diarizer `transcript`: turns and names from the text, times from the aligner, voices by ear.

The voices are found without looking at names, then named: by the labels in the text, by samples
(a config's clips, a voices file), else in the order of speaking. With the names known, everything
is learnt once more together. Where the audio holds too little speech, or the voices are too alike
to be told apart, the text alone decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from pipeline.align.records import Alignment
from pipeline.audio.tracks import Audio
from pipeline.engine_settings import EngineSettings
from pipeline.episode import Speaker
from pipeline.memory import give_back_freed, keep_little
from pipeline.progress import Progress
from pipeline.speakers.boundaries import Boundary, TextCues, read_cues
from pipeline.speakers.count import find_voices
from pipeline.speakers.hearing import Heard, listen
from pipeline.speakers.naming import Match, match_labels, match_order, match_samples
from pipeline.speakers.records import Attribution, NamedBy
from pipeline.speakers.second_look import doubted_turns, settle_names, unmarked_changes
from pipeline.speakers.turns import TurnDiarizer, folded, free_key, known_labels
from pipeline.speakers.voice_model import Fit, fit_voices
from pipeline.speakers.voice_sample import VoiceSample, load_clip, read_voices
from pipeline.transcript.records import Transcript

__all__ = ["Naming", "VoiceDiarizer", "by_text", "known_samples"]

_LARGE_BYTES = 1 << 20  # arrays of all words, where there are very many
_SAMPLE_PROBABILITY = 0.99
_PASSER_BY_FRAMES = 300.0
_LEAST_TAUGHT_FRAMES, _TAUGHT_FRAMES = 100.0, 300.0
_MOST_NAMED = 0.5


class VoiceDiarizer:
    """Diarizer `transcript`; `voices` is a voices file of an earlier episode."""

    def __init__(self, voices: Path | None = None) -> None:
        """Read the voices file, if any.

        Raises:
            InputError: it cannot be read.
        """
        self._samples = () if voices is None else read_voices(voices)

    @classmethod
    def configured(cls, voices: Path | None, settings: EngineSettings) -> Self:
        """Make it as the registry does; it has no use for the settings."""
        return cls(voices)

    def assign(
        self,
        transcript: Transcript,
        alignment: Alignment,
        speakers: tuple[Speaker, ...],
        audio: Audio,
        progress: Progress,
    ) -> Attribution:
        """Attribute each word; says what it is in doubt about.

        Raises:
            InputError: the audio or a reference clip cannot be read, or a clip holds no speech.
        """
        # The matrices are small: threads only wait for each other, for minutes on a busy machine.
        with threadpool_limits(limits=1, user_api="blas"):
            return self._assign(transcript, alignment, speakers, audio, progress)

    def _assign(
        self,
        transcript: Transcript,
        alignment: Alignment,
        speakers: tuple[Speaker, ...],
        audio: Audio,
        progress: Progress,
    ) -> Attribution:
        cues = read_cues(transcript, alignment)
        samples = known_samples(self._samples, speakers)
        with listen(cues, alignment, audio) as heard:
            if heard is None:
                progress.warn(
                    "too little speech to know voices by: speakers are told by the text only"
                )
                return by_text(transcript, alignment, speakers, audio, progress)
            everyone, owners = known_labels(cues.label, speakers, progress)
            keep_little(_LARGE_BYTES)
            fit = find_voices(heard.evidence, len(speakers or everyone) or None)
            give_back_freed()
            marked = bool((cues.boundary[1:] == Boundary.DASH).any())
            if fit.count == 1 and marked and len(everyone) != 1:
                progress.warn(
                    "the audio has one voice only, or voices too alike to tell: "
                    "speakers are told by the text only"
                )
                return by_text(transcript, alignment, speakers, audio, progress)
            naming = Naming(heard, cues, everyone, owners, speakers, samples, progress)
            return naming.attribute(fit)


def known_samples(
    samples: Sequence[VoiceSample], speakers: tuple[Speaker, ...]
) -> list[VoiceSample]:
    """The speakers' clips, then a voices file's samples under the config's keys where they agree.

    Samples of speakers who have clips are left out: their clips tell more.

    Raises:
        InputError: a clip cannot be read or holds no speech.
    """
    found = [
        load_clip(Path(speaker.clip), speaker.key, speaker.name)
        for speaker in speakers
        if speaker.clip is not None
    ]
    with_clips = {clip.key for clip in found}
    owners = {folded(name): s for s in speakers for name in (s.key, s.name)}
    for sample in samples:
        owner = owners.get(folded(sample.key)) or owners.get(folded(sample.name))
        if owner is not None:
            sample = replace(sample, key=owner.key, name=owner.name)
        if sample.key not in with_clips:
            found.append(sample)
    return found


def by_text(
    transcript: Transcript,
    alignment: Alignment,
    speakers: tuple[Speaker, ...],
    audio: Audio,
    progress: Progress,
) -> Attribution:
    """Attribute by the text alone."""
    return TurnDiarizer().assign(transcript, alignment, speakers, audio, progress)


@dataclass(frozen=True, slots=True)
class Naming:
    """Gives the voices names, and the words to the named voices."""

    heard: Heard
    cues: TextCues
    everyone: tuple[Speaker, ...]
    owners: dict[str, str]
    configured: tuple[Speaker, ...]
    samples: list[VoiceSample]
    progress: Progress

    def attribute(self, fit: Fit) -> Attribution:
        """Attribute each word."""
        labelled = self._labelled_words(fit.path)
        matches, everyone, keys = self._name_voices(fit, labelled)
        # Speakers whom labels prove to be there, though no voice was found for them.
        voiceless = [key for key in dict.fromkeys(labelled) if key is not None and key not in keys]
        keys += voiceless
        fit = self._learn_again(fit, keys, labelled)
        return self._settled(fit, matches, everyone, keys, labelled)

    def name_only(self, fit: Fit) -> Attribution:
        """Give the voices of `fit` names, and leave each word to its voice."""
        labelled = self._labelled_words(fit.path)
        matches, everyone, keys = self._name_voices(fit, labelled)
        return self._settled(fit, matches, everyone, keys, labelled)

    def _name_voices(
        self, fit: Fit, labelled: list[str | None]
    ) -> tuple[list[Match], tuple[Speaker, ...], list[str]]:
        """What decided, all speakers, and the key of each voice."""
        matches = self._match(fit, labelled)
        keys = [""] * fit.count
        for match in matches:
            keys[match.voice] = match.key
        return matches, *self._with_unnamed(keys, fit)

    def _settled(
        self,
        fit: Fit,
        matches: list[Match],
        everyone: tuple[Speaker, ...],
        keys: list[str],
        labelled: list[str | None],
    ) -> Attribution:
        named = np.array([keys.index(key) if key in keys else -1 for key in labelled], np.int64)
        path = settle_names(fit, self.cues, named)
        return Attribution(
            speakers=self._present(everyone, keys, path),
            words=tuple(keys[speaker] for speaker in path),
            named_by=self._named_by(matches, keys, path, named, fit),
            doubted=doubted_turns(fit, self.cues, path, named, keys),
            unmarked=unmarked_changes(fit, self.cues, path, keys),
            samples=self._pick_samples(everyone, keys, path, fit),
        )

    def _labelled_words(self, path: npt.NDArray[np.int64]) -> list[str | None]:
        """The key that a label gives to each word.

        A label reaches as far as its first sentence and one voice do: the next change may lack its
        mark.
        """
        found: list[str | None] = []
        running: str | None = None
        for number, (kind, turn) in enumerate(zip(self.cues.boundary, self.cues.turn, strict=True)):
            if number == 0 or turn != self.cues.turn[number - 1]:
                label = self.cues.label[turn]
                running = None if label is None else self.owners[folded(label)]
            elif kind >= Boundary.SENTENCE or path[number] != path[number - 1]:
                running = None
            found.append(running)
        return found

    def _match(self, fit: Fit, labelled: list[str | None]) -> list[Match]:
        names = [key for key in dict.fromkeys(labelled) if key is not None]
        votes = np.zeros((fit.count, len(names)))
        for word, key in enumerate(labelled):
            if key is not None:
                frames = self.heard.evidence.words.frames[word]
                votes[:, names.index(key)] += fit.posterior[word] * frames
        configured = {speaker.key for speaker in self.configured}
        for which, key in enumerate(names):
            # Someone whom the config does not expect and who hardly speaks: a passer-by.
            if configured and key not in configured and votes[:, which].sum() < _PASSER_BY_FRAMES:
                votes[:, which] = 0.0
        matches = match_labels(votes, names)
        free = [sample for sample in self.samples if sample.key not in names]
        matches += match_samples(
            fit,
            [(sample, self.heard.sample_means(sample)) for sample in free],
            {match.voice for match in matches},
        )
        done = {match.key for match in matches}
        for sample in free:
            if sample.source == "clip" and sample.key not in done:
                self.progress.warn(f"nobody in the episode sounds like the clip of {sample.name}")
        # Whoever has a sample that fits no voice is not here; whoever is labelled is.
        absent = done | {sample.key for sample in free}
        left = [key for key in names if key in configured and key not in done]
        left += [s.key for s in self.configured if s.key not in absent and s.key not in names]
        frames = self.heard.evidence.words.frames
        taken = {match.voice for match in matches}
        return matches + match_order(fit, frames, left, taken)

    def _with_unnamed(self, keys: list[str], fit: Fit) -> tuple[tuple[Speaker, ...], list[str]]:
        """All speakers: with those from samples, and `Speaker 1` and so on as they appear."""
        everyone = list(self.everyone)
        taken = {speaker.key for speaker in everyone}
        for sample in self.samples:
            if sample.key in keys and sample.key not in taken:
                everyone.append(Speaker(sample.key, sample.name))
                taken.add(sample.key)
        complete = list(keys)
        called: list[str] = []
        for voice in dict.fromkeys([*fit.path.tolist(), *range(fit.count)]):
            if keys[voice]:
                continue
            number = len(everyone) + 1
            speaker = Speaker(free_key(f"speaker-{number}", taken), f"Speaker {number}")
            everyone.append(speaker)
            taken.add(speaker.key)
            called.append(speaker.name)
            complete[voice] = speaker.key
        if called:
            self.progress.warn(
                f"nothing names {' and '.join(called)}: to name them, give [[speakers]] in a "
                "config, labels such as [Name] in the transcript, or --voices"
            )
        return tuple(everyone), complete

    def _learn_again(self, fit: Fit, keys: list[str], labelled: list[str | None]) -> Fit:
        named = np.array([-1 if key is None else keys.index(key) for key in labelled], np.int64)
        evidence = self.heard.evidence
        cuts = evidence.cuts
        share = np.zeros((len(cuts) - 1, len(keys)))
        share[:, : fit.posterior.shape[1]] = evidence.shares(fit.posterior)
        first = named[cuts[:-1]]
        proven = np.flatnonzero(first >= fit.posterior.shape[1])
        share[proven] = 0.0
        share[proven, first[proven]] = 1.0
        guesses = [share]
        # Where everybody is named, the names alone may be the better start: a voice cut in two may
        # have names swapped. Where most is named, and everybody often enough, they are.
        labelled_share = (first[:, None] == np.arange(len(keys))).astype(np.float64)
        frames = evidence.segments[0].frames
        taught = labelled_share.T @ frames
        if taught.min() >= _LEAST_TAUGHT_FRAMES:
            most = taught.min() >= _TAUGHT_FRAMES and taught.sum() > _MOST_NAMED * frames.sum()
            guesses = [labelled_share] if most else [share, labelled_share]
        evidence = replace(evidence, named=named)
        fits = [fit_voices(evidence, guess, fit.within) for guess in guesses]
        return max(fits, key=lambda one: one.score)

    def _present(
        self, everyone: tuple[Speaker, ...], keys: list[str], path: npt.NDArray[np.int64]
    ) -> tuple[Speaker, ...]:
        """The configured speakers, then the others who say anything."""
        speaking = {keys[speaker] for speaker in np.unique(path)}
        configured = {speaker.key for speaker in self.configured}
        for speaker in self.configured:
            if speaker.key not in speaking:
                self.progress.warn(f"{speaker.name} is heard nowhere in the episode")
        return tuple(s for s in everyone if s.key in configured or s.key in speaking)

    def _named_by(
        self,
        matches: list[Match],
        keys: list[str],
        path: npt.NDArray[np.int64],
        named: npt.NDArray[np.int64],
        fit: Fit,
    ) -> tuple[NamedBy, ...]:
        by_key = {match.key: match for match in matches}
        found = []
        for speaker in dict.fromkeys(path.tolist()):
            key = keys[speaker]
            match = by_key.get(key)
            if (named == speaker).any():
                found.append(NamedBy(key, "label", self._agreement(fit, named, speaker)))
            elif match is not None:
                found.append(NamedBy(key, match.source, match.score))
            else:
                found.append(NamedBy(key, "none", 1.0 / len(keys)))
        return tuple(found)

    def _agreement(self, fit: Fit, named: npt.NDArray[np.int64], speaker: int) -> float:
        """Share of what labels give to a speaker that sounds like that speaker."""
        begins = np.flatnonzero(np.diff(named, prepend=-2))
        heard = np.add.reduceat(fit.heard, begins, axis=0).argmax(axis=1)
        frames = np.add.reduceat(self.heard.evidence.words.frames, begins)
        mine = named[begins] == speaker
        agreed = frames[mine & (heard == speaker)].sum()
        return float(agreed / max(1.0, float(frames[mine].sum())))

    def _pick_samples(
        self,
        everyone: tuple[Speaker, ...],
        keys: list[str],
        path: npt.NDArray[np.int64],
        fit: Fit,
    ) -> tuple[VoiceSample, ...]:
        names = {speaker.key: speaker.name for speaker in everyone}
        rows = np.arange(len(path))
        sure = fit.posterior[rows, path] >= _SAMPLE_PROBABILITY
        samples = (
            self.heard.sample(keys[speaker], names[keys[speaker]], sure & (path == speaker))
            for speaker in dict.fromkeys(path.tolist())
        )
        return tuple(sample for sample in samples if sample is not None)
