import io
from dataclasses import replace

import pysubs2
import pytest
import srt
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from pipeline.episode import Speaker
from pipeline.export import srt_file, vtt
from pipeline.subtitles.cues import make_cues
from pipeline.subtitles.styles import STYLES
from tests.support import DEMO, episode_of

STYLE = STYLES["netflix"]
EPISODE = episode_of(*DEMO)

SRT = """\
1
00:00:01,000 --> 00:00:02,916
The following is a talk.
(Elon whistling)

2
00:00:03,000 --> 00:00:04,516
-Yeah.
-Kind of, 24/7.

3
00:00:04,600 --> 00:00:06,116
-A < B & C.
-So?

4
00:00:06,200 --> 00:00:08,250
GPT 35 (laughing) Bye now.

"""

VTT = """\
WEBVTT

1
00:00:01.000 --> 00:00:02.916
<v Lex Fridman>The following is a talk.</v>
(Elon whistling)

2
00:00:03.000 --> 00:00:04.516
<v Elon Musk>-Yeah.</v>
<v Lex Fridman>-Kind of, 24/7.</v>

3
00:00:04.600 --> 00:00:06.116
<v Elon Musk>-A &lt; B &amp; C.</v>
<v Lex Fridman>-So?</v>

4
00:00:06.200 --> 00:00:08.250
<v Elon Musk>GPT 35 (laughing) Bye now.</v>
"""


def test_srt_literally() -> None:
    assert srt_file.render(EPISODE, STYLE) == SRT


def test_vtt_literally() -> None:
    assert vtt.render(EPISODE, STYLE) == VTT


def test_other_readers_find_the_same_captions() -> None:
    times = [(cue.start_ms, cue.end_ms) for cue in make_cues(EPISODE, STYLE)]
    for text, form in ((SRT, "srt"), (VTT, "vtt")):
        found = pysubs2.SSAFile.from_string(text, format_=form)
        assert [(event.start, event.end) for event in found] == times
    captions = webvtt.from_buffer(io.StringIO(VTT))
    assert [caption.voice for caption in captions] == [
        "Lex Fridman", "Elon Musk", "Elon Musk", "Elon Musk",
    ]  # fmt: skip
    assert len(captions) == len(times)
    assert len(list(srt.parse(SRT))) == len(times)


TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Co", "Cn"]), min_size=1, max_size=20
)


@given(TEXT, TEXT)
def test_any_text_survives(text: str, name: str) -> None:
    word = "x".join(text.split()) + "x"
    episode = episode_of(["a"])
    episode = replace(
        episode,
        speakers=(Speaker("lex", name),),
        words=(replace(episode.words[0], text=word),),
        lines=(replace(episode.lines[0], text=word),),
    )
    written = [cue.content for cue in srt.parse(srt_file.render(episode, STYLE))]
    assert len(written) == 1
    text = vtt.render(episode, STYLE)
    (caption,) = webvtt.from_buffer(io.StringIO(text))
    assert text.count("-->") == 1
    assert text.count("<") == 2
    assert caption.start == "00:00:01.000"


@pytest.mark.parametrize("module", [srt_file, vtt])
def test_nothing_to_show(module: object) -> None:
    text = module.render(episode_of(["()"]), STYLE)  # type: ignore[attr-defined]
    assert text in ("", "WEBVTT\n")
