"""Layouts in which programs export a conversation: names are labels, times are dropped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.assemble import assemble
from pipeline.progress import SilentProgress
from pipeline.speakers.turns import TurnDiarizer
from pipeline.subtitles.cues import make_cues
from pipeline.subtitles.styles import load_style
from pipeline.transcript.parse import parse_transcript
from pipeline.transcript.records import Transcript
from tests.support import alignment_of, header_of

SPOKEN = (
    "Good evening, and welcome to the garden hour.",
    "It is lovely to be here again.",
    "When do you plant the first beans? At 10:30 in the morning?",
    "Yes.",
    "I wait until the soil is warm, usually in May.",
    "Wow",
    "My aunt always said one thing: never water at noon.",
    "She was right, of course.",
)
NAMES = ("Ruth Keller", "Sam Osei")


def clock(at: int, form: str = "{m}:{s:02}") -> str:
    seconds = 1 + 7 * at
    return form.format(h=0, m=seconds // 60, s=seconds % 60)


Turn = Callable[[int, str, str], str]
"""Number of the turn, name, text → the turn as a program writes it."""

LAYOUTS: dict[str, Turn] = {
    "colon": lambda at, name, text: f"{name}: {text}\n",
    "colon, then text": lambda at, name, text: f"{name}:\n{text}\n\n",
    "no space": lambda at, name, text: f"{name}:{text}\n",
    "full-width colon": lambda at, name, text: f"{name}：{text}\n",
    "spaces before the colon": lambda at, name, text: f"{name}  : {text}\n",
    "Otter": lambda at, name, text: f"{name}  {clock(at)}\n{text}\n\n",
    "Otter, hours": lambda at, name, text: f"{name}  {clock(at, '{h}:{m:02}:{s:02}')}\n{text}\n\n",
    "Trint": lambda at, name, text: f"[{clock(at, '00:{m:02}:{s:02}')}] {name}\n{text}\n\n",
    "Trint, one line": lambda at, name, text: (
        f"{name} [{clock(at, '00:{m:02}:{s:02}')}] {text}\n\n"
    ),
    "Rev": lambda at, name, text: f"{name} ({clock(at, '{m:02}:{s:02}')}):\n{text}\n\n",
    "Rev, old": lambda at, name, text: f"{name}: ({clock(at, '{m:02}:{s:02}')})\n{text}\n\n",
    "Riverside": lambda at, name, text: f"{name} ({clock(at, '{m:02}:{s:02}.12')})\n{text}\n\n",
    "Happy Scribe": lambda at, name, text: (
        f"[{clock(at, '00:{m:02}:{s:02}.480')}] - {name}\n{text}\n\n"
    ),
    "Substack": lambda at, name, text: f"{name} ({clock(at, '{m:02}:{s:02}')})\n\n{text}\n\n",
    "Substack, bold": lambda at, name, text: (
        f"**{name}** ({clock(at, '{m:02}:{s:02}')}): {text}\n\n"
    ),
    "Teams": lambda at, name, text: f"{name}   {clock(at)}\n{text}\n",
    "Teams, surname first": lambda at, name, text: (
        f"{', '.join(name.split()[::-1])}   {clock(at)}\n{text}\n\n"
        if name in NAMES
        else f"{name}   {clock(at)}\n{text}\n\n"
    ),
    "Teams, spelled": lambda at, name, text: (
        f"{name} {clock(at, '{m} minutes {s} seconds')}\n{text}\n\n"
    ),
    "Teams, range first": lambda at, name, text: (
        f"{clock(at, '0:{m}:{s}.480')} --> {clock(at, '0:{m}:{s}.980')}\n{name}\n{text}\n\n"
    ),
    "Teams, three lines": lambda at, name, text: f"{name}\n{clock(at)}\n{text}\n\n",
    "Zoom": lambda at, name, text: f"[{name}] {clock(at, '00:{m:02}:{s:02}')}\n{text}\n\n",
    "Meet": lambda at, name, text: f"{clock(at, '00:{m:02}:{s:02}')}\n\n{name}: {text}\n",
    "Descript": lambda at, name, text: f"[{clock(at, '00:{m:02}:{s:02}')}] **{name}:** {text}\n\n",
    "Descript, plain": lambda at, name, text: (
        f"[{clock(at, '00:{m:02}:{s:02}')}] {name}: {text}\n\n"
    ),
    "Sonix": lambda at, name, text: f"{name}: [{clock(at, '00:{m:02}:{s:02}')}] {text}\n\n",
    "Sonix, lines": lambda at, name, text: f"[{clock(at, '00:{m:02}:{s:02}')}]\n{name}\n{text}\n\n",
    "Fireflies": lambda at, name, text: f"{name} - {clock(at, '{m:02}:{s:02}')}\n{text}\n\n",
    "Fathom": lambda at, name, text: f"{clock(at)} - {name} (Green & Co)\n  {text}\n\n",
    "Notta": lambda at, name, text: f"{name}  {clock(at, '{m:02}:{s:02}')}\n{text}\n",
    "Time and name": lambda at, name, text: f"{clock(at)} {name}\n{text}\n\n",
    "Time, then name": lambda at, name, text: f"{clock(at)}\n{name}\n{text}\n\n",
    "Time, name, colon": lambda at, name, text: f"{clock(at)} {name}: {text}\n",
    "Range, name, colon": lambda at, name, text: f"{clock(at)} - {clock(at + 1)} {name}: {text}\n",
    "f4": lambda at, name, text: f"{name}: {text} #{clock(at, '00:{m:02}:{s:02}-5')}#\n\n",
    "bold line": lambda at, name, text: f"**{name}**\n\n{text}\n\n",
    "bold before text": lambda at, name, text: f"**{name}** {text}\n\n",
    "bold and colon": lambda at, name, text: f"**{name}**: {text}\n\n",
    "bullets": lambda at, name, text: f"* **{name}:** {text}\n",
    "round bullets": lambda at, name, text: f"• {name}: {text}\n",
    "headings": lambda at, name, text: f"### {name}\n\n{text}\n\n",
    "name, then text": lambda at, name, text: f"{name}\n{text}\n\n",
    "name, text, blanks": lambda at, name, text: f"{name}\n\n{text}\n\n",
    "name, text, no blanks": lambda at, name, text: f"{name}\n{text}\n",
    "brackets": lambda at, name, text: f"[{name}] {text}\n",
    "brackets and colon": lambda at, name, text: f"[{name}]: {text}\n",
    "brackets and a full-width colon": lambda at, name, text: f"[{name}]：{text}\n",
    "brackets alone": lambda at, name, text: f"[{name}]\n{text}\n\n",
    "brackets with a time": lambda at, name, text: (
        f"[{name} {clock(at, '{m:02}:{s:02}')}] {text}\n"
    ),
    "line numbers": lambda at, name, text: f"{at + 1}  {name}: {text}\n",
    "numbered": lambda at, name, text: f"{at + 1}. {name}: {text}\n",
    "bar": lambda at, name, text: f"{name} | {text}\n",
    "bars and a time": lambda at, name, text: f"{clock(at)} | {name} | {text}\n",
    "dash between": lambda at, name, text: f"{name} — {text}\n\n",
    "at": lambda at, name, text: f"@{name}: {text}\n",
    "angles": lambda at, name, text: f"<{name}> {text}\n",
    "dash and bracket": lambda at, name, text: f"- [{name}] {text}\n",
    "angle quotes": lambda at, name, text: f">> {name}: {text}\n",
    "angle quotes and capitals": lambda at, name, text: f">> {name.upper()}: {text}\n",
}


def read(layout: str, names: tuple[str, str] = NAMES, head: str = "") -> Transcript:
    turns = [LAYOUTS[layout](at, names[at % 2], text) for at, text in enumerate(SPOKEN)]
    return parse_transcript((head + "".join(turns)).encode(), "t.txt")


def labels(transcript: Transcript) -> list[str | None]:
    return [turn.label for line in transcript.lines for turn in line.turns]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "names",
    [NAMES, ("Ruth", "Sam"), ("SPEAKER_00", "SPEAKER_01"), ("Speaker 1", "Unknown Speaker")],
)
def test_a_layout_gives_names_and_no_other_words(layout: str, names: tuple[str, str]) -> None:
    found = read(layout, names)
    upper = "capitals" in layout
    expected = [name.upper() if upper else name for name in names * 4]
    assert labels(found) == expected
    assert [word.text for word in found.words] == " ".join(SPOKEN).split()
    assert not any(line.events for line in found.lines)
    assert found.doubts == ()


def test_a_title_with_a_date_and_a_length_before_the_names() -> None:
    head = (
        "Talk with Ruth\nSat, Nov 28, 2026 10:15AM • 12:34\n\nSPEAKERS\nRuth Keller, Sam Osei\n\n"
    )
    assert labels(read("Otter", head=head)) == [*NAMES * 4]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_captions_hold_what_is_spoken_and_no_more(layout: str) -> None:
    transcript = read(layout)
    alignment = alignment_of(transcript)
    speakers = TurnDiarizer().assign(transcript, alignment, (), Path("x"), SilentProgress())
    episode = assemble(transcript, alignment, speakers, header_of())
    shown = " ".join(cue.text for cue in make_cues(episode, load_style("netflix")))
    assert shown.replace("-", "").split() == " ".join(SPOKEN).split()


@pytest.mark.parametrize(
    ("names", "layouts"),
    [
        (("RUTH KELLER", "SAM OSEI"), ["name, then text", "Otter", "colon", "brackets"]),
        (("ruth", "sam"), ["colon", "no space", "Otter", "Riverside", "Sonix"]),
        (("Q", "A"), ["colon", "Otter", "bold and colon"]),
        (("Peter Singer", "Bella Yellen"), list(LAYOUTS)),
        (("Crystal Clapton", "Dr. O'Barkley-Singh"), ["colon", "Otter", "Trint", "brackets"]),
        (("Interviewer", "Guest"), ["colon", "Otter", "Trint", "bold line", "brackets and colon"]),
        (("Speaker A", "Speaker B"), ["colon", "Rev", "Riverside", "name, then text"]),
        (("Mary & Co", "The Office"), ["brackets and colon"]),
        (("spk_0", "spk_1"), ["colon", "Otter", "brackets and colon"]),
        (("Buzz", "Will"), ["colon", "Otter", "Rev", "bold and colon"]),
    ],
)  # fmt: skip
def test_names_of_all_kinds(names: tuple[str, str], layouts: list[str]) -> None:
    for layout in layouts:
        found = read(layout, names)
        upper = "capitals" in layout
        expected = [name.upper() if upper else name for name in names * 4]
        assert labels(found) == expected, layout
        assert [word.text for word in found.words] == " ".join(SPOKEN).split(), layout
