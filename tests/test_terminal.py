import io
import subprocess
import sys

from pipeline.progress import SilentProgress
from pipeline.terminal import BarProgress, LineProgress, StageClock, show_progress


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def lines_of(verbose: bool = False) -> tuple[LineProgress, io.StringIO, Clock]:
    stream, clock = io.StringIO(), Clock()
    shown = LineProgress(stream, verbose=verbose, now=clock, wall_clock=lambda: "12:00:00")
    return shown, stream, clock


def test_lines_come_at_most_every_ten_seconds() -> None:
    shown, stream, clock = lines_of()
    shown.start("Aligning", 100.0)
    for second in range(1, 26):
        clock.now_s = 100.0 + second
        shown.advance(second * 2.0)
    shown.finish()
    assert stream.getvalue().splitlines() == [
        "[12:00:00] Aligning",
        "[12:00:00] Aligning: 20%, about 0:40 left",
        "[12:00:00] Aligning: 40%, about 0:30 left",
        "[12:00:00] Aligning: done in 25.0 s",
    ]


def test_lines_without_a_total() -> None:
    shown, stream, clock = lines_of()
    shown.start("Reading")
    clock.now_s += 11
    shown.advance(5.0)
    assert stream.getvalue().endswith("Reading: 11 s so far\n")


def test_notes_are_for_the_verbose() -> None:
    for verbose, expected in ((False, ""), (True, "[12:00:00] n\n")):
        shown, stream, _ = lines_of(verbose)
        shown.note("n")
        assert stream.getvalue() == expected


def test_stage_clock_adds_up_and_passes_on() -> None:
    shown, stream, clock = lines_of()
    watch = StageClock(shown, now=clock)
    watch.start("A")
    clock.now_s += 2
    watch.finish()
    clock.now_s += 50
    watch.start("B")
    clock.now_s += 3
    watch.start("A")
    clock.now_s += 1
    watch.finish()
    watch.warn("w")
    assert watch.stages_s == {"A": 3.0, "B": 3.0}
    assert "warning: w" in stream.getvalue()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_bars_on_a_terminal() -> None:
    stream = Terminal()
    with show_progress(stream, quiet=False, verbose=True) as shown:
        assert isinstance(shown, BarProgress)
        shown.start("Aligning [x]", 4.0)
        shown.advance(2.0)
        shown.note("[a/b]")
        shown.warn("[/x] careful")
        shown.finish()
        shown.start("Unknown")
        shown.finish()
    text = stream.getvalue()
    assert "Aligning [x]" in text
    assert "100%" in text
    assert "[a/b]" in text
    assert "[/x] careful" in text


def test_quiet_is_silent() -> None:
    with show_progress(Terminal(), quiet=True, verbose=False) as shown:
        assert isinstance(shown, SilentProgress)


def test_rich_is_imported_on_a_terminal_only() -> None:
    code = (
        "import sys; from pipeline.terminal import show_progress\n"
        "with show_progress(sys.stderr, quiet=False, verbose=True) as p: p.start('x'); p.finish()\n"
        "sys.exit('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0


def test_bars_leave_standard_output_alone() -> None:
    before = sys.stdout
    with show_progress(Terminal(), quiet=False, verbose=False) as shown:
        shown.start("Aligning")
        assert sys.stdout is before
