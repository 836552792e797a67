import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.first_pass import RoughTimes
from pipeline.align.pauses import pause_features, with_silence_of
from pipeline.align.placing import PlacedWords
from pipeline.align.scores import Mixtures, group_senones, score_frames
from pipeline.audio.features import C0_PER_DB, CEPSTRA
from pipeline.audio.recording import Recording


def placed(*times: tuple[int, int]) -> PlacedWords:
    starts, ends = np.array(times, dtype=np.int32).T
    return PlacedWords.of(RoughTimes(starts.copy(), ends.copy()))


def recorded(frames: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(5).normal(size=(frames, CEPSTRA)).astype(np.float32)


def test_pauses_are_taken_without_their_margins_and_long_silences_not_at_all() -> None:
    words = placed((0, 50), (60, 100), (200, 240), (-1, -1), (290, 300), (800, 830))
    with Recording() as recording:
        list(recording.fill([recorded(1000)]))
        features = pause_features(recording, words)
        wanted = [recording.features(106, 194), recording.features(246, 284)]
    np.testing.assert_array_equal(features, np.concatenate(wanted))


def test_of_many_pauses_some_are_taken() -> None:
    words = placed(*((150 * n, 150 * n + 30) for n in range(400)))
    with Recording() as recording:
        list(recording.fill([recorded(60_000)]))
        assert 20_000 / 2 < len(pause_features(recording, words)) <= 20_000


def test_no_pause_no_features() -> None:
    with Recording() as recording:
        list(recording.fill([recorded(100)]))
        assert pause_features(recording, placed((0, 50), (50, 90))).shape == (0, 3, CEPSTRA)
        assert pause_features(recording, placed((-1, -1), (-1, -1))).shape == (0, 3, CEPSTRA)


def background(frames: int) -> npt.NDArray[np.float32]:
    """Two sounds, far from each other and from true silence."""
    rng = np.random.default_rng(6)
    sounds = rng.normal(scale=0.05, size=(frames, 3, CEPSTRA))
    sounds[:, 0] += np.where(np.arange(frames)[:, None] % 2, 0.4, -0.4)
    sounds[:, 0, 0] += np.where(np.arange(frames) % 2, 5.0, -5.0) * C0_PER_DB
    return sounds.astype(np.float32)


def test_silence_becomes_what_is_heard_in_the_pauses(model: AcousticModel) -> None:
    old = Mixtures.of(model)
    new = with_silence_of(old, model, background(4000))
    groups = group_senones(model.ci_senones[model.silence], model.senone_phone)
    between = np.zeros((1, 3, CEPSTRA), np.float32)
    of_sounds, of_mean = background(100), between
    assert (
        score_frames(of_sounds, new, groups).mean()
        > score_frames(of_sounds, old, groups).mean() + 20
    )
    assert score_frames(of_sounds, new, groups).mean() > score_frames(of_mean, new, groups).mean()
    others = np.arange(len(model.phones)) != model.silence
    np.testing.assert_array_equal(new.quadratics[others], old.quadratics[others])
    others = model.senone_phone != model.silence
    np.testing.assert_array_equal(new.log_weights[others], old.log_weights[others])


def test_few_frames_change_nothing(model: AcousticModel) -> None:
    mixtures = Mixtures.of(model)
    assert with_silence_of(mixtures, model, background(1999)) is mixtures


def test_even_noise_stays_one_sound(model: AcousticModel) -> None:
    mixtures = Mixtures.of(model)
    features = background(4000)
    features[:, 0, 0] /= 2
    assert with_silence_of(mixtures, model, features) is mixtures
