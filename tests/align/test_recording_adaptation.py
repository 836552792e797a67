"""Adapting to real (synthetic) speech: the demo's beginning."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.noise_compensation import Compensation
from pipeline.align.recording_adaptation import adapt_to
from pipeline.align.scores import Mixtures
from pipeline.progress import SilentProgress
from tests.align.conftest import Beginning, jittered

pytestmark = pytest.mark.xdist_group("demo")


def adapted(
    beginning: Beginning, noise: Compensation, mixtures: Mixtures
) -> tuple[Mixtures, float]:
    with ThreadPoolExecutor(2) as executor:
        return adapt_to(
            beginning.recording, beginning.forms, jittered(beginning), beginning.heard,
            noise, mixtures, executor, SilentProgress(),
        )  # fmt: skip


def test_words_fit_better_by_what_was_learnt_from_them(
    beginning: Beginning, model: AcousticModel
) -> None:
    clear = Compensation(model, 0.0, is_noisy=False)
    once, excess = adapted(beginning, clear, Mixtures.of(model))
    _, excess_again = adapted(beginning, clear, once)
    assert excess_again < excess
    in_context = np.setdiff1d(np.arange(len(model.log_weights)), model.ci_senones)
    gain = once.log_weights - model.log_weights
    assert np.abs(gain[in_context]).mean() > 0.1
    assert not gain[model.ci_senones].any()


def test_noise_is_learnt_from_twice(beginning: Beginning, model: AcousticModel) -> None:
    clear = Compensation(model, 0.0, is_noisy=False)
    once, _ = adapted(beginning, clear, Mixtures.of(model))
    twice, _ = adapted(beginning, clear, replace(once, log_weights=model.log_weights))
    noisy, _ = adapted(beginning, Compensation(model, 0.0, is_noisy=True), Mixtures.of(model))
    np.testing.assert_array_equal(noisy.quadratics, twice.quadratics)
    assert not np.array_equal(noisy.quadratics, once.quadratics)


def test_weights_are_pooled_over_the_densities_as_they_then_are(
    beginning: Beginning, model: AcousticModel
) -> None:
    plain, _ = adapted(beginning, Compensation(model, 0.0, is_noisy=True), Mixtures.of(model))
    noise = Compensation(model, 0.5, is_noisy=True)
    raised, _ = adapted(beginning, noise, Mixtures.of(model))
    assert (raised.log_weights >= plain.log_weights - 1e-4).all()
    assert (raised.log_weights > plain.log_weights + 0.01).any()
