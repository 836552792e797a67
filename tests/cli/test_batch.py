import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.batch.options import PER_EPISODE, run_options
from pipeline.cli import main
from tests.batch.episodes import BAD, outputs, write_episodes

GOOD = 4
GOOD_IDS = [f"e{number:02}" for number in range(GOOD)]
PATIENCE_S = 60.0
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A manifest of good and bad episodes."""
    return write_episodes(tmp_path_factory.mktemp("episodes"), GOOD)


@pytest.fixture(scope="module")
def done(episodes: Path) -> Path:
    """The folder of its outputs; only to be looked at."""
    out = episodes.parent / "out"
    assert main(["batch", str(episodes), "--out", str(out), "--jobs", "2", "--quiet"]) == 3
    return out


def summary(out: Path) -> dict[str, dict[str, str]]:
    with (out / "summary.csv").open(encoding="utf-8") as stream:
        return {row["id"]: row for row in csv.DictReader(stream)}


def attempts(out: Path) -> dict[str, int]:
    logs = {path.parent.name: path.read_text() for path in (out / ".batch").glob("*/log.txt")}
    return {name: log.count("begun, attempt") for name, log in logs.items()}


def copy(done: Path, folder: Path) -> Path:
    return Path(shutil.copytree(done, folder / "out"))


def test_good_ones_are_done_and_bad_ones_explained(done: Path) -> None:
    rows = summary(done)
    assert [name for name in rows if rows[name]["state"] == "done"] == GOOD_IDS
    assert {name for name in rows if rows[name]["state"] == "failed"} == set(BAD)
    for name, reason in BAD.items():
        assert reason in rows[name]["reason"]
        assert "\n" not in rows[name]["reason"]
        assert reason in (done / rows[name]["log"]).read_text()
        assert not (done / name).exists()
    assert all(float(rows[name]["coverage"]) > 0.9 for name in GOOD_IDS)
    page = (done / "index.html").read_text()
    assert all(f'href="{name}/{name}.review.html"' in page for name in GOOD_IDS)


def test_the_same_as_run(episodes: Path, done: Path, tmp_path: Path) -> None:
    name = GOOD_IDS[2]
    inputs = [f"--audio={episodes.parent / name}.wav", f"--transcript={episodes.parent / name}.txt"]
    assert main(["run", *inputs, "--out", str(tmp_path / name), "--quiet"]) == 0
    alone = outputs(tmp_path)
    together = {k: v for k, v in outputs(done).items() if k.startswith(f"{name}/")}
    assert together.pop(f"{name}/{name}.review.html")
    assert alone == together


def test_shards_share_a_folder_and_the_result_is_the_same(
    episodes: Path, done: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = [sys.executable, "-m", "pipeline", "batch", str(episodes), "--out", str(out), "--quiet"]
    # Shards 1 and 2, and at the same time another driver for everything.
    shards = [["--shard", "1/2"], ["--shard", "2/2"], []]
    drivers = [
        subprocess.Popen([*words, "--jobs", "1", *shard], cwd=ROOT, stderr=subprocess.DEVNULL)
        for shard in shards
    ]
    assert [driver.wait() for driver in drivers] == [3, 3, 3]
    assert outputs(out) == outputs(done)
    assert {name: attempts(out)[name] for name in GOOD_IDS} == dict.fromkeys(GOOD_IDS, 1)
    assert {row["state"] for row in summary(out).values()} == {"done", "failed"}


def test_nothing_is_done_twice(
    episodes: Path, done: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = copy(done, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in out.glob("e*/*")}
    command = ["batch", str(episodes), "--out", str(out), "--jobs", "1"]
    assert main(command) == 3
    shown = capsys.readouterr()
    # What the manifest itself tells costs nothing to look at again.
    assert f"3 episodes to do, {GOOD + len(BAD) - 3} settled before" in shown.err
    assert f"{GOOD} done, {len(BAD)} failed" in shown.out
    assert {path: path.stat().st_mtime_ns for path in out.glob("e*/*")} == before
    assert main([*command, "--only", GOOD_IDS[0], "--force", "--quiet"]) == 0
    again = {path for path, then in before.items() if path.stat().st_mtime_ns != then}
    assert {path.parent.name for path in again} == {GOOD_IDS[0]}
    assert main([*command, "--only", "no-words", "--retry-failed", "--quiet"]) == 3
    assert attempts(out)["no-words"] == attempts(done)["no-words"] + 1


def test_another_style_only_exports(
    episodes: Path, done: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = copy(done, tmp_path)
    command = ["batch", str(episodes), "--out", str(out), "--jobs", "1", "--style", "bbc"]
    assert main([*command, "--only", GOOD_IDS[1]]) == 0
    assert "(from the kept timed episode)" in capsys.readouterr().err
    report = json.loads((out / GOOD_IDS[1] / f"{GOOD_IDS[1]}.report.json").read_text())
    assert report["style_check"]["style"] == "bbc"


def test_status(episodes: Path, done: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", str(episodes), "--out", str(done), "--status"]) == 0
    assert f"{GOOD} done, {len(BAD)} failed" in capsys.readouterr().out
    elsewhere = str(done / "nowhere")
    assert main(["batch", str(episodes), "--out", elsewhere, "--status"]) == 0
    assert f"{GOOD + len(BAD)} waiting" in capsys.readouterr().out
    assert not Path(elsewhere).exists()


def test_check(episodes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", str(episodes), "--check"]) == 2
    shown = capsys.readouterr().err.splitlines()
    # Whether a text belongs to its audio shows only when it is aligned.
    told = {reason for name, reason in BAD.items() if name not in ("other-text", "not-audio")}
    assert all(any(reason in line for line in shown) for reason in told - {BAD["empty-audio"]})
    assert "empty.wav" in "".join(shown) and "noise.wav" in "".join(shown)
    assert all(f"episode {name}: " in "".join(shown) for name in BAD if name != "other-text")
    assert shown[-1].endswith(f"episodes.csv: {len(BAD) - 1} faults; nothing was run")
    good = tmp_path / "good.jsonl"
    good.write_text(json.dumps({"audio": "e00.wav", "transcript": "e00.txt"}))
    for name in ("e00.wav", "e00.txt"):
        shutil.copy(episodes.parent / name, tmp_path / name)
    assert main(["batch", str(good), "--check"]) == 0
    assert capsys.readouterr().out == "1 episodes, no faults\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "--out is missing"),
        (["--out", "x", "--only", "e0"], "there is no episode e0 in the manifest; did you mean e0"),
        (["--out", "x", "--shard", "3/2"], "3/2 is not K/N with K from 1 to N"),
        (["--out", "x", "--shard", "0/2"], "0/2 is not K/N"),
        (["--out", "x", "--jobs", "0"], "0 is not a number from 1 on"),
        (["--out", "x", "--engine", "lokal"], "there is no engine lokal; did you mean local?"),
        (["--out", "x", "--address", "auto"], "--address is for --engine ray"),
        (["--out", "x", "--timeout", "nan"], "nan is not a number of seconds"),
        (["--out", "x", "--retries=-1"], "-1 is not a number from 0 on"),
        (["--out", "x", "--min-coverage", "2"], "2 is not a number from 0 to 1"),
    ],
)
def test_bad_options(
    episodes: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["batch", str(episodes), *options]) == 2
    shown = capsys.readouterr().err
    assert message in shown and shown.count("\n") == 1


def test_faults_of_the_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = tmp_path / "m.csv"
    manifest.write_text("id,audio,transcript\na,../a.mp3,a.txt\nb,,a.txt\n")
    assert main(["batch", str(manifest), "--out", str(tmp_path / "out")]) == 2
    shown = capsys.readouterr().err.splitlines()
    assert [line.partition(f"{manifest}")[2].partition(" ")[0] for line in shown] == [
        ":2:",
        ":3:",
        ":",
    ]
    assert not (tmp_path / "out").exists()


def test_every_option_of_run_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "--help"]) == 0
    shown = capsys.readouterr().out
    options = {name.replace("_", "-") for name in run_options() if name not in PER_EPISODE}
    assert {"style", "diarizer", "config"} <= options
    assert all(f"--{name}" in shown for name in options)


def start(episodes: Path, out: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "pipeline", "batch", str(episodes), "--out", str(out)]
    driver = subprocess.Popen(
        [*words, "--jobs", "2"], cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    until_s = time.monotonic() + PATIENCE_S
    while not list(out.glob("e*/*.srt")) and time.monotonic() < until_s:
        time.sleep(0.05)
    return driver


def test_ctrl_c_then_go_on(episodes: Path, done: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with start(episodes, out) as driver:
        driver.send_signal(signal.SIGINT)
        shown = driver.communicate(timeout=PATIENCE_S)[1]
        assert driver.returncode == 130
    assert "Traceback" not in shown and shown.rstrip().endswith(
        "interrupted; the same command goes on"
    )
    states = {row["state"] for row in summary(out).values()}
    assert "interrupted" not in states and "waiting" in states
    assert main(["batch", str(episodes), "--out", str(out), "--jobs", "2", "--quiet"]) == 3
    assert outputs(out) == outputs(done)
    assert {name: attempts(out)[name] for name in GOOD_IDS} == dict.fromkeys(GOOD_IDS, 1)


def test_kill_9_then_go_on(episodes: Path, done: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with start(episodes, out) as driver:
        os.kill(driver.pid, signal.SIGKILL)
    assert main(["batch", str(episodes), "--out", str(out), "--jobs", "2", "--quiet"]) == 3
    assert outputs(out) == outputs(done)
    finished = [(out / ".batch" / name / "log.txt").read_text() for name in GOOD_IDS]
    assert all(log.count(" done\n") <= 1 for log in finished)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_shares_the_work(episodes: Path, tmp_path: Path) -> None:
    makefile = tmp_path / "Makefile"
    makefile.write_text(
        f"all: shard-1 shard-2\nshard-%:\n\t{sys.executable} -m pipeline batch {episodes} "
        f"--out {tmp_path / 'out'} --only e00 --only e01 --jobs 1 --quiet\n"
    )
    subprocess.run(["make", "-s", "-j2", "-f", str(makefile)], cwd=ROOT, check=True, timeout=120)
    assert {path.parent.name for path in (tmp_path / "out").glob("*/*.srt")} == {"e00", "e01"}
