import io
from collections.abc import Iterator

from rich.console import Console
from rich.progress import Progress

from pipeline.batch.display import BarsDisplay, Display, LinesDisplay, SilentDisplay
from pipeline.batch.records import Stage
from tests.batch.support import record_of


def tell(display: Display) -> None:
    display.settled(record_of("old"))
    display.planned({"a": 300, "b": 100, "bad": 0})
    display.stage(Stage("a", "Listening", 0.4))
    display.stage(Stage("b", "Reading", None))
    display.retrying("b", "the worker was killed", 8.0)
    display.idle("b")
    display.finished(record_of("bad", state="failed", reason="no words"))
    display.idle("a")
    display.finished(record_of("a", reused="alignment"))
    display.stage(Stage("b", "Writing", None))
    display.stopping(1)


def ticks() -> Iterator[float]:
    now_s = 0.0
    while True:
        yield now_s
        now_s += 4.0


def test_lines() -> None:
    stream, clock = io.StringIO(), ticks()
    tell(LinesDisplay(stream, lambda: next(clock), lambda: "12:00:00"))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "[12:00:00] 3 episodes to do, 1 settled before"
    assert "[12:00:00] warning: b: the worker was killed; again in 8 s" in lines
    assert any("bad: failed: no words [2 of 4 episodes, 1 failed]" in line for line in lines)
    done = next(line for line in lines if "a: done in 1.6 s, 98.7 % of the words" in line)
    assert "(from the kept alignment)" in done and "left" in done
    assert any(
        "at work: a: Listening 40%" in line or "at work: b: Writing" in line for line in lines
    )
    assert "Ctrl-C again" in lines[-1]


def test_bars() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=120)
    with Progress(console=console) as bars:
        tell(BarsDisplay(bars))
    shown = stream.getvalue()
    assert "3 of 4 episodes, 1 failed" in shown
    assert "bad: failed: no words" in shown


def test_silence() -> None:
    tell(SilentDisplay())
