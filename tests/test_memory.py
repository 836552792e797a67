from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
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
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 20_000_000
