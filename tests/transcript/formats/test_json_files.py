from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.errors import InputError
from tests.transcript.formats.support import parse, said

HELLO, NO = "Hello there, my friend.", "No."


def words(text: str, **more: Any) -> list[dict[str, Any]]:
    return [{"word": word, "punctuated_word": word, **more} for word in text.split()]


def items(text: str, **more: Any) -> list[dict[str, Any]]:
    """Words and punctuation apart, as AWS has them."""
    found = []
    for word in text.split():
        bare = word.rstrip(",.")
        found.append({"type": "pronunciation", "alternatives": [{"content": bare}], **more})
        if bare != word:
            found.append({"type": "punctuation", "alternatives": [{"content": word[-1]}]})
    return found


@pytest.mark.parametrize(
    ("value", "names"),
    [
        # Whisper and WhisperX, Podcasting 2.0
        ({"text": "all", "segments": [{"text": f" {HELLO}", "speaker": "SPEAKER_00"},
                                      {"text": f" {NO}", "speaker": "SPEAKER_01"}]},
         ("SPEAKER_00", "SPEAKER_01")),
        ({"segments": [{"text": HELLO, "words": words(HELLO, speaker="A1")},
                       {"text": NO, "words": words(NO, speaker="B1")}]}, ("A1", "B1")),
        ({"version": "1.0.0", "segments": [
            {"speaker": "Ann", "startTime": 0, "endTime": 1, "body": HELLO},
            {"speaker": "Bo", "startTime": 1, "endTime": 2, "body": NO}]}, ("Ann", "Bo")),
        ({"version": "1.0.0", "segments": [
            *({"speaker": "Ann", "startTime": 0, "body": w} for w in HELLO.split()),
            *({"speaker": "Bo", "startTime": 1, "body": w} for w in ["No."])] * 2},
         ("Ann", "Bo", "Ann", "Bo")),
        # AssemblyAI, Deepgram, AWS, Rev, HappyScribe, Premiere
        ({"text": "all", "words": [], "utterances": [{"speaker": "A", "text": HELLO},
                                                    {"speaker": "B", "text": NO}]},
         ("Speaker A", "Speaker B")),
        ({"metadata": {}, "results": {"channels": [{"alternatives": [
            {"transcript": "x", "words": [*words(HELLO, speaker=0), *words(NO, speaker=1),
                                          *words(HELLO, speaker=0)]}]}]}},
         ("Speaker 0", "Speaker 1", "Speaker 0")),
        ({"jobName": "x", "results": {"transcripts": [{"transcript": "x"}], "items": [
            *items(HELLO, speaker_label="spk_0"), *items(NO, speaker_label="spk_1")]}},
         ("spk_0", "spk_1")),
        ({"speakers": [{"id": 0, "name": "Ann"}], "monologues": [
            {"speaker": 0, "elements": [{"type": "text", "value": "Hello"},
                                        {"type": "punct", "value": " there, my friend."}]},
            {"speaker": 1, "elements": [{"type": "text", "value": "No."}]}]},
         ("Ann", "Speaker 1")),
        ([{"speaker": "Ann", "words": [{"text": f"{w} "} for w in HELLO.split()]},
          {"speaker": "Bo", "words": [{"text": NO}]}], ("Ann", "Bo")),
        ({"segments": [{"speaker": "u1", "words": [{"text": w} for w in HELLO.split()]},
                       {"speaker": "u2", "words": [{"text": NO}]}],
          "speakers": [{"id": "u1", "name": "Ann"}, {"id": "u2", "name": "Bo"}]}, ("Ann", "Bo")),
    ],
)  # fmt: skip
def test_json_of_recognisers_and_hosts(value: Any, names: tuple[str, ...]) -> None:
    texts = [HELLO, NO] * 2
    expected = list(zip(names, texts, strict=False))
    assert said(parse(json.dumps(value))) == expected
    assert said(parse(json.dumps(value, indent=1, ensure_ascii=False))) == expected


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"text": f"{HELLO} {NO}"}),
        json.dumps({"transcription": [{"text": f" {HELLO}"}, {"text": f" {NO}"}]}),
        json.dumps({"events": [{"segs": [{"utf8": "Hello there, "}, {"utf8": "my friend."}]},
                               {"segs": [{"utf8": "\n"}]}, {"segs": [{"utf8": NO}]}]}),
        json.dumps([{"text": HELLO, "start": 0.0}, {"text": "<i>No</i>.", "start": 1.0}]),
        f'{{"text": "{HELLO}"}}\n{{"text": "{NO}"}}\n',
        json.dumps({"results": [{"alternatives": [{"transcript": HELLO}]},
                                {"alternatives": [{"transcript": NO}]}]}),
    ],
)  # fmt: skip
def test_json_without_speakers(text: str) -> None:
    assert said(parse(text)) == [(None, f"{HELLO} {NO}")]


def test_captions_know_their_line() -> None:
    value = {"segments": [{"text": "Hello there."}, {"text": "Café."}, {"text": "Hello there."}]}
    found = parse(json.dumps(value, indent=1))
    assert [line.place.line for line in found.lines] == [4, 7, 10]


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ('{"a": {"b": 1}}', "JSON of an unknown kind", None),
        ("{}", "JSON of an unknown kind", None),
        ('{"chapters": [{"title": "x", "startTime": 0}]}', "table of chapters", None),
        ('{"segments": [\n{"text": }]}', "damaged JSON", 2),
        ('{"a":' * 100_000, "nested too deeply", None),
        ('[{"a": ' + "1" * 10_000 + "}]", "JSON", None),
        ('{"format": "episode-subtitles/1"}', "episode", None),
    ],
)
def test_other_json_is_refused_in_one_line(text: str, problem: str, line: int | None) -> None:
    with pytest.raises(InputError) as raised:
        parse(text)
    assert problem in str(raised.value)
    assert raised.value.line == line
    assert len(str(raised.value)) < 300
