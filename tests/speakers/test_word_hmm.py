import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.speakers.word_hmm import decode, likeliest


@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(2, 3))
def test_equals_the_sum_over_all_sequences(seed: int, words: int, speakers: int) -> None:
    rng = np.random.default_rng(seed)
    evidence = 3 * rng.normal(size=(words, speakers))
    change = rng.uniform(0.01, 0.99, words)
    follow = rng.uniform(0.1, 1, (speakers, speakers))
    np.fill_diagonal(follow, 0)
    follow /= follow.sum(axis=1, keepdims=True)
    posterior, changed, total, best = np.zeros((words, speakers)), np.zeros(words), 0.0, (-1.0, ())
    for path in itertools.product(range(speakers), repeat=words):
        likelihood = 1 / speakers
        for t, s in enumerate(path):
            likelihood *= np.exp(evidence[t, s])
            if t:
                same = path[t - 1] == s
                likelihood *= 1 - change[t] if same else change[t] * follow[path[t - 1], s]
        total += likelihood
        best = max(best, (likelihood, path))
        for t, s in enumerate(path):
            posterior[t, s] += likelihood
            changed[t] += likelihood * (t > 0 and path[t - 1] != s)
    found = decode(evidence, change, follow)
    np.testing.assert_allclose(found.posterior, posterior / total, atol=1e-6)
    np.testing.assert_allclose(found.change, changed / total, atol=1e-6)
    assert found.log_likelihood == pytest.approx(np.log(total))
    assert tuple(likeliest(evidence, change, follow)) == best[1]


def test_one_speaker_says_all() -> None:
    evidence = np.zeros((4, 1))
    assert decode(evidence, np.full(4, 0.5), np.ones((1, 1))).posterior.tolist() == [[1.0]] * 4
    assert likeliest(evidence, np.full(4, 0.5), np.ones((1, 1))).tolist() == [0] * 4
