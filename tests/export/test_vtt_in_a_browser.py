"""WebVTT in a real browser's text track: cues and voices as they were meant."""

import html
import http.server
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from pipeline.export import chapters_vtt, vtt
from pipeline.export.options import ExportOptions
from pipeline.subtitles.cues import make_cues
from pipeline.subtitles.styles import STYLES
from tests.support import DEMO, episode_of

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
EPISODE = episode_of(*DEMO)
STYLE = STYLES["netflix"]

PAGE = """<!doctype html><meta charset="utf-8"><video><track id="t" kind="KIND" src="x.vtt"></video>
<pre id="out"></pre><script>
const track = document.getElementById("t");
track.addEventListener("load", () => {
  const cues = Array.from(track.track.cues).map(cue => ({
    start: Math.round(cue.startTime * 1000), end: Math.round(cue.endTime * 1000),
    voices: Array.from(cue.getCueAsHTML().querySelectorAll("span[title]")).map(v => v.title),
    text: cue.getCueAsHTML().textContent}));
  document.getElementById("out").textContent = "cues:" + JSON.stringify(cues) + ":end";
});
track.addEventListener("error", () => {
  document.getElementById("out").textContent = "cues:null:end"; });
track.track.mode = "hidden";
</script>"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and the address at which a browser finds it."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}/page.html"
    server.shutdown()
    thread.join()
    server.server_close()


def cues_in_browser(site: tuple[Path, str], text: str, kind: str) -> list[dict[str, object]]:
    folder, address = site
    (folder / "x.vtt").write_text(text, encoding="utf-8")
    (folder / "page.html").write_text(PAGE.replace("KIND", kind), encoding="utf-8")
    done = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
         f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=10000",
         "--dump-dom", address],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    found = re.search(r"cues:(.*):end", done.stdout)
    assert found is not None, done.stderr[-2000:]
    values: list[dict[str, object]] = json.loads(html.unescape(found[1]))
    return values


pytestmark = pytest.mark.skipif(not BROWSER, reason="no Chromium or Chrome on PATH")


@pytest.mark.parametrize("word_times", [False, True])
def test_captions(site: tuple[Path, str], word_times: bool) -> None:
    text = vtt.render(EPISODE, STYLE, ExportOptions(word_times=word_times))
    names = {speaker.key: speaker.name for speaker in EPISODE.speakers}
    assert cues_in_browser(site, text, "captions") == [
        {
            "start": cue.start_ms,
            "end": cue.end_ms,
            "voices": [names[line.speaker] for line in cue.lines if line.speaker is not None],
            "text": cue.text,
        }
        for cue in make_cues(EPISODE, STYLE)
    ]


def test_chapters(site: tuple[Path, str]) -> None:
    found = cues_in_browser(site, chapters_vtt.render(EPISODE, STYLE), "chapters")
    assert [(cue["start"], cue["end"], cue["text"]) for cue in found] == [
        (chapter.start_ms, chapter.end_ms, chapter.title) for chapter in EPISODE.chapters
    ]
