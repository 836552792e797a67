import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import pipeline
from pipeline.cli import main
from pipeline.cli.commands import COMMANDS

ROOT = Path(__file__).parents[2]


def program(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *words],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_help_lists_every_command() -> None:
    done = program("--help")
    assert (done.returncode, done.stderr) == (0, "")
    for name, command in COMMANDS.items():
        assert f"  {name}" in done.stdout
        assert command.summary in done.stdout
    assert "example:" in done.stdout


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_has_help_with_an_example(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"usage: episode-subtitles {name}" in shown
    assert f"example:\n  episode-subtitles {name} " in shown


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pipeline.cli import main\n"
        "for words in (['--help'], *([name, '--help'] for name in sys.argv[1:])):\n"
        "    assert main(words) == 0\n"
        "heavy = set('torch whisperx numpy numba pydantic rich srt inflect ffmpeg'.split())\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *COMMANDS],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", [["--version"], ["run", "--version"]])
def test_version(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert capsys.readouterr().out == f"episode-subtitles {pipeline.__version__}\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no command given; episode-subtitles --help lists them"),
        (["rnu"], "there is no command rnu; did you mean run?"),
        (
            ["xyz"],
            "there is no command xyz; "
            "known are align, batch, chapters, check, compare, doctor, export, models, mux, "
            "review, run",
        ),
        (["--verison"], "there is no option --verison; did you mean --version?"),
        (["run", "--audoi", "x"], "there is no option --audoi; did you mean --audio?"),
        (["run", "--audoi=x"], "there is no option --audoi; did you mean --audio?"),
        (
            ["run", "--audio", "x"],
            "the following arguments are required: --transcript, --out; "
            "episode-subtitles run --help lists the options",
        ),
        (["export"], "the following arguments are required: EPISODE"),
    ],
)
def test_wrong_usage(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"episode-subtitles: error: {message}")
    assert shown.err.count("\n") == 1


def test_common_options_may_come_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quiet", "chapters", "nowhere.json"]) == 2
    assert "nowhere.json: there is no such timed episode" in capsys.readouterr().err


def test_reader_that_leaves_is_no_fault() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "--help"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    child.stdout.close()
    assert child.stderr is not None
    assert child.stderr.read() == b""
    assert child.wait() in (0, 141)
    child.stderr.close()


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_with_130_and_leave_nothing(tmp_path: Path, number: int) -> None:
    audio = tmp_path / "a.mp3"
    audio.write_bytes(b"x")
    (tmp_path / "a.txt").write_text("Hello there.\n")
    code = (
        "import sys, time, pipeline.run\n"
        "class Slow:\n"
        "    def align(self, *parts):\n"
        "        print('aligning', flush=True)\n"
        "        time.sleep(60)\n"
        "pipeline.run._load_aligner = lambda name, settings: Slow()\n"
        "from pipeline.cli import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, "run", "--audio", str(audio),
         "--transcript", str(tmp_path / "a.txt"), "--out", str(tmp_path / "out")],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == "aligning\n"
    time.sleep(0.05)
    child.send_signal(number)
    _, errors = child.communicate(timeout=30)
    assert child.returncode == 130
    assert errors.splitlines()[-1] == "episode-subtitles: error: interrupted"
    assert "Traceback" not in errors
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp3", "a.txt"]
