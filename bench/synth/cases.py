"""The named cases: what is wrong with an episode, at which strength, from which seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.synth import faults, sound
from bench.synth.episode import Take, join, speak_script, truth_of, write_truth, write_wav
from bench.synth.flite import VOICES
from bench.synth.recast import recast
from bench.synth.script import Script, read_script, render_script

__all__ = ["CASES", "Setting", "make_case", "write_case"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a case may draw on.

    `scale` shortens insertions and deletions in short episodes: 1 from half an hour on.
    """

    rng: np.random.Generator
    voices: Mapping[str, str]
    scale: float
    cache_dir: Path | None

    @property
    def own(self) -> list[str]:
        """The episode's own voices."""
        return list(dict.fromkeys(self.voices.values()))

    @property
    def others(self) -> list[str]:
        """Voices that the episode does not have."""
        return [voice for voice in VOICES if voice not in self.own]

    def adverts(self, seconds: float, voices: list[str], music_db: float | None = None) -> list:  # type: ignore[type-arg]
        """Sponsor reads, scaled."""
        return faults.adverts(
            seconds * self.scale, voices, self.rng, music_db=music_db, cache_dir=self.cache_dir
        )


Case = Callable[[Take, Setting], Take]


def _clean(take: Take, setting: Setting) -> Take:
    return take


def _untranscribed(take: Take, setting: Setting) -> Take:
    take = faults.insert(take, 0.75, setting.adverts(120, setting.own))
    take = faults.insert(take, 0.5, setting.adverts(60, setting.others, music_db=12))
    take = faults.insert(take, 0.25, setting.adverts(90, setting.others[::-1]))
    opening = [*setting.adverts(60, setting.others, 8), *setting.adverts(240, setting.others)]
    return faults.insert(take, 0, opening)


def _missing(take: Take, setting: Setting) -> Take:
    take = faults.delete_passage(take, 0.8, 30 * setting.scale)
    take = faults.delete_passage(take, 0.5, 240 * setting.scale)
    return faults.delete_passage(take, 0.2, 90 * setting.scale)


def _words(take: Take, setting: Setting) -> Take:
    return faults.corrupt_words(take, 0.1, setting.rng)


def _paraphrased(take: Take, setting: Setting) -> Take:
    return faults.paraphrase(take, 0.15, setting.rng)


def _sounds(take: Take, setting: Setting) -> Take:
    rng = setting.rng
    take = faults.repeat_passage(take, 0.15, 20)
    take = faults.repeat_passage(take, 0.6, 8)
    take = faults.insert(take, 0.85, [faults.silence_segment(60)])
    take = faults.insert(take, 0.7, [faults.music_segment(30, rng)])
    for fraction in (0.1, 0.3, 0.45, 0.55, 0.9):
        laugh = faults.laughter_segment(rng.uniform(1.5, 6), rng)
        take = faults.insert(take, fraction, [laugh])
    return faults.insert(take, 0.35, [faults.silence_segment(60)])


def _cut(take: Take, setting: Setting) -> Take:
    rng = setting.rng
    lost_s = 60 * setting.scale
    start_s = lost_s + rng.uniform(0, 5)
    return faults.cut(take, start_s, take.duration_s - lost_s - rng.uniform(0, 5))


def _swapped(take: Take, setting: Setting) -> Take:
    return faults.swap_passages(take, 0.4, 60 * setting.scale)


def _wrong(take: Take, setting: Setting) -> Take:
    seconds = min(1200.0, take.duration_s)
    spoken = faults.adverts(seconds, setting.own, setting.rng, cache_dir=setting.cache_dir)
    return Take(take.script, tuple(spoken))


def _mixture(take: Take, setting: Setting) -> Take:
    for case in (_words, _paraphrased, _missing, _sounds, _cut, _untranscribed):
        take = case(take, setting)
    return take


def _noise15_mp3(take: Take, setting: Setting) -> Take:
    return faults.degrade(faults.white_noise(take, 15, setting.rng), sound.mp3_round_trip)


CASES: dict[str, Case] = {
    "clean": _clean,
    "untranscribed": _untranscribed,
    "missing": _missing,
    "words": _words,
    "paraphrased": _paraphrased,
    "sounds": _sounds,
    "cut": _cut,
    "swapped": _swapped,
    "wrong": _wrong,
    "mixture": _mixture,
    "telephone": lambda take, s: faults.degrade(take, sound.telephone),
    "mp3": lambda take, s: faults.degrade(take, sound.mp3_round_trip),
    "babble10": lambda take, s: faults.babble(take, 10, s.rng, cache_dir=s.cache_dir),
    "noise10": lambda take, s: faults.white_noise(take, 10, s.rng),
    "noise15": lambda take, s: faults.white_noise(take, 15, s.rng),
    "noise15-mp3": _noise15_mp3,
    "reverb": lambda take, s: faults.degrade(take, lambda x: sound.reverberation(x, s.rng)),
    "slow": lambda take, s: faults.speed(take, 0.9),
    "fast": lambda take, s: faults.speed(take, 1.15),
    "levels": lambda take, s: faults.degrade(take, lambda x: sound.level_changes(x, s.rng)),
    "clipped": lambda take, s: faults.degrade(take, sound.clip),
    "mixture-noise15-mp3": lambda take, s: _noise15_mp3(_mixture(take, s), s),
}


def make_case(
    name: str, script: Script, voices: list[str], *, seed: int = 0, cache_dir: Path | None = None
) -> Take:
    """Speak a script and do to it what the case says. Same arguments, same result."""
    people = list(dict.fromkeys(script.speakers()))
    casting = {who: voices[n % len(voices)] for n, who in enumerate(people)}
    take = speak_script(script, casting, seed=seed, cache_dir=cache_dir)
    rng = np.random.default_rng([seed, *name.encode()])
    scale = min(1.0, take.duration_s / 1800)
    return CASES[name](take, Setting(rng, casting, scale, cache_dir))


def write_case(
    name: str,
    transcript: Path,
    out: Path,
    *,
    voices: list[str] | None = None,
    minutes: float | None = None,
    seed: int = 0,
    cache_dir: Path | None = None,
    shares: list[float] | None = None,
) -> None:
    """Write `episode.wav`, `truth.json` and the `transcript.txt` that goes with them.

    With `shares`, the turns are given to so many speakers, each with that share of the words.
    """
    script = read_script(transcript, minutes=minutes)
    if shares is not None:
        script = recast(script, shares, np.random.default_rng(seed))
    take = make_case(name, script, voices or ["rms", "slt"], seed=seed, cache_dir=cache_dir)
    write_wav(out / "episode.wav", join(take.segments))
    write_truth(out / "truth.json", {"case": name, "seed": seed, **truth_of(take)})
    (out / "transcript.txt").write_text(render_script(take.script), encoding="utf-8")
