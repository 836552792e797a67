import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("words", [[], ["help"]])
def test_help_lists_the_targets(words: list[str]) -> None:
    done = subprocess.run(["make", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    targets = "demo test lint subtitles batch review bench attack setup clean"
    targets += " setup-whisperx test-whisperx"
    for target in targets.split():
        assert f"\n  {target} " in done.stdout, target


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_ci_script_is_sound() -> None:
    subprocess.run(["bash", "-n", ".ci/run"], cwd=ROOT, check=True)
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
