"""A batch on a disk that fills up, and on one that turns read-only."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import time
from pathlib import Path

from bench.batch_support import FEW, ROOT, Report, command, run, write_few
from tests.batch.episodes import outputs


def disk(work: Path, report: Report, options: argparse.Namespace) -> None:
    manifest = write_few(work)
    run(manifest, work / "reference")
    reference = outputs(work / "reference")
    mounted = work / "disk"
    mounted.mkdir()
    # The state and some of the episodes fit, not all of them.
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=560k", "tmpfs", mounted]).returncode:
        report.say("- not tried: a small disk can be mounted by root only")
        return
    try:
        out = mounted / "out"
        status, shown, _ = run(manifest, out)
        some = len(list(out.glob("*/*.srt")))
        whole = all(reference[name] == text for name, text in outputs(out).items())
        one_line = "disk is full" in shown and shown.count("\n") == 0
        report.check(
            f"disk full: stops with one clear line and status 2, {some} of {FEW} whole",
            status == 2 and one_line and whole,
            f"`{shown[-120:].replace(str(work), '')}`",
        )
        subprocess.run(["mount", "-o", "remount,size=64m", mounted], check=True)
        status, _, _ = run(manifest, out)
        report.check("… goes on when there is space", status == 0 and outputs(out) == reference)
        shutil.rmtree(out)
        driver = subprocess.Popen(
            command(manifest, out), cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        while not list(out.glob("*/*.srt")) and driver.poll() is None:
            time.sleep(0.02)
        subprocess.run(["chattr", "-R", "+i", out], check=True)  # root has every permission else
        shown = driver.communicate()[1].strip()
        subprocess.run(["chattr", "-R", "-i", out], check=True)
        some = len(list(out.glob("*/*.srt")))
        report.check(
            f"permission lost: stops with one clear line and status 2, {some} of {FEW} whole",
            driver.returncode == 2 and shown.count("\n") == 0 and some < FEW,
            f"`{shown[-120:].replace(str(work), '')}`",
        )
        status, _, _ = run(manifest, out)
        report.check("… goes on when it is back", status == 0 and outputs(out) == reference)
    finally:
        subprocess.run(["umount", mounted], check=False)
