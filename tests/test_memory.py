from __future__ import annotations

import subprocess
import sys

import pytest

FREED_BY_A_THREAD = """
import threading
from pathlib import Path
from pipeline.memory import give_back_freed

def resident_bytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

def work():
    # Blocks too small to be mapped alone; the last keeps the heap from shrinking by itself.
    kept.append([bytearray(50_000) for _ in range(1000)])
    kept.append([bytearray(5000)])
    kept[0].clear()

kept = []
thread = threading.Thread(target=work)
thread.start()
thread.join()
before = resident_bytes()
give_back_freed()
print(before - resident_bytes())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_thread_freed_goes_back() -> None:
    # In a process of its own: what other tests have left in the heap does not count.
    done = subprocess.run(
        [sys.executable, "-c", FREED_BY_A_THREAD], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 20_000_000


FREED_AFTER_LARGER_ONES = """
from pathlib import Path
import numpy as np
from pipeline.memory import keep_little

def resident_bytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

keep_little()
np.ones(31_000_000, np.uint8)  # freed at once, and by itself a reason to keep smaller ones
before = resident_bytes()
kept = [np.ones(20_000_000, np.uint8), np.ones(1000, np.uint8)]
kept.pop(0)
print(resident_bytes() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_large_blocks_go_back_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FREED_AFTER_LARGER_ONES], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 5_000_000
