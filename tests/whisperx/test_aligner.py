"""The aligners through the command line, on an episode whose truth is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.cli import main
from tests.whisperx.conftest import SpokenEpisode


def align(
    episode: SpokenEpisode, model: Path, out: Path, *more: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The timed episode and the report of one run."""
    words = ["run", "--quiet", "--audio", str(episode.audio), "--out", str(out), "--id", "talk"]
    words += ["--transcript", str(episode.transcript), "--diarizer", "text", "--device", "cpu"]
    assert main([*words, "--model", str(model), *more]) == 0
    return tuple(
        json.loads((out / f"talk.{name}.json").read_text(encoding="utf-8"))
        for name in ("episode", "report")
    )  # type: ignore[return-value]


def errors_ms(found: dict[str, Any], episode: SpokenEpisode) -> npt.NDArray[np.float64]:
    """Found minus true starts and ends, shape (words, 2); NaN for absent words."""
    times = [
        (np.nan, np.nan) if word["start_ms"] is None else (word["start_ms"], word["end_ms"])
        for word in found["words"]
    ]
    errors: npt.NDArray[np.float64] = np.array(times, dtype=float) - episode.truth_ms
    return errors


@pytest.fixture(scope="module")
def whisperx_run(
    episode: SpokenEpisode, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], dict[str, Any]]:
    out = tmp_path_factory.mktemp("whisperx")
    return align(episode, tiny_model, out, "--aligner", "whisperx")


@pytest.fixture(scope="module")
def both_run(
    episode: SpokenEpisode, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], dict[str, Any]]:
    return align(episode, tiny_model, tmp_path_factory.mktemp("both"), "--aligner", "both")


def test_no_word_is_without_a_time(whisperx_run: Any, episode: SpokenEpisode) -> None:
    found, _ = whisperx_run
    assert found["engine"]["aligner"] == "whisperx"
    assert len(found["words"]) == len(episode.truth_ms)
    assert {word["status"] for word in found["words"]} == {"aligned"}
    starts = [word["start_ms"] for word in found["words"]]
    assert starts == sorted(starts)


def test_words_are_where_they_are_said(whisperx_run: Any, episode: SpokenEpisode) -> None:
    errors = np.abs(errors_ms(whisperx_run[0], episode))
    assert np.median(errors) <= 40
    assert (errors <= 200).mean() >= 0.9


def test_numbers_and_symbols_are_where_they_are_said(
    whisperx_run: Any, episode: SpokenEpisode
) -> None:
    found, _ = whisperx_run
    errors = errors_ms(found, episode)
    numeric = [at for at, word in enumerate(found["words"]) if any(map(str.isdigit, word["text"]))]
    assert len(numeric) == 12
    assert np.median(np.abs(errors[numeric])) <= 60


def test_a_word_before_a_pause_does_not_reach_over_it(
    whisperx_run: Any, episode: SpokenEpisode
) -> None:
    pauses = np.flatnonzero(episode.truth_ms[1:, 0] - episode.truth_ms[:-1, 1] > 300)
    late = errors_ms(whisperx_run[0], episode)[pauses, 1]
    assert np.median(late) <= 60


def test_confidence_is_a_probability_that_tells_words_apart(whisperx_run: Any) -> None:
    sure = [word["confidence"] for word in whisperx_run[0]["words"]]
    assert all(0 < value < 1 for value in sure)
    assert np.std(sure) > 0.01


@pytest.fixture(scope="module")
def default_run(
    episode: SpokenEpisode, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], dict[str, Any]]:
    return align(episode, tiny_model, tmp_path_factory.mktemp("default"), "--aligner", "hmm")


def test_both_keep_the_more_precise_times_and_report_how_often_they_differ(
    both_run: Any, default_run: Any, episode: SpokenEpisode
) -> None:
    found, report = both_run
    errors = np.abs(errors_ms(found, episode))
    assert np.median(errors) <= 20
    second = report["second_opinion"]
    assert second["compared"] == len(found["words"])
    assert second["differ"] == second["compared"] - second["agree"]
    assert second["agree"] >= 0.8 * second["compared"]
    assert len(second["differences"]) == min(50, second["differ"])
    differ = {one["word"] for one in second["differences"]}
    assert 0 < len(differ) < 50
    for at, (word, alone) in enumerate(zip(found["words"], default_run[0]["words"], strict=True)):
        if at in differ:
            assert word["confidence"] <= round(0.6 * alone["confidence"], 3)
        else:
            assert word["confidence"] >= alone["confidence"]


def test_both_doubts_a_word_that_only_one_puts_right(
    episode: SpokenEpisode, tiny_model: Path, tmp_path: Path
) -> None:
    """The text says `1984` where something else is said: the two find different places."""
    import dataclasses

    text = episode.transcript.read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.txt"
    wrong.write_text(text.replace("travel over summer", "doctor music percent", 1), "utf-8")
    changed = dataclasses.replace(episode, transcript=wrong)
    found, _ = align(changed, tiny_model, tmp_path / "out", "--aligner", "both")
    texts = [word["text"] for word in found["words"]]
    at = texts.index("percent")
    assert texts[at - 2 : at] == ["doctor", "music"]
    sure = [word["confidence"] for word in found["words"]]
    assert np.mean(sure[at - 2 : at + 1]) < np.median(sure) - 0.3


def test_without_a_first_pass_whisperx_finds_the_words_itself(
    episode: SpokenEpisode, tiny_model: Path, tmp_path: Path
) -> None:
    """Its voice activity detection, what the network recognises there, matched to the text."""
    found, report = align(
        episode, tiny_model, tmp_path, "--aligner", "whisperx", "--first-pass", "none"
    )
    errors = np.abs(errors_ms(found, episode))
    assert report["words"]["absent"] <= 0.15 * len(errors)
    assert np.nanmedian(errors) <= 40
    assert np.nanmean(errors <= 200) >= 0.85


def test_the_same_input_gives_the_same_bytes(
    whisperx_run: Any, episode: SpokenEpisode, tiny_model: Path, tmp_path: Path
) -> None:
    again, _ = align(episode, tiny_model, tmp_path, "--aligner", "whisperx")
    assert again == whisperx_run[0]
