"""`python -m bench.synth CASE --transcript FILE --out DIR`: an episode with its truth."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.synth.cases import CASES, write_case


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.synth", description=__doc__)
    parser.add_argument("case", choices=list(CASES))
    parser.add_argument("--transcript", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, help="only about the first minutes of the text")
    parser.add_argument(
        "--voices",
        default="rms,slt",
        help="flite's, or espeak-ng's such as espeak/en-us+f3; first speaker first",
    )
    parser.add_argument("--shares", help="of the words, e.g. 70,25,5: as many speakers")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cache", type=Path, default=Path(".cache/bench"))
    options = parser.parse_args()
    write_case(
        options.case,
        options.transcript,
        options.out,
        voices=options.voices.split(","),
        minutes=options.minutes,
        seed=options.seed,
        cache_dir=options.cache,
        shares=options.shares and [float(share) for share in options.shares.split(",")],
    )


if __name__ == "__main__":
    main()
