import numpy as np

from pipeline.speakers.naming import match_order
from pipeline.speakers.voice_model import Fit


def fit_of(path: list[int], certainty: list[float]) -> Fit:
    voices = max(path) + 1
    posterior = np.empty((len(path), voices))
    for word, (voice, sure) in enumerate(zip(path, certainty, strict=True)):
        posterior[word] = (1 - sure) / (voices - 1)
        posterior[word, voice] = sure
    means = (np.zeros((voices, 2)),)
    within = (np.eye(2),)
    return Fit(posterior, np.array(path), np.zeros((1, 1)), means, within, np.ones(voices), 0.0)


def ordered(path: list[int], certainty: list[float], frames: list[float]) -> dict[str, int]:
    fit = fit_of(path, certainty)
    return {m.key: m.voice for m in match_order(fit, np.array(frames), ["ann", "bob"], set())}


def test_names_go_by_the_order_of_speaking() -> None:
    assert ordered([1, 1, 0, 0], [1.0] * 4, [50.0] * 4) == {"ann": 1, "bob": 0}


def test_a_first_turn_in_doubt_names_nobody() -> None:
    assert ordered([1, 0, 0, 1], [0.7, 1.0, 1.0, 1.0], [50.0] * 4) == {"ann": 0, "bob": 1}


def test_a_first_word_hardly_heard_names_nobody() -> None:
    assert ordered([1, 0, 0, 1], [1.0] * 4, [10.0, 50.0, 50.0, 50.0]) == {"ann": 0, "bob": 1}


def test_whoever_is_never_sure_is_named_all_the_same() -> None:
    assert ordered([0, 0, 1], [1.0, 1.0, 0.8], [50.0] * 3) == {"ann": 0, "bob": 1}
