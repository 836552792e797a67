"""`make bench`: generate, align, score, compare; a table on the terminal and in RESULTS.md.

The quick form takes a few minutes: 20 minutes of episode and the cases that matter most. `--full`
runs every case over the whole transcript.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import wave
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench import peers
from bench.people.__main__ import measure, table
from bench.real_takes import join_recordings, real_take
from bench.report import Row, report
from bench.score import Score, hand_labels, score_episode
from bench.synth import flite
from bench.synth.cases import CASES, write_case
from bench.synth.episode import truth_of
from bench.synth.faults import corrupt_words, paraphrase
from bench.synth.invent import invent_transcript
from bench.synth.script import render_script
from bench.synth.sound import ffmpeg_command

ROOT = Path(__file__).resolve().parents[1]
QUICK = ("clean", "untranscribed", "missing", "words", "sounds", "mixture", "noise15-mp3", "wrong")
AENEAS_CASES = ("clean", "untranscribed")
TEXT_SEEDS = 6


def main() -> None:
    """Run the command line."""
    options = _arguments()
    rows: list[Row] = []
    if flite.available():
        rows += _synthetic(options)
    else:
        print("flite is missing, so there are no synthetic episodes: apt install libflite1")
    if options.data:
        rows += _recordings(options)
    text = report(rows, _about(options))
    if options.people:
        text += "\n## Real people\n\n" + table(measure(options.people))
    print(text)
    if options.results:
        options.results.write_text(text + _notes(options.results), encoding="utf-8")
    if any(row.note.startswith("FAILED") for row in rows):
        sys.exit(1)


def _notes(results: Path) -> str:
    """What people wrote at the end of the last results; it stays."""
    if not results.exists():
        return ""
    _, heading, notes = results.read_text(encoding="utf-8").partition("\n## Looked at")
    return heading + notes


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="every case, the whole transcript")
    parser.add_argument(
        "--transcript",
        type=Path,
        default=os.environ.get("LEX400_TRANSCRIPT"),
        help="transcript to speak (default: $LEX400_TRANSCRIPT, else one made up from the seed)",
    )
    parser.add_argument("--minutes", type=float, help="only so many minutes of it (quick: 20)")
    parser.add_argument("--case", action="append", choices=list(CASES), help="only these cases")
    parser.add_argument("--voices", default="rms,slt")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, help="folder with words/ and readings/")
    parser.add_argument("--people", type=Path, help="folder of recordings; see bench/people")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "bench")
    parser.add_argument("--aligner", default="hmm")
    parser.add_argument("--no-peers", action="store_true", help="only our own aligner")
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "RESULTS.md")
    options = parser.parse_args()
    if options.minutes is None and not options.full:
        options.minutes = 20.0
    return options


# --- synthetic episodes --------------------------------------------------------------------------


def _synthetic(options: argparse.Namespace) -> Iterator[Row]:
    transcript = options.transcript
    if transcript is None:
        transcript = options.cache / f"invented-{options.seed}.txt"
        transcript.parent.mkdir(parents=True, exist_ok=True)
        text = invent_transcript(options.minutes or 120, seed=options.seed)
        transcript.write_text(text, encoding="utf-8")
    for case in options.case or (tuple(CASES) if options.full else QUICK):
        folder = options.cache / "cases" / f"{case}-{options.minutes or 'all'}"
        _say(f"{case}: speaking")
        write_case(
            case,
            transcript,
            folder,
            voices=options.voices.split(","),
            minutes=options.minutes,
            seed=options.seed,
            cache_dir=options.cache,
        )
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        _write_config(folder / "speakers.toml", truth)
        _say(f"{case}: aligning")
        yield _ours(case, folder / "episode.wav", folder / "transcript.txt", truth, options)
        python = peers.aeneas_python()
        if python and case in AENEAS_CASES and not options.no_peers:
            _say(f"{case}: aeneas")
            run, episode = peers.aeneas_episode(
                python, folder / "episode.wav", folder / "transcript.txt", folder / "aeneas"
            )
            score = None if episode is None else score_episode(episode, truth)
            note = "" if score else f"FAILED: {run.stderr.strip()[-200:]}"
            yield Row(case, "aeneas", truth["duration_ms"] / 1000, run, score, note)
        (folder / "episode.wav").unlink()


def _ours(
    what: str,
    audio: Path,
    transcript: Path,
    truth: Mapping[str, Any],
    options: argparse.Namespace,
) -> Row:
    out = transcript.parent / f"out-{transcript.stem}"
    command = [sys.executable, "-m", "pipeline", "run", "--quiet", "--aligner", options.aligner]
    command += ["--audio", str(audio), "--transcript", str(transcript), "--out", str(out)]
    config = transcript.parent / "speakers.toml"
    if config.exists():
        command += ["--config", str(config)]
    command += ["--id", "bench"]
    run = peers.run_measured(command, out.with_suffix(".log"), ROOT)
    seconds = truth.get("duration_ms", 0) / 1000 or _duration_s(audio)
    if all(word["start_ms"] is None for word in truth["words"]):
        right = run.status == 2
        note = "refused, as it must" if right else f"FAILED: status {run.status}, not refused"
        return Row(what, options.aligner, seconds, run, None, note)
    if run.status not in (0, 3):  # 3: done, but below the quality demanded
        return Row(
            what, options.aligner, seconds, run, None, f"FAILED: {run.stderr.strip()[-300:]}"
        )
    episode = json.loads((out / "bench.episode.json").read_text(encoding="utf-8"))
    try:
        score = score_episode(episode, truth)
    except ValueError as error:
        return Row(what, options.aligner, seconds, run, None, f"FAILED: {error}")
    note = "status 3: below the coverage demanded" if run.status else ""
    return Row(what, options.aligner, seconds, run, score, note, _stages_s(out, audio))


def _stages_s(out: Path, audio: Path) -> dict[str, float]:
    """The stages of the program's own report, and the floor: ffmpeg decoding the file alone."""
    report = json.loads((out / "bench.report.json").read_text(encoding="utf-8"))
    command = [ffmpeg_command(), "-v", "error", "-i", audio, "-ac", "1", "-ar", "16000"]
    floor = peers.run_measured([*command, "-f", "null", "-"], out.with_suffix(".decode.log"))
    stages = report.get("run_time_s", {}).get("stages", {})
    return {**stages, "(decoding alone)": floor.wall_s}


def _write_config(path: Path, truth: Mapping[str, Any]) -> None:
    names = dict.fromkeys(word["speaker"] for word in truth["words"])
    lines = ['title = "Benchmark"']
    for name in names:
        label = name.capitalize()
        lines += ["[[speakers]]", f'key = "{name}"', f'name = "{label}"', f'labels = ["{label}"]']
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


# --- real recordings -----------------------------------------------------------------------------


def _recordings(options: argparse.Namespace) -> Iterator[Row]:
    labels = options.data / "words" / "words.csv"
    work = options.cache / "recordings"
    work.mkdir(parents=True, exist_ok=True)
    if labels.exists():
        yield from _labelled(labels, work, options)
    readings = []
    for text in sorted((options.data / "readings").glob("*.txt")):
        audio = next((p for p in text.parent.glob(f"{text.stem}.*") if p.suffix != ".txt"), None)
        if audio is not None:
            readings.append((_as_wav(audio, work / f"{text.stem}.wav"), text))
            yield _reading(audio, text, work / text.stem, options)
    if readings:
        yield from _readings_of_wrong_text(readings, work, options)


def _labelled(labels: Path, work: Path, options: argparse.Namespace) -> Iterator[Row]:
    """All hand-labelled clips of a folder, each aligned alone, scored as one."""
    found: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {}
    total = dict.fromkeys((options.aligner, "pocketsphinx"), 0.0)
    failed: dict[str, int] = {}
    for name, truth in hand_labels(labels).items():
        audio = labels.parent / name
        folder = work / Path(name).stem
        folder.mkdir(parents=True, exist_ok=True)
        words = [word["text"] for word in truth["words"]]
        (folder / "transcript.txt").write_text(" ".join(words) + "\n", encoding="utf-8")
        _say(f"{name}: aligning")
        row = _run_once(audio, folder / "transcript.txt", folder / "out", options)
        total[options.aligner] += row[0].wall_s
        results = {options.aligner: row[1]}
        if not options.no_peers:
            clip = _as_wav(audio, folder / "clip.wav")
            results["pocketsphinx"] = peers.pocketsphinx_episode(clip, words)
        for aligner, episode in results.items():
            if episode is None:
                failed[aligner] = failed.get(aligner, 0) + 1
            else:
                found.setdefault(aligner, []).append((episode, truth))
    for aligner, pairs in found.items():
        note = f"FAILED on {failed[aligner]} clips" if failed.get(aligner) else ""
        note = note.replace("FAILED", "lost", 1) if aligner == "pocketsphinx" else note
        yield Row("hand-labelled words", aligner, 0.0, None, _pooled(pairs), note)
    for aligner in failed:
        if aligner not in found:
            yield Row("hand-labelled words", aligner, 0.0, None, None, "FAILED on every clip")


def _pooled(pairs: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> Score:
    """One score over several clips: their lines and chapters side by side."""
    episode: dict[str, Any] = {"words": [], "lines": [], "chapters": [], "gaps": []}
    truth: dict[str, Any] = {"words": [], "lines": [], "chapters": [], "ambiguous_words": []}
    for one, real in pairs:
        offset = len(truth["words"])
        truth["ambiguous_words"] += [offset + n for n in real.get("ambiguous_words", ())]
        truth["words"] += [{**w, "index": offset + n} for n, w in enumerate(real["words"])]
        truth["lines"].append({**real["lines"][0], "first_word": offset})
        truth["chapters"] += real["chapters"]
        episode["words"] += one["words"]
        episode["lines"].append(one["lines"][0])
        episode["chapters"].append(one["chapters"][0])
    return score_episode(episode, truth)


def _run_once(
    audio: Path, transcript: Path, out: Path, options: argparse.Namespace
) -> tuple[peers.Run, dict[str, Any] | None]:
    command = [sys.executable, "-m", "pipeline", "run", "--quiet", "--aligner", options.aligner]
    command += ["--audio", str(audio), "--transcript", str(transcript)]
    command += ["--out", str(out), "--id", "bench"]
    run = peers.run_measured(command, out.with_suffix(".log"), ROOT)
    path = out / "bench.episode.json"
    if run.status not in (0, 3) or not path.exists():
        return run, None
    return run, json.loads(path.read_text(encoding="utf-8"))


def _reading(audio: Path, text: Path, folder: Path, options: argparse.Namespace) -> Row:
    """A recording without times: every word must come out, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    _say(f"{text.stem}: aligning")
    run, episode = _run_once(audio, text, folder / "out", options)
    if episode is None:
        note = f"FAILED: {run.stderr.strip()[-200:]}"
        return Row(text.stem, options.aligner, 0.0, run, None, note)
    words = episode["words"]
    timed = [w for w in words if w["start_ms"] is not None]
    ordered = all(a["start_ms"] <= b["start_ms"] for a, b in itertools.pairwise(timed))
    seconds = episode["episode"]["audio"]["duration_ms"] / 1000
    mean = sum(w["confidence"] for w in timed) / max(1, len(timed))
    note = f"{len(timed)} of {len(words)} words timed, mean confidence {mean:.2f}"
    note += "" if ordered else "; FAILED: out of order"
    return Row(text.stem, options.aligner, seconds, run, None, note)


def _readings_of_wrong_text(
    readings: Sequence[tuple[Path, Path]], work: Path, options: argparse.Namespace
) -> Iterator[Row]:
    """All readings as one recording, its text made wrong from several seeds."""
    audio, text = join_recordings(readings, work)
    _, episode = _run_once(audio, text, work / "right", options)
    if episode is None:
        return
    take = real_take(audio, text, episode)
    faults = {
        "words": lambda rng: corrupt_words(take, 0.1, rng),
        "paraphrased": lambda rng: paraphrase(take, 0.3, rng),
    }
    for fault, make in faults.items():
        pairs = []
        for seed in range(TEXT_SEEDS):
            _say(f"readings, {fault}, seed {seed}: aligning")
            wrong = make(np.random.default_rng([seed, *fault.encode()]))
            text.write_text(render_script(wrong.script), encoding="utf-8")
            _, episode = _run_once(audio, text, work / "wrong", options)
            if episode is not None:
                pairs.append((episode, truth_of(wrong)))
        note = "" if len(pairs) == TEXT_SEEDS else f"FAILED: {TEXT_SEEDS - len(pairs)} refused"
        seconds = len(pairs) * take.duration_s
        yield Row(f"readings, {fault}", options.aligner, seconds, None, _pooled(pairs), note)


def _as_wav(audio: Path, target: Path) -> Path:
    command = [ffmpeg_command(), "-v", "error", "-y", "-i", str(audio)]
    subprocess.run([*command, "-ar", "16000", "-ac", "1", str(target)], check=True)
    return target


def _duration_s(audio: Path) -> float:
    if audio.suffix != ".wav":
        return 0.0
    with wave.open(str(audio), "rb") as handle:
        return handle.getnframes() / handle.getframerate()


def _about(options: argparse.Namespace) -> str:
    source = "the given transcript" if options.transcript else "a made-up transcript"
    extent = f"its first {options.minutes:g} min" if options.minutes else "all of it"
    return f"Text: {source}, {extent}; voices {options.voices}; seed {options.seed}."


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
