import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.episode import Speaker
from pipeline.errors import InputError
from pipeline.progress import SilentProgress
from pipeline.speakers.records import Attribution
from pipeline.speakers.registry import DIARIZERS, load_diarizer
from pipeline.speakers.turns import Turn, attribute_turns, known_names, turns_of
from tests.support import ELON, LEX, RecordingProgress, alignment_of, transcript_of


def attribute(
    *lines: str, speakers: tuple[Speaker, ...] = (), progress: RecordingProgress | None = None
) -> Attribution:
    transcript = transcript_of(lines)
    return load_diarizer("text").assign(
        transcript, alignment_of(transcript), speakers, Path("x"), progress or SilentProgress()
    )


def test_turns_cross_lines_and_may_be_empty() -> None:
    transcript = transcript_of(["Well, hi.", "- Yes. - [Lex] No.", "not really"], ["- (laughing)"])
    assert turns_of(transcript) == (
        Turn(None, 2),
        Turn(None, 1),
        Turn("Lex", 3),
        Turn(None, 0),
    )


def test_dashes_alternate_and_the_first_speaker_of_the_config_begins() -> None:
    found = attribute("- Hi.", "there", "- Yes. - No.", speakers=(LEX, ELON))
    assert found.words == ("lex", "lex", "elon", "lex")
    assert found.speakers == (LEX, ELON)


def test_a_later_label_decides_who_began() -> None:
    found = attribute("- Hi.", "- Yes.", "- [Lex] So", "- Hm", speakers=(LEX, ELON))
    assert found.words == ("elon", "lex", "lex", "elon") or found.words[-2:] == ("lex", "elon")
    found = attribute("- Hi.", "- Yes.", "- [Elon] So", speakers=(LEX, ELON))
    assert found.words[-1] == "elon"


def test_resynchronises_with_one_fault_between_labels() -> None:
    # Lex, ?, ?, Lex: one dash too many or too few, and no more than one fault.
    found = attribute("- [Lex] a", "- b", "- c", "- [Lex] d", speakers=(LEX, ELON))
    assert sum(one == two for one, two in zip(found.words, found.words[1:], strict=False)) == 1
    found = attribute("- [Lex] a", "- b", "- c", "- d", "- [Lex] e", speakers=(LEX, ELON))
    assert found.words == ("lex", "elon", "lex", "elon", "lex")


def test_silent_turns_count() -> None:
    found = attribute("- [Lex] a", "- (laughing)", "- c", speakers=(LEX, ELON))
    assert found.words == ("lex", "lex")


def test_unknown_label_becomes_a_speaker_and_a_warning() -> None:
    progress = RecordingProgress()
    found = attribute("- [Lex] a", "- [Joe Doe] b", "- c", speakers=(LEX, ELON), progress=progress)
    assert found.speakers[2] == Speaker("joe-doe", "Joe Doe", ("Joe Doe",))
    assert found.words[:2] == ("lex", "joe-doe")
    assert found.words[2] in ("lex", "elon")
    assert progress.warnings == [
        "no speaker of the config has the label Joe Doe: taken as a speaker of that name"
    ]


@pytest.mark.parametrize("label", ["LEX", "Lex Fridman", "lex"])
def test_labels_are_matched_by_name_and_without_case(label: str) -> None:
    assert attribute(f"- [{label}] a", speakers=(LEX, ELON)).words == ("lex",)


def test_first_name_is_a_label_of_last_resort() -> None:
    speakers = (Speaker("a", "Elon Reeve"), Speaker("b", "B", ("Elon",)))
    assert attribute("- [Elon] a", speakers=speakers).words == ("b",)
    assert attribute("- [Elon] a", speakers=speakers[:1]).words == ("a",)


def test_without_a_config_labels_are_speakers() -> None:
    progress = RecordingProgress()
    found = attribute("- [Ann] a", "- b", "- [Bö!] c", progress=progress)
    assert [speaker.name for speaker in found.speakers] == ["Ann", "Bö!"]
    assert [speaker.key for speaker in found.speakers] == ["ann", "bo"]
    assert progress.warnings == []


def test_one_label_and_bare_dashes_are_two_speakers() -> None:
    found = attribute("- [Ann] a", "- b", "- [Ann] c")
    assert [speaker.name for speaker in found.speakers] == ["Ann", "Speaker 2"]
    assert found.words == ("ann", "speaker-2", "ann")


def test_nothing_known() -> None:
    assert [speaker.name for speaker in attribute("a b").speakers] == ["Speaker 1"]
    found = attribute("- a", "- b", "- c")
    assert [speaker.name for speaker in found.speakers] == ["Speaker 1", "Speaker 2"]
    assert found.words == ("speaker-1", "speaker-2", "speaker-1")


def test_two_labels_of_one_spelling_get_two_keys() -> None:
    found = attribute("- [Å] a", "- [A.] b")
    assert len({speaker.key for speaker in found.speakers}) == 2


def test_forms_of_one_name_are_one_speaker() -> None:
    progress = RecordingProgress()
    found = attribute("- [Keller] a", "- [Sam] b", "- [Ruth Keller] c", progress=progress)
    assert found.words == ("ruth-keller", "sam", "ruth-keller")
    assert found.speakers[0].name == "Ruth Keller"
    assert not progress.warnings


def test_a_name_that_two_share_is_asked_back_in_one_line() -> None:
    progress = RecordingProgress()
    labels = ("Ruth Keller", "Ruth Osei", "Ruth")
    found = attribute(*(f"- [{label}] a" for label in labels), progress=progress)
    assert found.words == ("ruth-keller", "ruth-osei", "ruth")
    (warning,) = progress.warnings
    assert "Ruth may be Ruth Keller or Ruth Osei" in warning


def test_names_by_which_a_config_lets_a_transcript_name_its_speakers() -> None:
    speakers = (Speaker("rk", "Dr. Ruth Keller", ("Host",)), Speaker("s", "Sam Osei"))
    assert known_names(speakers) == [
        "Host", "Dr. Ruth Keller", "rk", "Ruth", "Keller", "Sam Osei", "s", "Sam", "Osei",
    ]  # fmt: skip
    found = attribute("- [KELLER] a", "- [s] b", "- [host] c", "- [Sam] d", speakers=speakers)
    assert found.words == ("rk", "s", "rk", "s")


@given(st.lists(st.one_of(st.none(), st.sampled_from("abc")), max_size=12))
def test_fewest_faults(fixed: list[str | None]) -> None:
    found = attribute_turns(fixed, ["a", "b"])
    assert len(found) == len(fixed)
    assert all(key in (None, got) for key, got in zip(fixed, found, strict=True))
    faults = sum(one == two for one, two in itertools.pairwise(found))
    assert faults == _fewest_faults(fixed)


def _fewest_faults(fixed: list[str | None]) -> int:
    best = {"": 0}
    for key in fixed:
        best = {
            now: min(cost + (before == now) for before, cost in best.items())
            for now in ([key] if key is not None else ["a", "b"])
        }
    return min(best.values())


def test_many_speakers_stay_quick_and_near() -> None:
    keys = [f"s{number}" for number in range(40)]
    fixed: list[str | None] = []
    for key in keys * 5:
        fixed += [key, None]
    found = attribute_turns(fixed, keys)
    assert all(found[at] in keys for at in range(len(found)))
    assert not any(one == two for one, two in itertools.pairwise(found))


def test_unknown_diarizer_is_named() -> None:
    with pytest.raises(InputError, match="there is no diarizer transcrpt; did you mean transcript"):
        load_diarizer("transcrpt")
    assert all(load_diarizer(name) for name in DIARIZERS if name != "pyannote")
