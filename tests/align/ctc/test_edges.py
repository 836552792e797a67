import numpy as np

from pipeline.align.ctc.edges import Sound
from pipeline.align.ctc.holes import trim_gaps
from pipeline.episode import Gap
from tests.align.ctc.sounds import speech_like
from tests.support import timed


def test_a_last_letter_ends_where_the_sound_does() -> None:
    # Sound from 0 to 500 ms, quiet to 1500 ms, sound to 2000 ms.
    sound = Sound(speech_like([(500, 1.0), (1000, 0.0), (500, 1.0)]))
    assert sound.end_of(420, 1500) == 500
    assert sound.start_of(900, 1700) == 1500


def test_noise_does_not_hide_a_pause() -> None:
    noise = np.random.default_rng(1).normal(0, 0.01, 16 * 2000).astype(np.float32)
    sound = Sound(speech_like([(500, 1.0), (1000, 0.0), (500, 1.0)]) + noise)
    assert abs(sound.end_of(420, 1500) - 500) <= 20


def test_music_limits_how_long_a_letter_lasts() -> None:
    sound = Sound(speech_like([(2000, 1.0)]))
    assert sound.end_of(420, 1500) == 820
    assert sound.start_of(420, 1500) == 420


def test_short_letters_are_left_as_heard() -> None:
    sound = Sound(speech_like([(500, 1.0), (1000, 0.0)]))
    assert sound.end_of(450, 640) == 640


def test_gaps_end_where_words_begin() -> None:
    gaps = [Gap(0, 9000, "untranscribed"), Gap(20_000, 24_000, "silence")]
    words = [timed(3000, 3400), timed(8500, 9100), timed(21_900, 22_100)]
    assert trim_gaps(gaps, words) == (
        Gap(0, 3000, "untranscribed"),
        Gap(3400, 8500, "untranscribed"),
    )
