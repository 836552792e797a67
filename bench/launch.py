"""`launch.py USAGE.json LOG COMMAND…`: run a command, write its time and memory. Stays small."""

import json
import os
import sys
import time


def main() -> None:
    """Run the command line."""
    usage_path, log_path, *command = sys.argv[1:]
    with open(log_path, "wb") as log:  # noqa: PTH123 (importing pathlib would make this grow)
        begin = time.perf_counter()
        pid = os.posix_spawnp(
            command[0],
            command,
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, log.fileno(), 1),
                (os.POSIX_SPAWN_DUP2, log.fileno(), 2),
            ],
        )
        _, status, usage = os.wait4(pid, 0)
        wall_s = time.perf_counter() - begin
    figures = {
        "status": os.waitstatus_to_exitcode(status),
        "wall_s": wall_s,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024),
    }
    with open(usage_path, "w", encoding="utf-8") as out:  # noqa: PTH123
        json.dump(figures, out)


if __name__ == "__main__":
    main()
