import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline import kernels
from pipeline.isolation import ROOT

PR_CAPBSET_DROP = 24
FILE_CAPABILITIES = (1, 2, 3)
"""CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH and CAP_FOWNER, by which root passes over permissions."""

PROGRAM = """
import sys
from pipeline.kernels import place_told
from pipeline.align.tiny import double
assert double(21) == 42
print(place_told())
print(double.stats.cache_path)
"""
KERNEL = """
from pipeline.kernels import kernel

@kernel()
def double(x):
    return 2 * x
"""


def without_privileges() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in FILE_CAPABILITIES:
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A read-only copy of the package, as far as it is needed, with one small kernel."""
    if sys.platform != "linux" and os.getuid() == 0:
        pytest.skip("root may write anywhere; only on Linux it can be kept from it")
    root = tmp_path / "installed"
    for part in ("align", "audio", "speakers"):
        (root / "pipeline" / part).mkdir(parents=True)
    for name in ("__init__.py", "isolation.py", "kernels.py"):
        shutil.copy(Path(ROOT) / "pipeline" / name, root / "pipeline")
    (root / "pipeline" / "align" / "tiny.py").write_text(KERNEL)
    for folder in [root, *(path for path in root.rglob("*") if path.is_dir())]:
        folder.chmod(0o555)
    (tmp_path / "closed").mkdir(0o555)
    return root


def run(root: Path, **variables: Path) -> list[str]:
    mine = {"HOME": root.parent / "closed", "TMPDIR": root.parent / "closed", **variables}
    ours = {name: str(value) for name, value in mine.items()}
    kept = {n: v for n, v in os.environ.items() if n not in ("XDG_CACHE_HOME", "NUMBA_CACHE_DIR")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=root, capture_output=True, text=True, check=False,
        env={**kept, **ours, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=without_privileges if os.getuid() == 0 else None,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def compiled(folder: Path) -> list[Path]:
    return list(folder.rglob("*.nbi"))


def test_the_folder_that_the_user_names(installed: Path, tmp_path: Path) -> None:
    named = tmp_path / "named"
    assert run(installed, EPISODE_SUBTITLES_CACHE=named)[0] == "None"
    assert compiled(named)


def test_the_users_own_folder(installed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert run(installed, HOME=home)[0] == "None"
    assert compiled(home / ".cache" / "episode-subtitles" / "kernels")


def test_a_temporary_folder_is_told_and_lasts(installed: Path, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    closed = tmp_path / "closed" / "x"
    told = run(installed, TMPDIR=temporary, EPISODE_SUBTITLES_CACHE=closed)[0]
    assert told.startswith(f"EPISODE_SUBTITLES_CACHE names {closed}, which cannot be written to; ")
    folder = temporary / f"episode-subtitles-{os.getuid()}"
    assert f"compiled code is kept in {folder}" in told
    assert folder.stat().st_mode & 0o777 == 0o700
    before = compiled(folder)
    run(installed, TMPDIR=temporary)
    assert before and compiled(folder) == before


def test_nowhere_is_told(installed: Path, tmp_path: Path) -> None:
    everybodys = tmp_path / "everybodys"
    everybodys.mkdir()
    everybodys.chmod(0o777)  # without the bit that keeps names from being taken by others
    told, place = run(installed, TMPDIR=everybodys)
    assert told.startswith("compiled code cannot be kept anywhere") and place == "None"
    assert not compiled(tmp_path)


def place(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> kernels._Place:
    for name in ("EPISODE_SUBTITLES_CACHE", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return kernels._place.__wrapped__()


def test_a_writable_package_is_its_own_place(monkeypatch: pytest.MonkeyPatch) -> None:
    found = place(monkeypatch, {})
    assert (found.folder, found.told, found.kept) == (None, None, True)


@pytest.mark.parametrize("how", ["a link", "open to others", "of another"])
def test_folders_that_others_could_fill_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Numba unpickles what it finds there, and that runs it."""
    planted = tmp_path / f"episode-subtitles-{os.getuid()}"
    if how == "a link":
        (tmp_path / "theirs").mkdir(0o700)
        planted.symlink_to(tmp_path / "theirs")
    else:
        planted.mkdir(0o700)
    if how == "open to others":
        planted.chmod(0o770)
    if how == "of another":
        if os.getuid() != 0:
            pytest.skip("only root can give a folder away")
        os.chown(planted, 65534, 65534)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(kernels, "_package_folders", lambda: iter([tmp_path / "no" / "x"]))
    monkeypatch.setattr(kernels, "_user_folder", lambda: None)
    (tmp_path / "no").write_text("")
    found = place(monkeypatch, {})
    assert found.folder is not None and found.folder.parent == tmp_path
    assert found.folder != planted
    assert found.folder.stat().st_mode & 0o777 == 0o700


def test_settings_of_the_current_folder_are_not_taken(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    (tmp_path / ".numba_config.yaml").write_text("disable_jit: 1\ncache_dir: evil\n")
    program = (
        "from pipeline.kernels import kernel\n"
        "@kernel()\n"
        "def double(x): return 2 * x\n"
        "from numba.core import config\n"
        "config.reload_config()\n"
        "print(double(4), config.DISABLE_JIT, config.CACHE_DIR == 'evil', end='')"
    )
    script = tmp_path / "script.py"
    script.write_text(program)
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": ROOT},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "8 0 False", "")
