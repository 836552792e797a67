"""What strangers write says something on a terminal and does nothing."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.progress import Progress

from pipeline.batch.display import BarsDisplay, LinesDisplay
from pipeline.errors import InputError
from pipeline.safe_text import one_line, table_cell, without_controls
from pipeline.terminal import BarProgress, LineProgress

EVIL = "a\x1b[2Jb\x9b1Ac\rd\ne\u202ef\u2028g\ud800h\x07[red]i[/red]"
HARMLESS = "a [2Jb 1Ac d e f g h [red]i[/red]"


def test_controls_become_blanks() -> None:
    assert one_line(EVIL) == HARMLESS
    assert without_controls("a\tb\nc\r\n") == "a\tb\nc \n"
    assert one_line("e\u0301 👩‍👩‍👧 שלום ‏مرحبا a\u00a0b") == "e\u0301 👩‍👩‍👧 שלום ‏مرحبا a\u00a0b"


@given(st.text())
def test_one_line_is_one_line_of_the_same_length(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert len(line) == len(text)
    line.encode()


def test_messages() -> None:
    assert str(InputError(EVIL, path="x\ny")) == f"x y: {HARMLESS}"
    plain, drawn = io.StringIO(), io.StringIO()
    lines = LineProgress(plain, verbose=True, wall_clock=lambda: "1")
    with Progress(console=Console(file=drawn, width=200, force_terminal=False)) as bars:
        shown = BarProgress(bars, verbose=True)
        for progress in (lines, shown):
            progress.warn(EVIL)
            progress.note(EVIL)
        BarsDisplay(bars).retrying("x", EVIL, 1)
    LinesDisplay(plain, wall_clock=lambda: "1").retrying("x", EVIL, 1)
    assert plain.getvalue() == (
        f"[1] warning: {HARMLESS}\n[1] {HARMLESS}\n[1] warning: x: {HARMLESS}; again in 1 s\n"
    )
    assert drawn.getvalue().count(HARMLESS) == 3


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "- Yes."])
def test_formulas_become_text(text: str) -> None:
    assert table_cell(text) == f"'{text}".replace("\r", " ")


@pytest.mark.parametrize("text", ["", "a=1", " ", "1", "'=1", "é"])
def test_other_cells_stay(text: str) -> None:
    assert table_cell(text) == text
    assert table_cell(f"x{text}\r1,2") == f"x{text} 1,2"
