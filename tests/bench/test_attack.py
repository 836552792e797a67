"""A small part of `make attack`: that the attacks attack, and that the program holds."""

import os
import random
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import attack_inputs, attack_surroundings
from bench.attack_support import Attempt, Clip, forked, make_clip

pytestmark = pytest.mark.attack


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return make_clip(tmp_path_factory.mktemp("attack"))


def held(attempts: Iterator[Attempt], least: int) -> None:
    found = list(attempts)
    assert len(found) >= least
    assert [attempt for attempt in found if not attempt.held] == []


def test_damaged_media(clip: Clip) -> None:
    held(attack_inputs.damaged_media(clip, 4, random.Random(1)), 4)


def test_manifests(clip: Clip) -> None:
    held(attack_inputs.manifests(clip), 60)


def test_kept_work(clip: Clip) -> None:
    held(attack_inputs.kept_work(clip, 2, random.Random(1)), 2)


def test_planted_modules(clip: Clip) -> None:
    held(attack_surroundings.planted(clip, ["help", "batch"]), 4)


def test_streams(clip: Clip) -> None:
    held(attack_surroundings.streams(clip, ["check"]), 9)


def test_what_does_not_hold_is_told(tmp_path: Path) -> None:
    def bug() -> int:
        print("TypeError: x; this is a bug", file=sys.stderr)
        return 2

    def crash() -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    tries = [("good", lambda: 0), ("status", lambda: 1), ("bug", bug), ("crash", crash)]
    found = {attempt.name: attempt.held for attempt in forked(tries)}
    assert found == {"good": True, "status": False, "bug": False, "crash": False}
