"""`make attack`: what people who mean harm try, on the whole program; some minutes.

Each kind of attack tells how often it was tried and how often the program held: it did its work or
refused in one line, without an internal error, a hang, or an effect that nobody asked for.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench import attack_inputs, attack_surroundings
from bench.attack_support import Attempt, Clip, make_clip
from bench.kills import main as kills

MEDIA = 324
KILLS = 28
DAMAGES = 40


def killed(clip: Clip, count: int, rng: random.Random) -> Iterator[Attempt]:
    """SIGKILL while outputs are written: the old set or the new one; see `bench.kills`."""
    try:
        kills(["--kills", str(count), "--seed", str(rng.randrange(1 << 16))])
    except SystemExit as stop:
        yield from (Attempt(f"kill {n}", not stop.code, "see above") for n in range(count))


KINDS: dict[str, Callable[[Clip, random.Random], Iterator[Attempt]]] = {
    "damaged media": lambda clip, rng: attack_inputs.damaged_media(clip, MEDIA, rng),
    "names of files": lambda clip, rng: attack_inputs.names(clip),
    "manifests": lambda clip, rng: attack_inputs.manifests(clip),
    "kept work": lambda clip, rng: attack_inputs.kept_work(clip, DAMAGES, rng),
    "planted modules": lambda clip, rng: attack_surroundings.planted(clip),
    "standard streams": lambda clip, rng: attack_surroundings.streams(clip),
    "kills while writing": lambda clip, rng: killed(clip, KILLS, rng),
}


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=sorted(KINDS))
    parser.add_argument("--seed", type=int, default=25)
    options = parser.parse_args(words)
    fell = False
    with tempfile.TemporaryDirectory(prefix="attack-") as name:
        clip = make_clip(Path(name))
        for kind in options.only or KINDS:
            began_s = time.monotonic()
            attempts = list(KINDS[kind](clip, random.Random(f"{options.seed} {kind}")))
            held = sum(attempt.held for attempt in attempts)
            spent_s = time.monotonic() - began_s
            print(f"{kind}: {len(attempts)} tried, {held} held ({spent_s:.0f} s)", flush=True)
            for attempt in attempts:
                if not attempt.held:
                    print(f"  {attempt.name!a}: {attempt.why}", flush=True)
            fell |= held < len(attempts) or not attempts
    sys.exit(fell)


if __name__ == "__main__":
    main()
