"""The review page in a real browser: seeing, seeking, correcting, saving, applying again."""

import json
import os
import shutil
import threading
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.doctor.records import Suggestion
from pipeline.episode import Episode, Gap
from pipeline.export.episode_json import render
from pipeline.review.corrections_json import read_corrections
from pipeline.review.page import PageLinks, render_page
from pipeline.review.server import ReviewServer, Site
from pipeline.subtitles.styles import STYLES
from tests.support import alignment_of, episode_of, transcript_of

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
CHROMIUM, DRIVER = Path("/usr/bin/chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists() or DRIVER is None, reason="no Chromium with its driver here"
)

SELECT_ALL = "\ue009a\ue000"  # Control and A, then Control up again
EVIL = "</script><script>window.owned=1</script><img src=x onerror=window.owned=1>"
LINES = (
    [f"- One {EVIL} two.", "Three four five.", "(laughing)", "- [Elon] Six seven."],
    ["- Eight nine ten.", "Eleven twelve."],
)

SUSPECTS = (
    Suggestion("missing", 0.7, 9, 8, 4100, 4300, "", ("N", "OW")),
    Suggestion("substituted", 0.6, 1, 1, 1400, 1700, EVIL, ("T", "UW")),
)


def make_episode() -> Episode:
    transcript = transcript_of(*LINES)
    gaps = (Gap(0, 900, "music"),)
    return episode_of(*LINES, alignment=alignment_of(transcript, absent=(8,), gaps=gaps))


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for word in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage",
                 "window-size=1280,900", f"user-data-dir={tmp_path / 'profile'}"):  # fmt: skip
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    driver.set_page_load_timeout(60)
    driver.set_script_timeout(60)
    yield driver
    driver.quit()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """The folder of an episode, and the address of its review."""
    folder = tmp_path / "episode"
    folder.mkdir()
    episode, style = make_episode(), STYLES["netflix"]
    (folder / "demo.episode.json").write_text(render(episode, style), encoding="utf-8")
    media = folder / "sound.wav"
    with wave.open(str(media), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16 * episode.duration_ms))
    server = ReviewServer(
        Site(
            lambda: render_page(
                episode, style, None, PageLinks("media", "corrections", "peaks"), SUSPECTS
            ),
            media,
            folder / "demo.corrections.json",
            episode.id,
            lambda: bytes(range(200)),
        )
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, server.address
    server.shutdown()
    thread.join()
    server.server_close()


def wait(browser: Any, script: str) -> Any:
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, 30).until(lambda it: it.execute_script(f"return {script}"))


def complaints(browser: Any) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser")]


def press(browser: Any, keys: str) -> None:
    browser.switch_to.active_element.send_keys(keys)


def test_see_seek_correct_save_apply(browser: Any, site: tuple[Path, str]) -> None:
    folder, address = site
    episode = make_episode()
    browser.get(address)
    wait(browser, "document.body.dataset.ready && document.getElementById('media').readyState >= 1")

    # Text stays text.
    text = browser.execute_script("return document.querySelector('#line-0 .text').textContent")
    assert text == episode.lines[0].text
    assert browser.execute_script("return [window.owned, document.images.length]") == [None, 0]

    # A seek lights the word that is heard there.
    for index in (0, 4, 6, 9):
        word = episode.words[index]
        assert word.start_ms is not None
        at_s = word.start_ms / 1000 + 0.1
        browser.execute_script("document.getElementById('media').currentTime = arguments[0]", at_s)
        wait(browser, f"document.querySelector('.w.lit')?.dataset.w === '{index}'")
    # A click on a word seeks to it.
    browser.find_element("css selector", ".w[data-w='5']").click()
    wait(browser, "document.getElementById('media').seeking === false")
    at_s = browser.execute_script("return document.getElementById('media').currentTime")
    assert abs(at_s * 1000 - (episode.words[5].start_ms or 0)) < 20
    # And it plays.
    press(browser, " ")
    wait(browser, f"document.getElementById('media').currentTime > {at_s + 0.2}")
    press(browser, " ")

    # By keys alone: the doubtful passage, checked; then another speaker for the line after it.
    press(browser, "n")
    wait(browser, "document.activeElement.classList.contains('line')")
    press(browser, "c")
    number = int(browser.execute_script("return document.activeElement.dataset.n"))
    assert number == episode.words[8].line
    browser.execute_script("document.getElementById('line-5').querySelector('.text').click()")
    press(browser, "2")
    # Suspected errors: the first one is chosen, its clip plays and stops; the waveform is drawn.
    press(browser, "s")
    wait(browser, "document.activeElement.id === 'line-3'")
    assert browser.execute_script("return !document.getElementById('media').paused")
    told = browser.execute_script("return document.getElementById('suspects').textContent")
    assert EVIL in told and "heard N OW" in told
    wait(browser, "document.getElementById('media').paused")
    at_s = browser.execute_script("return document.getElementById('media').currentTime")
    assert abs(at_s * 1000 - (SUSPECTS[0].end_ms + 700)) < 250
    assert browser.execute_script("return !document.getElementById('wave').hidden")
    # In the panel: start and text of line 1.
    browser.execute_script("document.getElementById('line-1').querySelector('.text').click()")
    field = browser.find_element("id", "start")
    start_ms = (episode.lines[1].start_ms or 0) - 120
    field.send_keys(SELECT_ALL, f"{start_ms / 1000:.3f}\n")
    area = browser.find_element("id", "text")
    area.send_keys(SELECT_ALL, "Three <b>four</b> five.")
    browser.find_element("id", "save").click()
    wait(browser, "document.getElementById('say').textContent === 'saved'")
    assert complaints(browser) == []

    saved = {line.line: line for line in read_corrections(folder / "demo.corrections.json").lines}
    assert set(saved) == {1, number, 5}
    assert (saved[1].start_ms, saved[1].text) == (start_ms, "Three <b>four</b> five.")
    assert saved[number].checked and saved[5].speaker == "elon"

    out = folder / "out"
    path = str(folder / "demo.episode.json")
    assert main(["export", path, "--format", "episode,vtt,review", "--out", str(out)]) == 0
    again = json.loads((out / "demo.episode.json").read_text())
    assert again["lines"][1]["start_ms"] == start_ms
    assert again["lines"][1]["text"] == "Three <b>four</b> five."
    assert again["lines"][5]["speaker"] == "elon"

    # The page from disk knows them, too, and finds the audio beside it or asks for it.
    browser.get((out / "demo.review.html").as_uri())
    wait(browser, "document.body.dataset.ready")
    shown = browser.execute_script("return document.querySelector('#line-1 .text').textContent")
    assert shown == "Three <b>four</b> five."
    wait(browser, "!document.getElementById('choose').hidden")


def test_two_tabs_keep_each_other_s_corrections(browser: Any, site: tuple[Path, str]) -> None:
    folder, address = site
    ready = "document.body.dataset.ready"
    browser.get(address)
    wait(browser, ready)
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    browser.get(address)
    wait(browser, ready)
    saved = "document.getElementById('say').textContent === 'saved'"

    def choose(line: int, keys: str) -> None:
        browser.execute_script(f"document.querySelector('#line-{line} .text').click()")
        press(browser, keys)

    choose(0, "c")
    choose(1, "2")
    browser.find_element("id", "save").click()
    wait(browser, saved)
    browser.switch_to.window(first)
    choose(1, "1")
    choose(4, "c")
    browser.find_element("id", "save").click()
    wait(browser, saved)
    mark = "document.querySelector('#line-0').classList.contains('checked')"
    assert browser.execute_script(f"return {mark}")
    assert browser.execute_script("return document.getElementById('notice').hidden")
    found = {line.line: line for line in read_corrections(folder / "demo.corrections.json").lines}
    assert {n for n, line in found.items() if line.checked} == {0, 4}
    # A change that one tab takes back is not brought back by the other.
    browser.execute_script("document.querySelector('#line-0 .text').click()")
    press(browser, "z")
    browser.find_element("id", "save").click()
    wait(browser, "document.getElementById('state').textContent.indexOf('not saved') < 0")
    found = {line.line: line for line in read_corrections(folder / "demo.corrections.json").lines}
    assert 0 not in found and found[4].checked


@pytest.mark.skipif("REVIEW_SCREENSHOTS" not in os.environ, reason="REVIEW_SCREENSHOTS not set")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 420])
def test_screenshots(browser: Any, site: tuple[Path, str], scheme: str, width: int) -> None:
    """For people to look at: writes pictures into the folder that the variable names."""
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )
    browser.get(os.environ.get("REVIEW_ADDRESS", site[1]))
    wait(browser, "document.body.dataset.ready")
    press(browser, "n")
    wait(browser, "document.activeElement.classList.contains('line')")
    target = Path(os.environ["REVIEW_SCREENSHOTS"]) / f"review-{scheme}-{width}.png"
    assert browser.save_screenshot(str(target))
