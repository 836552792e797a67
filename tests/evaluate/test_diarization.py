import builtins
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli.main import main
from pipeline.errors import InputError
from pipeline.evaluate.comparison import compare
from pipeline.evaluate.diarization import diarization_errors, speaker_errors
from pipeline.evaluate.readers import content_of_episode
from pipeline.evaluate.records import SpeakerTurn
from pipeline.evaluate.rttm import read_rttm
from pipeline.export.episode_json import render
from pipeline.subtitles.styles import load_style
from tests.support import ELON, LEX, episode_of

pytest.importorskip("pyannote.metrics")

EPISODE = episode_of(["- [Lex] Hello there.", "- [Elon] Yeah."], speakers=(LEX, ELON))
REFERENCE = (SpeakerTurn("a", 0, 6000), SpeakerTurn("b", 5000, 10000))


def test_perfect_but_for_names() -> None:
    found = [SpeakerTurn("x", 0, 6000), SpeakerTurn("y", 5000, 10000)]
    errors = diarization_errors(REFERENCE, found)
    assert (errors.error_rate, errors.jaccard_error_rate, errors.error_rate_with_collar) == (
        0,
        0,
        0,
    )


def test_the_parts_of_the_error() -> None:
    # 11 s of speech, overlap counted twice: 1 s missed, 2 s more than there is, 1 s confused.
    found = [SpeakerTurn("x", 0, 5000), SpeakerTurn("x", 6000, 7000), SpeakerTurn("y", 5000, 6000)]
    found += [SpeakerTurn("y", 7000, 12000)]
    errors = diarization_errors(REFERENCE, found)
    assert errors.missed == pytest.approx(1 / 11)
    assert errors.false_alarm == pytest.approx(2 / 11)
    assert errors.confusion == pytest.approx(1 / 11)
    assert errors.error_rate == pytest.approx(4 / 11)
    assert errors.error_rate_with_collar < errors.error_rate
    # a: 5 of 7 s shared; b: 4 of 7 s shared.
    assert errors.jaccard_error_rate == pytest.approx(1 - (5 / 7 + 4 / 7) / 2)


def test_words_with_names_and_up_to_naming() -> None:
    episode = EPISODE
    swapped = {"lex": "elon", "elon": "lex", None: None}
    words = tuple(replace(w, speaker=swapped.get(w.speaker, w.speaker)) for w in episode.words)
    found = compare(content_of_episode(episode), content_of_episode(replace(episode, words=words)))
    assert found.speakers is not None
    assert found.speakers.wrong > 0.5 and found.speakers.wrong_up_to_naming == 0


def test_pairing_is_the_best_one() -> None:
    pairs = Counter({("a", "x"): 5, ("a", "y"): 4, ("b", "x"): 4, ("b", None): 1})
    errors = speaker_errors(pairs)
    assert errors is not None
    assert errors.wrong == 1 and errors.wrong_up_to_naming == pytest.approx(1 - 8 / 14)


def test_compare_prints_all_rates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "e.episode.json"
    path.write_text(render(EPISODE, load_style("netflix")), encoding="utf-8")
    assert main(["compare", str(path), str(path)]) == 0
    out = capsys.readouterr().out
    assert "diarization error rate   0.00 %" in out
    assert "Jaccard error rate       0.00 %" in out
    assert "  wrong                  0.00 %" in out


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no speaker turns in it"),
        ("hello there\n", ":1: not an RTTM record"),
        ("SPEAKER x 1 0.0 1.0 <NA> <NA>\n", ":1: not an RTTM record"),
        ("SPEAKER x 1 0.0 one <NA> <NA> a <NA> <NA>\n", ":1: not an RTTM record"),
        ("SPEAKER x 1 -1 1.0 <NA> <NA> a <NA> <NA>\n", ":1: a turn's time is not possible"),
        ("SPEAKER x 1 nan 1.0 <NA> <NA> a <NA> <NA>\n", ":1: a turn's time is not possible"),
        (
            "SPEAKER x 1 0 1 <NA> <NA> a <NA> <NA>\nSPEAKER y 1 0 1 <NA> <NA> a <NA> <NA>\n",
            ":2: turns of two recordings, x and y",
        ),
    ],
)
def test_wrong_rttm(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "r.rttm"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_rttm(path)
    assert problem in str(caught.value)


def test_rttm_is_read(tmp_path: Path) -> None:
    path = tmp_path / "r.rttm"
    path.write_text(
        ";; note\nSPKR-INFO x 1 <NA> <NA> <NA> unknown a <NA> <NA>\n\n"
        "SPEAKER x 1 1.44 11.872 <NA> <NA> a <NA> <NA>\n",
        encoding="utf-8",
    )
    assert read_rttm(path) == (SpeakerTurn("a", 1440, 13312),)


def test_missing_extra_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("pyannote.metrics"):
            raise ImportError(name)
        return real(name, *rest)

    for module in [m for m in sys.modules if m.startswith("pyannote.metrics")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r'pip install "episode-subtitles\[evaluation\]"'):
        diarization_errors(REFERENCE, REFERENCE)
