"""The short form of `make fuzz`: nothing a stranger writes raises anything but our own errors."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.readers import READERS, refuses_or_reads
from tests.fuzz.strategies import inputs


@pytest.mark.parametrize("name", READERS)
def test_only_our_own_errors(name: str, tmp_path: Path) -> None:
    reader = READERS[name]

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(inputs(reader))
    def attempt(content: bytes) -> None:
        refuses_or_reads(reader, content, tmp_path)

    attempt()


_INCOMPLETE = {"voices", "manifest.csv", "manifest.jsonl", "manifest.toml", "style"}


@pytest.mark.parametrize("name", sorted(READERS.keys() - _INCOMPLETE))
def test_the_examples_are_read(name: str, tmp_path: Path) -> None:
    assert all(refuses_or_reads(READERS[name], one, tmp_path) for one in READERS[name].examples)


_HOSTILE = (
    "♪ ",
    "<rt>",
    "(",
    "[",
    "*a",
    "{\\",
    "<v ",
    "&#",
    "- ",
    "A: ",
    "1:02:03 ",
    "()a",
    "\u200d",
)


@pytest.mark.parametrize("unit", _HOSTILE)
def test_long_lines_of_one_mark(unit: str) -> None:
    """What took minutes once: a line that is quadratic in it does not end."""
    for head in ("", "WEBVTT\n\n00:00.000 --> 00:01.000\n"):
        content = (head + unit * (100_000 // len(unit.encode())) + "a").encode()
        refuses_or_reads(READERS["transcript"], content, Path())


@given(st.integers(4301, 6000), st.sampled_from(sorted(READERS)))
@settings(max_examples=20)
def test_numbers_of_thousands_of_digits(digits: int, name: str) -> None:
    number = b"9" * digits
    with tempfile.TemporaryDirectory() as folder:
        for content in (number, b'{"format": ' + number + b"}", b"min_coverage = " + number):
            refuses_or_reads(READERS[name], content, Path(folder))
