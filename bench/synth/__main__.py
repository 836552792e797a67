"""`python -m bench.synth CASE --transcript FILE --out DIR`: one episode with its truth."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.synth.episode import join, speak_script, truth_of, write_truth, write_wav
from bench.synth.script import read_script, render_script


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.synth", description=__doc__)
    parser.add_argument("case", choices=["clean"])
    parser.add_argument("--transcript", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, help="only about the first minutes of the text")
    parser.add_argument("--voices", default="rms,slt", help="flite voices, first speaker first")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cache", type=Path, default=Path(".cache/bench"))
    options = parser.parse_args()
    script = read_script(options.transcript, minutes=options.minutes)
    people = list(dict.fromkeys(script.speakers()))
    names = options.voices.split(",")
    voices = {who: names[n % len(names)] for n, who in enumerate(people)}
    segments = speak_script(script, voices, seed=options.seed, cache_dir=options.cache)
    write_wav(options.out / "episode.wav", join(segments))
    write_truth(options.out / "truth.json", truth_of(script, segments))
    (options.out / "transcript.txt").write_text(render_script(script), encoding="utf-8")


if __name__ == "__main__":
    main()
