"""`make fuzz`: many hostile inputs on everything that reads what strangers wrote.

Each reader runs in a process of its own, with 2 GB of memory and 10 s for a case: by atheris
(libFuzzer, guided by coverage) where it is installed, and by hypothesis. A case that raises
anything but our own errors, takes longer or more memory ends it and is printed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

CASES = 6000
MOST_S = 10
MOST_MEMORY_MB = 2048
_DONE = re.compile(r"(?:Done (\d+) runs|cases: (\d+))")


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES, help="for each reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--engine", choices=("atheris", "hypothesis"))
    options = parser.parse_args(words)
    if options.engine:
        # Before anything of ours is imported: atheris instruments it on the way in.
        fuzz_here(options.only[0], options.engine, options.cases, options.seed)
        return
    from tests.fuzz.readers import READERS

    total, holes = 0, []
    has_atheris = importlib.util.find_spec("atheris") is not None
    for name in options.only or READERS:
        shares = [("hypothesis", options.cases)]
        if has_atheris:
            shares = [("atheris", options.cases), ("hypothesis", options.cases // 50)]
        for engine, cases in shares:
            started_s = time.monotonic()
            with tempfile.TemporaryDirectory() as folder:
                # Theirs to leave things in: libFuzzer ends without cleaning up.
                done = subprocess.run(
                    [sys.executable, "-m", "bench.fuzz", "--engine", engine, "--only", name,
                     "--cases", str(cases), "--seed", str(options.seed)],
                    capture_output=True, text=True, errors="backslashreplace", check=False,
                    env={**os.environ, "TMPDIR": folder},
                )  # fmt: skip
            said = done.stdout + done.stderr
            counted = sum(int(a or b) for a, b in _DONE.findall(said))
            total += counted
            spent_s = time.monotonic() - started_s
            verdict = "ok" if done.returncode == 0 else f"HOLE (status {done.returncode})"
            print(
                f"{name:18} {engine:10} {counted:7} cases {spent_s:6.0f} s  {verdict}", flush=True
            )
            if done.returncode:
                holes.append(name)
                print(said[-3000:], flush=True)
    print(f"{total} cases on {len(options.only or READERS)} readers, {len(holes)} holes")
    sys.exit(bool(holes))


def fuzz_here(name: str, engine: str, cases: int, seed: int) -> None:
    """Fuzz one reader in this process; ends it with a status that is not 0 at the first hole."""
    with tempfile.TemporaryDirectory() as folder:
        if engine == "atheris":
            _by_atheris(name, cases, seed, Path(folder))
        else:
            _by_hypothesis(name, cases, seed, Path(folder))


def _by_atheris(name: str, cases: int, seed: int, folder: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["pipeline"]):
        from tests.fuzz.readers import READERS, refuses_or_reads
    reader = READERS[name]
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, example in enumerate(reader.examples):
        (corpus / str(number)).write_bytes(example)
    words = folder / "words"
    words.write_text(
        "".join(
            '"' + "".join(f"\\x{byte:02x}" for byte in token.encode()) + '"\n'
            for token in reader.tokens
            if 0 < len(token.encode()) <= 64
        ),
        encoding="utf-8",
    )
    flags = [
        f"-runs={cases}", f"-seed={seed}", f"-timeout={MOST_S}", f"-rss_limit_mb={MOST_MEMORY_MB}",
        f"-dict={words}", "-max_len=20000", f"-artifact_prefix={folder}/", "-verbosity=1",
    ]  # fmt: skip

    def attempt(content: bytes) -> None:
        refuses_or_reads(reader, content, folder)

    atheris.Setup([sys.argv[0], *flags, str(corpus)], attempt)
    atheris.Fuzz()


def _by_hypothesis(name: str, cases: int, seed: int, folder: Path) -> None:
    import hypothesis
    from hypothesis import HealthCheck, Phase, given, settings

    from tests.fuzz.readers import READERS, refuses_or_reads
    from tests.fuzz.strategies import inputs

    reader = READERS[name]
    limit = MOST_MEMORY_MB << 20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    count = 0

    @hypothesis.seed(seed)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(inputs(reader))
    def attempt(content: bytes) -> None:
        nonlocal count
        count += 1
        signal.alarm(MOST_S)  # not caught: it ends the process
        refuses_or_reads(reader, content, folder)
        signal.alarm(0)

    attempt()
    print(f"cases: {count}")


if __name__ == "__main__":
    main()
