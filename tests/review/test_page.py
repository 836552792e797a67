"""The review page and the overview as text."""

import json
import re
from xml.etree import ElementTree

import pytest

from pipeline.episode import Gap
from pipeline.export.overview_svg import render as render_svg
from pipeline.export.review_page import render
from pipeline.review.doubts import find_doubts
from pipeline.subtitles.styles import STYLES
from tests.support import DEMO, alignment_of, episode_of, transcript_of

STYLE = STYLES["netflix"]
EVIL = ["</script><script>alert(1)</script>", "<!--<script>", "]]>", "{{DATA}} {{POLICY}}", "&lt;"]


@pytest.mark.parametrize("evil", EVIL)
def test_text_cannot_leave_the_data(evil: str) -> None:
    plain = render(episode_of(["- Nothing."]), STYLE)
    page = render(episode_of([f"- Some {evil} words."]), STYLE)
    for mark in ("<script", "</script", "<!--", "<meta"):
        assert page.lower().count(mark) == plain.lower().count(mark)
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    assert json.loads(data[1])["lines"][0][3] == f"- Some {evil} words."


def test_the_page_needs_nothing_else() -> None:
    page = render(episode_of(*DEMO), STYLE)
    assert not re.search(r"(?:src|href)\s*=\s*[\"'](?!data:|#)", page)
    assert "default-src &#x27;none&#x27;" in page and "unsafe" not in page
    assert page == render(episode_of(*DEMO), STYLE)


def test_doubts_come_worst_first() -> None:
    lines = ["- One two three.", "Four five.", "Six seven.", "Eight.", "Nine ten."]
    transcript = transcript_of(lines)
    gaps = (Gap(3700, 9000, "untranscribed"),)
    episode = episode_of(lines, alignment=alignment_of(transcript, absent=(0, 3, 4), gaps=gaps))
    found = find_doubts(episode)
    assert [doubt.score for doubt in found] == sorted((d.score for d in found), reverse=True)
    assert found[0].before_ms == 5300
    assert [(d.first_line, d.last_line, d.absent) for d in found if d.absent] == [(0, 1, 3)]
    assert find_doubts(episode_of(*DEMO)) == ()


def test_overview_is_sound_svg() -> None:
    lines = ["- One <b> & two.", "- [Elon] Three four five."]
    transcript = transcript_of(lines)
    alignment = alignment_of(transcript, gaps=(Gap(0, 1000, "music"),))
    root = ElementTree.fromstring(render_svg(episode_of(lines, alignment=alignment), STYLE))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"The Demo", "Lex Fridman", "Elon Musk", "Confidence", "Gaps"} <= set(texts)
    for rect in root.iter("{http://www.w3.org/2000/svg}rect"):
        assert 0 <= float(rect.get("x", "")) <= 1200 and float(rect.get("width", "")) > 0
