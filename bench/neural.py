"""`python -m bench.neural`: what whisperx costs beside the default aligner on the same audio.

The network has the size of whisperx's default for English (wav2vec2 base) and random weights: they
cost what trained ones do and say nothing about accuracy. Run it in the environment of
`make setup-whisperx`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench.peers import run_measured
from bench.synth.cases import write_case
from bench.synth.invent import invent_transcript

ROOT = Path(__file__).resolve().parents[1]
LETTERS = "|'abcdefghijklmnopqrstuvwxyz"


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.neural", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "bench")
    options = parser.parse_args()
    folder = options.cache / "neural"
    folder.mkdir(parents=True, exist_ok=True)
    text = folder / "invented.txt"
    text.write_text(invent_transcript(options.minutes, seed=0), encoding="utf-8")
    write_case(
        "clean", text, folder, voices=["rms", "slt"], minutes=options.minutes, seed=0,
        cache_dir=options.cache,
    )  # fmt: skip
    duration_s = json.loads((folder / "truth.json").read_text())["duration_ms"] / 1000
    _write_network(folder / "network")
    print(f"{duration_s:.0f} s of audio, device {options.device}")
    print(f"{'aligner':10} {'time':>8} {'of real time':>13} {'memory':>9}")
    for aligner in ("hmm", "whisperx", "both"):
        command = [sys.executable, "-m", "pipeline", "align", "--quiet", "--aligner", aligner]
        command += ["--audio", str(folder / "episode.wav"), "--device", options.device]
        command += ["--transcript", str(folder / "transcript.txt"), "--diarizer", "text"]
        command += ["--model", str(folder / "network"), "--out", str(folder / aligner)]
        run = run_measured(command, folder / f"{aligner}.log", ROOT)
        if run.status != 0:
            sys.exit(f"{aligner}: {run.stderr.strip()[-300:]}")
        print(
            f"{aligner:10} {run.wall_s:6.1f} s {run.wall_s / duration_s:13.3f} "
            f"{run.peak_mb:6.0f} MB"
        )


def _write_network(folder: Path) -> None:
    import torch
    from transformers import (
        Wav2Vec2Config,
        Wav2Vec2CTCTokenizer,
        Wav2Vec2FeatureExtractor,
        Wav2Vec2ForCTC,
        Wav2Vec2Processor,
    )

    torch.manual_seed(0)
    folder.mkdir(exist_ok=True)
    config = Wav2Vec2Config(vocab_size=1 + len(LETTERS), pad_token_id=0)
    Wav2Vec2ForCTC(config).save_pretrained(folder)
    vocabulary = {"<pad>": 0} | {letter: 1 + at for at, letter in enumerate(LETTERS)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    tokenizer = Wav2Vec2CTCTokenizer(
        str(folder / "vocab.json"), unk_token="<pad>", bos_token=None, eos_token=None,
        pad_token="<pad>", word_delimiter_token="|",
    )  # fmt: skip
    Wav2Vec2Processor(
        feature_extractor=Wav2Vec2FeatureExtractor(do_normalize=False), tokenizer=tokenizer
    ).save_pretrained(folder)


if __name__ == "__main__":
    main()
