import json
from dataclasses import replace
from pathlib import Path

import praatio.textgrid
import pytest

from pipeline.align.records import Alignment
from pipeline.episode import Gap
from pipeline.export import ctm, rttm, textgrid
from pipeline.export.report import low_confidence_passages, render_report
from pipeline.subtitles.styles import STYLES
from tests.support import DEMO, alignment_of, episode_of, timed, transcript_of

STYLE = STYLES["netflix"]


def test_ctm_has_every_word_that_was_found() -> None:
    transcript = transcript_of(["- a (x) b c"])
    episode = episode_of(["- a (x) b c"], alignment=alignment_of(transcript, absent=(1,)))
    episode = replace(episode, id="my show")
    assert ctm.render(episode, STYLE) == (
        "my_show 1 1.000 0.350 a 0.9000\nmy_show 1 1.400 0.350 c 0.9000\n"
    )


def test_rttm_joins_words_over_short_pauses_only() -> None:
    assert rttm.render(episode_of(["- a b", "- c", "- d"]), STYLE) == (
        "SPEAKER demo 1 1.000 0.750 <NA> <NA> lex <NA> <NA>\n"
        "SPEAKER demo 1 1.800 0.350 <NA> <NA> elon <NA> <NA>\n"
        "SPEAKER demo 1 2.200 0.350 <NA> <NA> lex <NA> <NA>\n"
    )
    slow = episode_of(["a b"], alignment=alignment_of(transcript_of(["a b"]), word_ms=5000))
    words = (replace(slow.words[0], end_ms=1100), slow.words[1])
    assert rttm.render(replace(slow, words=words), STYLE).count("SPEAKER") == 2


def test_report() -> None:
    transcript = transcript_of(*DEMO)
    episode = episode_of(
        *DEMO,
        alignment=alignment_of(transcript, absent=(0, 1), gaps=(Gap(0, 3000, "untranscribed"),)),
        repeated_lines=20,
    )
    report = json.loads(render_report(episode, STYLE, {"Aligning": 1.23456, "Writing": 1.0}))
    total = len(episode.words)
    assert report["coverage"] == round((total - 2) / total, 6)
    assert report["words"] == {"total": total, "aligned": total - 2, "interpolated": 0, "absent": 2}
    assert report["lines"]["repeated_dropped"] == 40
    assert report["gaps"][0]["end"] == "0:00:03.000"
    assert report["run_time_s"] == {
        "total": 2.235,
        "stages": {"Aligning": 1.235, "Writing": 1.0},
    }
    assert report["engine"]["aligner"] == "hmm"
    assert report["style_check"]["style"] == "netflix"
    assert report["style_check"]["captions"] > 0
    assert report["style_check"]["violations"]["reading-speed"] == 1
    assert [v["cue"] for v in report["style_check"]["first"]] == [1]
    assert report["low_confidence"]["passages"] == 0


def test_low_passages_worst_first_and_joined() -> None:
    episode = episode_of(["a b", "c", "(x)", "d", "e", "f g h"])
    doubtful = {0: 0.4, 1: 0.4, 4: 0.1, 5: 0.1, 6: 0.2, 7: 0.3}
    episode = replace(
        episode,
        words=tuple(
            replace(word, confidence=doubtful.get(word.index, 0.9)) for word in episode.words
        ),
    )
    found = low_confidence_passages(episode)
    assert [(p["first_line"], p["last_line"], p["words"]) for p in found] == [(4, 5, 4), (0, 0, 2)]
    assert found[0]["mean_confidence"] == 0.175


def test_report_of_nothing_found() -> None:
    transcript = transcript_of(["a"])
    episode = episode_of(["a"], alignment=alignment_of(transcript, absent=(0,)))
    report = json.loads(render_report(episode, STYLE, {}))
    assert report["coverage"] == 0
    assert report["low_confidence"]["worst"][0]["start_ms"] is None


def test_rttm_for_pyannote() -> None:
    core = pytest.importorskip("pyannote.core")
    episode = episode_of(["- a b", "- c", "- d"])
    found = core.Annotation(uri="demo")
    for row in rttm.render(episode, STYLE).splitlines():
        fields = row.split()
        start, length = float(fields[3]), float(fields[4])
        found[core.Segment(start, start + length)] = fields[7]
    assert [label for _, _, label in found.itertracks(yield_label=True)] == ["lex", "elon", "lex"]
    assert found.to_rttm() == rttm.render(episode, STYLE)


def test_textgrid_for_praat(tmp_path: Path) -> None:
    words = ['say "no"', "- b", "- [Elon] c"]
    episode = episode_of(words)
    path = tmp_path / "x.TextGrid"
    path.write_text(textgrid.render(episode, STYLE), encoding="utf-8")
    grid = praatio.textgrid.openTextgrid(str(path), includeEmptyIntervals=False)
    assert grid.tierNames == ("words", "speakers", "chapters")
    found = [
        (round(entry.start * 1000), round(entry.end * 1000), entry.label)
        for entry in grid.getTier("words").entries
    ]
    assert found == [(word.start_ms, word.end_ms, word.text) for word in episode.words]
    speakers = [entry.label for entry in grid.getTier("speakers").entries]
    assert speakers == ["Elon Musk", "Lex Fridman", "Elon Musk"]


def test_textgrid_parts_what_overlaps(tmp_path: Path) -> None:
    alignment = Alignment((timed(0, 500), timed(400, 400), timed(400, 900)), (), 1000, 1.0)
    path = tmp_path / "x.TextGrid"
    path.write_text(textgrid.render(episode_of(["a b c"], alignment=alignment), STYLE))
    tier = praatio.textgrid.openTextgrid(str(path), includeEmptyIntervals=False).getTier("words")
    assert [tuple(entry) for entry in tier.entries] == [
        (0.0, 0.4, "a"), (0.4, 0.401, "b"), (0.401, 0.9, "c"),
    ]  # fmt: skip
