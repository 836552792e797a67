from __future__ import annotations

import sys

import numpy as np
import pytest

from bench.peers import run_measured
from bench.report import Row, report
from bench.score import score_episode
from bench.synth.script import render_script


def test_measures_the_process_and_not_the_one_that_started_it(tmp_path):
    ballast = np.ones(40_000_000)  # 320 MB, which a forked child would inherit as its peak
    code = "import sys; print('said', file=sys.stderr); sys.exit(3)"
    run = run_measured([sys.executable, "-S", "-c", code], tmp_path / "run.log")
    assert run.status == 3
    assert run.stderr.strip() == "said"
    assert 1 < run.peak_mb < ballast.nbytes / 2**20 / 2
    assert run.wall_s > 0


def test_measures_memory(tmp_path):
    code = "x = bytearray(200 * 2**20)"
    run = run_measured([sys.executable, "-S", "-c", code], tmp_path / "run.log")
    assert 200 <= run.peak_mb < 260


def test_report_shows_every_run(tmp_path):
    words = [{"text": "hi", "speaker": "", "start_ms": 10.0, "end_ms": 20.0, "index": 0}]
    truth = {"words": words, "lines": [{"start_ms": 10.0, "first_word": 0}]}
    truth["chapters"] = [{"start_ms": 10.0}]
    found = [{**words[0], "start_ms": 14, "confidence": 1.0, "status": "aligned"}]
    episode = {"words": found, "lines": [{"start_ms": 14}], "chapters": [{"start_ms": 14}]}
    run = run_measured([sys.executable, "-S", "-c", ""], tmp_path / "run.log")
    rows = [
        Row("clean", "hmm", 60.0, run, score_episode(episode, truth), stages_s={"search": 1.5}),
        Row("wrong", "hmm", 60.0, run, None, "refused, as it must"),
    ]
    text = report(rows, "Text: none.")
    tables = [line for line in text.splitlines() if line.startswith("| clean")]
    assert len(tables) == 5
    assert "refused, as it must" in text
    assert "1.50" in tables[1]
    assert "4.0" in tables[2]
    for table in text.split("\n## ")[1:]:
        rows_ = [line for line in table.splitlines() if line.startswith("|")]
        assert len({line.count("|") for line in rows_}) == 1


@pytest.mark.parametrize("source", ["demo", "edited"])
def test_the_project_reads_what_the_benchmark_writes(demo_script, clean_take, tmp_path, source):
    from bench.synth import faults

    parse = pytest.importorskip("pipeline.transcript.parse")
    script = demo_script
    if source == "edited":
        script = faults.corrupt_words(clean_take, 0.1, np.random.default_rng(2)).script
    path = tmp_path / "transcript.txt"
    path.write_text(render_script(script), encoding="utf-8")
    transcript = parse.read_transcript(path)
    assert [w.text for w in transcript.words] == [w.text for w in script.words]
    assert [line.text for line in transcript.lines] == [line.text for line in script.lines]
