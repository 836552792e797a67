import itertools

from hypothesis import given
from hypothesis import strategies as st

from pipeline.align.ctc.windows import RoughTime, plan_windows
from pipeline.episode import Gap


@st.composite
def rough_times(draw: st.DrawFn) -> list[RoughTime]:
    now_ms, times = 0, []
    for _ in range(draw(st.integers(0, 150))):
        if draw(st.integers(0, 9)) == 0:
            times.append(None)
            continue
        now_ms += draw(st.sampled_from([0, 0, 0, 50, 300, 900, 2500, 7000]))
        length_ms = draw(st.integers(10, 1200))
        times.append((now_ms, now_ms + length_ms))
        now_ms += length_ms
    return times


@given(rough_times())
def test_every_word_with_a_time_is_in_one_window(rough: list[RoughTime]) -> None:
    duration_ms = max((time[1] for time in rough if time), default=0) + 500
    windows = plan_windows(rough, (), duration_ms)
    inside = [word for window in windows for word in window.words]
    assert inside == [number for number, time in enumerate(rough) if time is not None]
    for window in windows:
        assert 0 <= window.start_ms < window.end_ms <= duration_ms
        for word in window.words:
            time = rough[word]
            assert time is not None
            assert window.start_ms <= time[0]
            assert time[1] <= window.end_ms
        assert window.end_ms - window.start_ms <= 30_000 + 600 or len(window.words) == 1
    for before, after in itertools.pairwise(windows):
        assert before.end_ms <= after.start_ms


def _even(count: int, step_ms: int = 500, length_ms: int = 400) -> list[RoughTime]:
    return [(at * step_ms, at * step_ms + length_ms) for at in range(count)]


def test_windows_are_10_to_30_s_long_and_end_in_the_longest_pause() -> None:
    rough = _even(40) + [(t[0] + 700, t[1] + 700) for t in _even(80)[40:] if t]
    windows = plan_windows(rough, (), 60_000)
    assert [len(window.words) for window in windows] == [40, 40]
    assert all(10_000 <= window.end_ms - window.start_ms <= 30_600 for window in windows)


def test_a_window_never_reaches_over_speech_without_text() -> None:
    rough = [(0, 400), (500, 900), (4900, 5300), (5400, 5800)]
    silent = plan_windows(rough, (Gap(900, 4900, "silence"),), 6000)
    foreign = plan_windows(rough, (Gap(1500, 4500, "untranscribed"),), 6000)
    assert [window.words for window in silent] == [(0, 1, 2, 3)]
    assert [window.words for window in foreign] == [(0, 1), (2, 3)]
    assert foreign[0].end_ms <= 1500
    assert foreign[1].start_ms >= 4500


def test_a_long_silence_ends_a_window() -> None:
    windows = plan_windows([(0, 400), (7000, 7400)], (), 8000)
    assert [window.words for window in windows] == [(0,), (1,)]
