"""`python -m bench.review_page EPISODE.json`: the review page of a long episode in a real browser.

How long it takes until the page is ready, how fast frames follow each other while the transcript
scrolls from top to bottom, and how big the page is. Needs Chromium and chromedriver.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from pipeline.export.episode_json import read_episode
from pipeline.review.page import PageLinks, render_page
from pipeline.subtitles.styles import STYLES

SCROLL = """
const done = arguments[0], list = document.getElementById("lines"), times = [];
const end = list.scrollHeight - list.clientHeight, steps = 400;
let step = 0, last = performance.now();
function frame() {
  const now = performance.now();
  times.push(now - last);
  last = now;
  list.scrollTop = end * step / steps;
  step += 1;
  if (step <= steps) requestAnimationFrame(frame); else done(times.slice(1));
}
requestAnimationFrame(frame);
"""


def browser() -> Any:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "/usr/bin/chromium"
    for word in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage",
                 "window-size=1280,900", f"user-data-dir={tempfile.mkdtemp()}"):  # fmt: skip
        options.add_argument(f"--{word}")
    return webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.review_page", description=__doc__)
    parser.add_argument("episode", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    episode = read_episode(options.episode)
    begin = time.perf_counter()
    page = render_page(episode, STYLES["netflix"], None, PageLinks("none.mp3"))
    print(
        f"{len(episode.words)} words, {len(episode.lines)} lines: {len(page) / 1e6:.2f} MB, "
        f"rendered in {time.perf_counter() - begin:.2f} s"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "review.html"
        path.write_text(page, encoding="utf-8")
        for _ in range(options.repeat):
            driver = browser()
            driver.set_script_timeout(120)
            driver.get(path.as_uri())
            while not (ready := driver.execute_script("return document.body.dataset.ready")):
                time.sleep(0.02)
            frames = driver.execute_async_script(SCROLL)
            quantiles = statistics.quantiles(frames, n=20)
            print(
                f"ready after {ready} ms; frames while scrolling through all: median "
                f"{statistics.median(frames):.0f} ms, p95 {quantiles[-1]:.0f} ms, "
                f"worst {max(frames):.0f} ms"
            )
            driver.quit()


if __name__ == "__main__":
    main()
