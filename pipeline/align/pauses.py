"""What a noisy recording sounds like between its words, as a mixture learnt from its pauses.

Noise compensation makes one sound of silence, which even noise is; people who babble in the
background are no one sound, and where silence knows only their mean, their vowels are taken for the
words.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.placing import PlacedWords
from pipeline.align.scores import Mixtures, quadratics_of
from pipeline.audio.features import C0_PER_DB, CEPSTRA
from pipeline.audio.recording import Recording
from pipeline.gaussian_mixture import learn_mixture

__all__ = ["pause_features", "with_silence_of"]

_LEAST_PAUSE_FRAMES = 25
_MOST_PAUSE_FRAMES = 150
_MARGIN_FRAMES = 6  # of each pause, which may still belong to the words
_LEAST_FRAMES = 2000
_MOST_FRAMES = 20_000
_LEAST_SPREAD_DB = 3.0  # white noise has 1.5 dB, six people who talk 6.5 dB
_SEED = 30


def pause_features(recording: Recording, placed: PlacedWords) -> npt.NDArray[np.float32]:
    """Features from the pauses between words, float32, shape (frames, 3, 13).

    Longer silences between words may hold speech that the text lacks. Of many pauses some are
    taken, from all over the recording.
    """
    found = placed.starts >= 0
    starts, ends = placed.ends[found][:-1], placed.starts[found][1:]
    is_pause = (ends - starts >= _LEAST_PAUSE_FRAMES) & (ends - starts < _MOST_PAUSE_FRAMES)
    starts, ends = starts[is_pause] + _MARGIN_FRAMES, ends[is_pause] - _MARGIN_FRAMES
    step = 1 + int((ends - starts).sum()) // _MOST_FRAMES
    pauses = zip(starts[::step].tolist(), ends[::step].tolist(), strict=True)
    parts = [recording.features(start, end) for start, end in pauses]
    return np.concatenate([np.empty((0, 3, CEPSTRA), np.float32), *parts])


def with_silence_of(
    mixtures: Mixtures, model: AcousticModel, features: npt.NDArray[np.float32]
) -> Mixtures:
    """Make silence what is heard in the pauses.

    Args:
        mixtures: the mixtures as adapted to the recording.
        model: tells the senones of silence.
        features: float32, shape (frames, 3, 13), from pauses; with under 20 s of them, and where
            their level is even, the mixtures stay as they are.
    """
    if len(features) < _LEAST_FRAMES or _level_spread_db(features) < _LEAST_SPREAD_DB:
        return mixtures
    log_weights = mixtures.log_weights.copy()
    quadratics = mixtures.quadratics.copy()
    senones = model.senone_phone == model.silence
    rng = np.random.default_rng(_SEED)
    for stream in range(features.shape[1]):
        sample = features[:, stream].astype(np.float64)
        mixture = learn_mixture(sample, quadratics.shape[2], rng)
        quadratics[model.silence, stream] = quadratics_of(mixture.means, mixture.variances)
        log_weights[senones, stream] = np.log(mixture.weights)
    return Mixtures(quadratics, log_weights)


def _level_spread_db(features: npt.NDArray[np.float32]) -> float:
    """Half of what two thirds of the frames keep within: of a Gaussian, its standard deviation."""
    low, high = np.percentile(features[:, 0, 0], [16, 84])
    return float(high - low) / (2 * C0_PER_DB)
