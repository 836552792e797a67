"""Makes the acoustic model hear speech as a recording's noise and channel leave it.

The model was trained on clean speech. In the log mel spectrum, clean speech `x`, a channel `h` and
noise `n` give `y = x + h + log(1 + exp(n - x - h))`; every density is moved by a first-order
expansion of this around its mean, its differences along with it: vector Taylor series, see Moreno,
"Speech recognition in noisy environments" (1996), and Acero et al., "HMM adaptation using vector
Taylor series for noisy speech recognition" (2000). Without noise nothing changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.phone_decoder import PhoneBigram, decode_phones
from pipeline.align.pooling import pooled
from pipeline.align.scores import Mixtures, group_senones, score_frames
from pipeline.audio.features import C0_PER_DB, CEPSTRA_OF_LOG_MEL, LOG_MEL_OF_CEPSTRA
from pipeline.audio.noise import Noise, measure_noise
from pipeline.audio.recording import Recording

__all__ = ["Compensation", "compensate", "compensate_for"]

_LEAST_ABOVE_NOISE_C0 = 2.0
"""c0 of the whole above the background, some 2 dB: with less there is nothing but noise."""

_MOST_ABOVE_NOISE_C0 = 15.0 * C0_PER_DB
"""c0 of the whole above the background: with more the model as it is hears better."""

_SILENCE_SHARE = 0.18
_CHANNEL_ROUNDS = 12
_LEAST_USE = 1e-9

_POOLED_SHARES = (1.0, 0.75, 0.5, 0.0)
_MOST_LOUD_SILENCE = 0.05
_LOUD_PERCENTILE = 67
_SAMPLES = 3
_SAMPLE_FRAMES = 2000


@dataclass(frozen=True, eq=False)
class Compensation:
    """How a recording is to be heard in its noise.

    Attributes:
        model: the model as it would have been trained in this noise.
        pooled_share: how far the weights of densities alike are to be pooled, 0 to 1; see
            `pipeline.align.pooling`.
        is_noisy: whether there is noise to speak of; without, the model is as it was.
    """

    model: AcousticModel
    pooled_share: float
    is_noisy: bool


def compensate_for(
    model: AcousticModel, recording: Recording, phones: npt.NDArray[np.int32]
) -> Compensation:
    """The model as it would have been trained on speech in a recording's noise.

    Args:
        model: the model of clean speech.
        recording: the recording.
        phones: int32: the usual phones of its text.

    Returns:
        The compensation; none where the pauses are quiet, and where nothing stands out from the
        noise, in which a compensated model would hear whatever it is told.
    """
    noise = measure_noise(recording)
    above_noise_c0 = float(noise.overall[0] - noise.mean[0])
    if not _LEAST_ABOVE_NOISE_C0 <= above_noise_c0 <= _MOST_ABOVE_NOISE_C0:
        return Compensation(model, 0.0, is_noisy=False)
    noisy = compensate(model, noise, _usual_use(model, phones))
    samples = _samples(recording.spoken_stretches())
    loudness = np.concatenate([recording.read(*sample)[:, 0] for sample in samples])
    features = np.concatenate([recording.features(*sample) for sample in samples])
    is_loud = loudness > np.percentile(loudness, _LOUD_PERCENTILE)
    bigram = PhoneBigram.of(noisy, phones)
    groups = group_senones(noisy.ci_senones.ravel(), noisy.senone_phone)
    # What babbles in the background is no even noise; silence must not become so wide as to
    # swallow the speech in front of it.
    for share in _POOLED_SHARES:
        scores = score_frames(features, pooled(Mixtures.of(noisy), noisy, share), groups)
        heard = decode_phones(scores, noisy, bigram)
        is_silence = np.repeat(heard.phones == noisy.silence, heard.ends - heard.starts)
        if is_silence[is_loud[: len(is_silence)]].mean() <= _MOST_LOUD_SILENCE:
            break
    return Compensation(noisy, share, is_noisy=True)


def _samples(stretches: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """Some pieces, frames from and to, from all over what is spoken."""
    lengths = np.array([stop - start for start, stop in stretches])
    before = np.cumsum(lengths) - lengths
    places = np.linspace(0, lengths.sum(), _SAMPLES + 2).astype(np.int64)[1:-1]
    found = {}
    for place in places.tolist():
        at = int(np.searchsorted(before, place, side="right")) - 1
        start, stop = stretches[at]
        first = max(start, min(start + place - int(before[at]), stop - _SAMPLE_FRAMES))
        found[first] = min(first + _SAMPLE_FRAMES, stop)
    return tuple(found.items())


def compensate(model: AcousticModel, noise: Noise, use: npt.NDArray[np.float64]) -> AcousticModel:
    """Move the densities.

    Args:
        model: the model of clean speech.
        noise: the noise of a recording.
        use: float64, shape (phones, densities): how much of the recording each density of the
            first stream accounts for, in any unit.
    """
    share = use / use.sum()
    means = model.means.astype(np.float64)
    variances = 0.5 / model.precisions.astype(np.float64)
    static = means[:, 0]
    channel = noise.overall - np.einsum("pd,pdk->k", share, static)
    for _ in range(_CHANNEL_ROUNDS):
        heard, _ = _in_noise(static + channel, noise.mean)
        channel += noise.overall - np.einsum("pd,pdk->k", share, heard)
    heard, gain = _in_noise(static + channel, noise.mean)
    # The streams' densities are not tied to one another: differences see their phone's mean gain.
    within_phone = np.maximum(share, _LEAST_USE)
    within_phone /= within_phone.sum(axis=1, keepdims=True)
    usual = _derivatives(np.einsum("pd,pdm->pm", within_phone, gain))[:, None]
    new_means, new_variances = np.empty_like(means), np.empty_like(variances)
    new_means[:, 0] = heard - noise.overall
    new_variances[:, 0] = _spread(variances[:, 0], _derivatives(gain), noise.variances[0])
    for stream in range(1, means.shape[1]):
        new_means[:, stream] = np.einsum("pikl,pdl->pdk", usual, means[:, stream])
        new_variances[:, stream] = _spread(variances[:, stream], usual, noise.variances[stream])
    return replace(
        model,
        means=new_means.astype(np.float32),
        precisions=(0.5 / new_variances).astype(np.float32),
        constants=(-0.5 * np.log(2 * np.pi * new_variances).sum(axis=3)).astype(np.float32),
    )


def _usual_use(model: AcousticModel, phones: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    """How much of a recording each density may account for, by its text; see `compensate`."""
    count = np.bincount(phones, minlength=len(model.phones)).astype(np.float64)
    of_state = count[:, None] / np.exp(model.log_leave.astype(np.float64))
    silence = of_state.sum() * _SILENCE_SHARE / (1 - _SILENCE_SHARE)
    of_state[model.silence] = silence / of_state.shape[1]
    weights = np.exp(model.log_weights[model.ci_senones, 0].astype(np.float64))
    use: npt.NDArray[np.float64] = np.einsum("ps,psd->pd", of_state, weights)
    return use


def _in_noise(
    speech: npt.NDArray[np.float64], noise: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Cepstra of speech in noise, and how much of each mel band is speech, 0 to 1."""
    excess = (noise - speech) @ LOG_MEL_OF_CEPSTRA
    louder = np.logaddexp(0.0, excess)
    gain: npt.NDArray[np.float64] = np.exp(-louder)
    return speech + louder @ CEPSTRA_OF_LOG_MEL, gain


def _derivatives(gain: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Derivatives of the noisy cepstra by the clean ones, shape (…, 13, 13)."""
    matrices: npt.NDArray[np.float64] = np.einsum(
        "mk,...m,lm->...kl", CEPSTRA_OF_LOG_MEL, gain, LOG_MEL_OF_CEPSTRA, optimize=True
    )
    return matrices


def _spread(
    speech: npt.NDArray[np.float64],
    derivatives: npt.NDArray[np.float64],
    noise: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Variances of noisy cepstra from those of speech and of noise."""
    of_speech = np.einsum("...kl,...l->...k", np.square(derivatives), speech)
    rest = np.eye(derivatives.shape[-1]) - derivatives
    spread: npt.NDArray[np.float64] = of_speech + np.einsum("...kl,l->...k", np.square(rest), noise)
    return spread
