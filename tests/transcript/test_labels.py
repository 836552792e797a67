"""Which text before a colon, in brackets or alone on a line names a speaker, and which is said."""

from __future__ import annotations

import pytest

from pipeline.transcript.parse import parse_transcript
from pipeline.transcript.records import Transcript


def parse(*lines: str, known: tuple[str, ...] = ()) -> Transcript:
    return parse_transcript(("\n".join(lines) + "\n").encode(), "t.txt", known)


def labels(found: Transcript) -> list[str | None]:
    return [turn.label for line in found.lines for turn in line.turns]


def words(found: Transcript) -> str:
    return " ".join(word.text for word in found.words)


def test_spoken_heads_are_words_and_told_once() -> None:
    game = ("Myth: tea is bad.", "Fact: it is not.", "Myth: milk is a myth.", "Fact: so is that.")
    alone = parse("We play a game now.", *game)
    among = parse("Ruth: We play.", *game[:2], "Sam: No!", *game[2:], "Ruth: Yes.")
    assert labels(alone) == []
    assert labels(among) == ["Ruth", "Sam", "Ruth"]
    for found in (alone, among):
        assert words(found).count("Myth:") == words(found).count("Fact:") == 2
        (doubt,) = found.doubts
        assert "Myth:" in doubt and "Fact:" in doubt and "Ruth" not in doubt


def test_a_head_that_is_a_word_elsewhere_in_the_text_is_no_person() -> None:
    found = parse(
        "Water: it is wet.", "Ruth: We had water,", "and more water.", "Water: wet again.",
        "Ruth: So Ruth said.",
    )  # fmt: skip
    assert labels(found) == ["Ruth", "Ruth"]


def test_a_trade_that_is_spoken_of_is_a_person_where_it_speaks() -> None:
    turns = ("Ruth: Is the gardener here?", "Gardener: Yes.", "Ruth: So?", "Gardener: I dig.")
    found = parse(*turns, "Ruth: And?", "Gardener: I sow.")
    assert labels(found) == ["Ruth", "Gardener"] * 3


def test_persons_whose_names_are_words() -> None:
    text = ("Will: I will.", "Mark: Mark my words.", "Will: They will rise.", "Mark: On the mark.")
    assert labels(parse(*text)) == ["Will", "Mark", "Will", "Mark"]


@pytest.mark.parametrize(
    "text",
    [
        "He said one thing: go.\nHere's the deal: you pay.\nMy advice: stay.\n" * 2,
        "See https://example.org/a:b now\nhttps://x.y is it\nhttps://x.z is it\n",
        "at 10:30 we met\nthe answer: no\nthe answer: yes\n",
        "so we went there\nYes\nand Ruth\nRuth\nwas there\nWow\nNew York\nis big\nRuth\nsaid no\n",
        "Ruth\nwas there\nSam\nwent home\nRuth\nlaughed\nSam\ncried\n",
        "Yes\nI think so.\nNo\nI do not.\nYes\nI insist.\nNo\nNever.\n",
        "Wow\n\nThat is good.\n\nRight\n\nIt is.\n\nWow\n\nAgain.\n",
        "Ruth.\nCome here.\nSam.\nGo there.\nRuth.\nStay.\nSam.\nWait.\n",
        "- Welcome back.\n\nI'm Ruth Keller, and my guest today\n\nis Sam Osei.\n\n"
        "Sam Osei, you plant beans.\n\n- Yes.\n\nRuth Keller, so I do.\n\nSam Osei, why?\n\nSo.\n",
        "I'm Ruth Keller\n\nand this is my show.\n\nRuth Keller, they say,\n\nis here.\n\n"
        "Sam Osei\n\nis my guest.\n\nSam Osei, welcome\n\nto my garden.\n",
        "We had plans.\nA. Go home.\nB. Stay.\n",
        "Day one: we left.\nDay two: we came.\nStep 1: boil.\nStep 2: eat.\n",
    ],
)
def test_what_is_said_is_no_label(text: str) -> None:
    found = parse_transcript(text.encode(), "t.txt")
    assert not any(labels(found))
    assert words(found) == " ".join(token for token in text.split() if token != "-")


def test_one_word_lines_among_names_on_lines_of_their_own() -> None:
    found = parse("Ruth\nHello.\n\nSam\nYes\n\nRuth\nWow\n\nSam\nRuth\n\nRuth\nOkay\n")
    assert labels(found) == ["Ruth", "Sam", "Ruth", "Sam", "Ruth"]
    assert words(found) == "Hello. Yes Wow Ruth Okay"


def test_titles_beside_times_are_no_names() -> None:
    titles = ("The Garden", "Sowing Beans", "Rain And Shine", "Harvest Home")
    text = "".join(f"{at}:00 {title}\nWe talk of it.\n\n" for at, title in enumerate(titles))
    assert labels(parse(text)) == []


def test_bold_titles_are_no_names() -> None:
    titles = ("Sowing Beans", "Rain And Shine", "Harvest Home")
    assert labels(parse("".join(f"**{title}**\n\nWe talk of it.\n\n" for title in titles))) == []


def test_a_monologue_begins_with_its_speaker() -> None:
    found = parse("Ruth Keller:", *["We talk of beans."] * 9)
    assert labels(found) == ["Ruth Keller"]


def test_broadcast_and_court() -> None:
    found = parse(
        "RUTH KELLER, HOST: Good evening.", "KELLER: Sam?", "(SOUNDBITE OF MUSIC)",
        "SAM OSEI (voice-over): Here.", "OSEI: At home.", "UNIDENTIFIED MAN: Me, too.",
        "THE COURT: Order.", "THE COURT: Order again.", "KELLER: (LAUGHTER) Thanks.",
    )  # fmt: skip
    assert labels(found) == [
        "RUTH KELLER", "KELLER", "SAM OSEI", "OSEI", "UNIDENTIFIED MAN", "THE COURT", "THE COURT",
        "KELLER",
    ]  # fmt: skip
    events = [event.text for line in found.lines for event in line.events]
    assert events == ["(SOUNDBITE OF MUSIC)", "(LAUGHTER)"]


def test_questions_and_answers() -> None:
    text = ("Q. Did you see it?", "A. I did.", "Q. When?", "A. On Monday. A. Miller saw it.")
    assert labels(parse(*text)) == ["Q", "A", "Q", "A"]
    assert labels(parse(*(line.replace(". ", ": ", 1) for line in text))) == ["Q", "A", "Q", "A"]


def test_a_full_name_counts_once_among_labels() -> None:
    turns = ("Ruth: Hi.", "Sam: Hello.", "Ruth: So.", "Sam: Yes.", "Ada Quist: Thanks.")
    found = parse(*turns, *["and so on"] * 30)
    assert labels(found) == ["Ruth", "Sam", "Ruth", "Sam", "Ada Quist"]


def test_known_names_count_once_in_any_case() -> None:
    found = parse(
        "so it is", "ruth keller: yes", "RK: no", *["and so on"] * 9, known=("RK", "Ruth Keller")
    )
    assert labels(found) == ["ruth keller", "RK"]


@pytest.mark.parametrize(
    ("text", "label", "events"),
    [
        ("- [Bella] Yes", "Bella", []),
        ("- [bell] Yes", None, ["[bell]"]),
        ("- [Spanish] Yes", None, ["[Spanish]"]),
        ("- [Outro] Yes", None, ["[Outro]"]),
        ("- [Host] Yes", "Host", []),
        ("- [Phone rings] Yes", None, ["[Phone rings]"]),
        ("- [Mr. Singer] Yes", "Mr. Singer", []),
    ],
)
def test_brackets(text: str, label: str | None, events: list[str]) -> None:
    (line,) = parse(text).lines
    assert [turn.label for turn in line.turns] == [label]
    assert [event.text for event in line.events] == events
    assert [word.text for word in line.words] == ["Yes"]
