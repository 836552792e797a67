import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.isolation import ROOT, environment, module_path, python_command


def plant(folder: Path, *names: str) -> None:
    for name in names:
        (folder / f"{name}.py").write_text(f"open({str(folder / 'ran')!r}, 'w').close()\n")


def test_the_current_folder_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path.parent / "link").symlink_to(tmp_path)
    strange = ["", str(tmp_path), str(tmp_path.parent / "link")]
    monkeypatch.setattr(sys, "path", [*strange, "/somewhere", *sys.path])
    path = module_path()
    assert path[0] == "/somewhere"
    assert not set(strange) & set(path)


def test_a_checkout_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "path", [ROOT, *(p for p in sys.path if p not in ("", ROOT))])
    assert module_path()[-1] == ROOT and module_path().count(ROOT) == 1


def test_pythons_own_folders_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for who stands in one."""
    standard = os.path.dirname(os.__file__)  # noqa: PTH120
    monkeypatch.chdir(standard)
    assert standard in module_path()


def test_what_is_started_imports_nothing_from_there(tmp_path: Path) -> None:
    plant(tmp_path, "argparse", "json", "sitecustomize", "socket", "pathlib", "pipeline")
    program = (
        f"import sys; sys.path.insert(0, {ROOT!r}); import pipeline.isolation as it, subprocess\n"
        "done = subprocess.run(it.python_command('pipeline.cli.main', '--version'),\n"
        "                      env=it.environment(), capture_output=True, text=True)\n"
        "print(done.stdout + done.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("episode-subtitles ")
    assert not (tmp_path / "ran").exists()


def test_the_environment_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", ":/x")
    assert "PYTHONPATH" not in environment()
    assert environment()["PYTHONSAFEPATH"] == "1"


def test_a_folder_with_any_characters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as the colon that would part it in PYTHONPATH, or a byte that is no text."""
    folder = tmp_path / "a:'b\udcff"
    folder.mkdir()
    (folder / "strange_module.py").write_text("def main():\n    print('here')\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    done = subprocess.run(
        python_command("strange_module"), env=environment(), capture_output=True, check=True
    )
    assert done.stdout == b"here\n"


def test_python_m_leaves_before_it_imports(tmp_path: Path) -> None:
    plant(tmp_path, "argparse", "tempfile", "signal", "traceback", "secrets", "numpy")
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "--version"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": ROOT},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "ran").exists()
