from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from pipeline.memory import give_back_freed


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_thread_freed_goes_back() -> None:
    def work() -> None:
        # Blocks too small to be mapped alone; the last keeps the heap from shrinking by itself.
        kept.append([bytearray(50_000) for _ in range(1000)])
        kept.append([bytearray(5000)])
        kept[0].clear()

    kept: list[list[bytearray]] = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    before = resident_bytes()
    give_back_freed()
    assert resident_bytes() < before - 20_000_000
