import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.batch.index_page import render_index
from pipeline.batch.records import Entry, EpisodeRecord
from pipeline.batch.state import StateFolder
from pipeline.batch.summary import Line, read_lines, render_csv, render_table, write_summary
from tests.batch.support import record_of

EVIL = '<script>alert(1)</script> & "x"'


def line_of(name: str, record: EpisodeRecord | None = None, stage: str | None = None) -> Line:
    return Line(Entry(name, f"{name}.mp3", f"{name}.txt", None), record, stage)


LINES = [
    line_of("a", record_of("a")),
    line_of("b c#1", record_of("b c#1", state="below_quality", reason="71 % found", coverage=0.7)),
    line_of("bad", EpisodeRecord("bad", "failed", "1", None, 2, "", reason=f"no {EVIL}")),
    line_of("now", record_of("now", state="running", outputs=()), "Listening 40%"),
    line_of("left", record_of("left", state="running", outputs=())),
    line_of("later"),
]


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.hrefs += [value or "" for name, value in attrs if name == "href" and tag == "a"]


def test_table() -> None:
    shown = render_table(LINES)
    assert shown[0].split() == ["episode", "state", "found", "doubts", "length", "took"]
    assert shown[1].split() == ["a", "done", "98.7", "%", "3", "0:12:34", "1.6", "s"]
    assert shown[-1] == "1 done, 1 below quality, 1 failed, 1 running, 1 interrupted, 1 waiting"
    many = [line_of(str(n), record_of(str(n))) for n in range(200)] + [LINES[2]]
    assert len(render_table(many)) == 3


def test_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(render_csv(LINES))))
    assert [row["state"] for row in rows] == [
        "done", "below quality", "failed", "running", "interrupted", "waiting",
    ]  # fmt: skip
    assert rows[0]["coverage"] == "0.9876" and rows[0]["duration"] == "0:12:34.321"
    assert rows[2]["reason"] == f"no {EVIL}" and rows[2]["attempts"] == "2"
    assert rows[5]["audio"] == "later.mp3"


def test_csv_holds_no_formulas() -> None:
    record = EpisodeRecord("x", "failed", "1", None, 1, "", reason="=HYPERLINK(1)")
    row = next(csv.DictReader(io.StringIO(render_csv([line_of("=x", record)]))))
    assert row["id"] == "'=x" and row["reason"] == "'=HYPERLINK(1)"


def test_page_links_and_escapes() -> None:
    page = render_index(LINES, EVIL)
    links = Links(page)
    assert links.tags.count("script") == 1
    assert "a/a.review.html" in links.hrefs and "a/a.srt" in links.hrefs
    assert "b%20c%231/b%20c%231.review.html" in links.hrefs
    assert ".batch/bad/log.txt" in links.hrefs
    assert "later/later.review.html" not in links.hrefs
    assert not re.search(r"(https?:)?//", page.replace("data:,", ""))


def test_page_allows_only_its_own_script_and_style() -> None:
    page = render_index([], "none")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert "default-src &#x27;none&#x27;" in policy[1] and "unsafe" not in policy[1]
    assert not re.search(r"<[^>]*\s(style|on\w+)=", page)


def test_lines_know_what_is_at_work(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    entries = [Entry(name, "", "", None) for name in ("a", "b", "c")]
    state.write(record_of("a", state="running"))
    state.write(record_of("b", state="running"))
    state.beat([{"id": "a", "stage": "Listening", "share": 0.25}])
    with state.locked("a"):
        lines = read_lines(entries, state, {"c": record_of("c")})
    assert [line.state for line in lines] == ["running", "interrupted", "done"]
    assert lines[0].stage == "Listening 25%"


@pytest.mark.parametrize("share", ["x", [], 2.0, 10**400, float("nan"), None])
def test_what_is_at_work_says_no_share_that_is_none(tmp_path: Path, share: object) -> None:
    state = StateFolder(tmp_path)
    state.write(record_of("a", state="running"))
    state.beat([{"id": "a", "stage": "Listening", "share": share}])
    with state.locked("a"):
        (line,) = read_lines([Entry("a", "", "", None)], state, {})
    assert line.stage == "Listening"


def test_files_are_written(tmp_path: Path) -> None:
    write_summary(LINES, tmp_path / "new", "Title")
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"summary.csv", "index.html"}


@pytest.mark.parametrize("state", ["done", "failed"])
def test_records_without_figures(state: str) -> None:
    record = EpisodeRecord("x", state, "1", None, 1, "")  # type: ignore[arg-type]
    render_table([line_of("x", record)])
    render_csv([line_of("x", record)])
    render_index([line_of("x", record)], "t")
