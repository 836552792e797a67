"""Attacks by what is read: damaged media, names of files, manifests, a batch's kept work."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bench.attack_support import Attempt, Clip, forked, verdict
from pipeline.audio.ffmpeg import ffmpeg_executable
from pipeline.cli import main as program

CONTAINERS = ("wav", "mp3", "m4a", "flac", "ogg", "mkv", "ts", "aiff", "mp4")
HEAD_BYTES = 512
FLIPS = (1, 8, 64)
"""How many bits are flipped in one file."""

NAMES: tuple[bytes, ...] = (
    b"two\nlines",
    b"-i",
    b"--out",
    b"a:b",
    b"file:x",
    b"http:x",
    b"concat:a|b",
    b"%d %s %n",
    b"[x]",
    b"{x}",
    b"a'b\"c",
    b"$(touch ran)",
    b"`touch ran`",
    b"; touch ran",
    b"\xff\xfe",
    b"a\tb",
    b"\x1b[31m",
    b"\xe2\x80\xae gnp",
    b"con",
    b"n" * 200,
    b"..x",
    b" x ",
    b"*",
    b"~",
    b"#",
    b"\\",
    b"@x",
    b"=1+1",
    "ü ß 日本".encode(),
    b"x.srt",
    b"x;y",
    b"x|y",
    b"\x01",
)
IDS: tuple[str, ...] = (
    "..",
    "../x",
    "/x",
    "a/b",
    ".x",
    "-x",
    "",
    " ",
    "x" * 300,
    "a\nb",
    "a\x00b",
    "con",
    "a:b",
    "\udcff",
)

MANIFESTS: tuple[tuple[str, bytes], ...] = (
    ("csv", b""),
    ("csv", b"\x00" * 100),
    ("csv", b"\xff\xfe\x00"),
    ("csv", b"id\n" * 10),
    ("csv", b"id,audio,transcript\n"),
    ("csv", b"audio,transcript\nclip.wav\n"),
    ("csv", b"id,audio,transcript\n../x,clip.wav,clip.txt\n"),
    ("csv", b"id,audio,transcript\na,/etc/passwd,/etc/passwd\n"),
    ("csv", b"id,audio,transcript\na,../../../etc/passwd,clip.txt\n"),
    ("csv", b"id,audio,transcript\na,clip.wav,clip.txt\nA,clip.wav,clip.txt\n"),
    ("csv", b"id,audio,transcript,out\na,clip.wav,clip.txt,/tmp\n"),
    ("csv", b"id,audio,transcript\na,clip.wav,clip.txt,x,y,z\n"),
    ("csv", b'id,audio,transcript\n"a,clip.wav,clip.txt\n'),
    ("csv", b"id,audio,transcript\n" + b"a" * 300_000 + b",clip.wav,clip.txt\n"),
    ("csv", b"id,audio,transcript\na,clip.wav\x00,clip.txt\n"),
    ("csv", b"id,audio,transcript\na,.,.\n"),
    ("csv", b"id,audio,transcript\na,clip.txt,clip.wav\n"),
    ("csv", b"id,audio,transcript,min_coverage\na,clip.wav,clip.txt,nan\n"),
    ("csv", b"id,audio,transcript,min_coverage\na,clip.wav,clip.txt,1e999\n"),
    ("csv", b"id;audio;transcript\ra;clip.wav;clip.txt\r"),
    ("tsv", b"id\taudio\ttranscript\n\t\t\n"),
    ("jsonl", b"{"),
    ("jsonl", b"[]\n1\nnull\n"),
    ("jsonl", b"[" * 100_000),
    ("jsonl", b'{"a":' * 50_000),
    ("jsonl", b'{"defaults": 1}\n'),
    ("jsonl", b'{"defaults": {"id": "x"}}\n'),
    ("jsonl", b'{"id": 1, "audio": [], "transcript": {}}\n'),
    ("jsonl", b'{"id": "a", "audio": "clip.wav", "transcript": "\\ud800"}\n'),
    (
        "jsonl",
        b'{"id": "a", "audio": "clip.wav", "transcript": "clip.txt", "min_coverage": 1e999}\n',
    ),
    (
        "jsonl",
        b'{"id": "a", "audio": "clip.wav", "transcript": "clip.txt", "style": "/dev/zero"}\n',
    ),
    (
        "jsonl",
        b'{"id": "a", "audio": "clip.wav", "transcript": "clip.txt", "config": "clip.wav"}\n',
    ),
    ("toml", b"[[episodes]]\n"),
    ("toml", b"episodes = 1\n"),
    ("toml", b"[defaults]\nx = [[[[1]]]]\n"),
    ("toml", b"a = " + b"[" * 100_000),
    ("toml", b"\xff"),
    ("toml", b"[[episodes]]\nid = 1979-05-27\n"),
    ("xyz", b"id,audio,transcript\n"),
)


def damaged_media(clip: Clip, count: int, rng: random.Random) -> Iterator[Attempt]:
    """Run episodes whose audio has flipped bits, in its head or anywhere."""
    folder = clip.folder / "media"
    folder.mkdir()
    whole = {}
    for kind in CONTAINERS:
        path = folder / f"whole.{kind}"
        command = [ffmpeg_executable(), "-v", "error", "-i", str(clip.audio), str(path)]
        subprocess.run(command, check=True)
        whole[kind] = path.read_bytes()

    def tries() -> Iterator[tuple[str, Callable[[], int]]]:
        for number in range(count):
            kind = CONTAINERS[number % len(CONTAINERS)]
            content = bytearray(whole[kind])
            in_head = rng.random() < 0.5
            flips = rng.choice(FLIPS)
            for _ in range(flips):
                at = rng.randrange(HEAD_BYTES if in_head else len(content))
                content[at] ^= 1 << rng.randrange(8)
            path = folder / f"{number}.{kind}"
            path.write_bytes(content)
            where = "its head" if in_head else "it"
            yield f"{kind} {number}, {flips} bits of {where}", partial(_run, clip, path, clip.text)

    yield from forked(tries())


def _run(clip: Clip, audio: Path, text: Path, *more: str) -> int:
    out = clip.folder / "outs" / str(os.getpid())
    try:
        return program(["run", "--quiet", f"--audio={audio}", f"--transcript={text}",
                        f"--out={out}", *more])  # fmt: skip
    finally:
        shutil.rmtree(out, ignore_errors=True)


def names(clip: Clip) -> Iterator[Attempt]:
    """Run episodes under names that a shell, ffmpeg or a file system may misunderstand."""
    folder = clip.folder / "names"
    folder.mkdir()
    before = _tree(clip.folder)

    def tries() -> Iterator[tuple[str, Callable[[], int]]]:
        for name in NAMES:
            audio, text = (folder / os.fsdecode(name + end) for end in (b".wav", b".txt"))
            shutil.copy(clip.audio, audio)
            shutil.copy(clip.text, text)
            shown = os.fsdecode(name)
            yield f"a file {shown!a}", partial(_here, folder, clip, audio.name, text.name)
        for name in IDS:
            yield f"the id {name!a}", partial(_run, clip, clip.audio, clip.text, f"--id={name}")

    yield from forked(tries())
    made = sorted(_tree(clip.folder) - before - {f"names/{path.name}" for path in folder.iterdir()})
    shutil.rmtree(folder)
    ran = [name for name in made if not name.startswith("outs")]
    yield Attempt("nothing else was made", not ran, f"{ran!a}")


def _here(folder: Path, clip: Clip, audio: str, text: str) -> int:
    """By names that count from the current folder, so that they come first in an argument."""
    os.chdir(folder)
    return _run(clip, Path(audio), Path(text), "--id=x")


def _tree(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def manifests(clip: Clip) -> Iterator[Attempt]:
    """Look for faults in manifests that are none, and run those that pass."""

    def tries() -> Iterator[tuple[str, Callable[[], int]]]:
        for number, (kind, content) in enumerate(MANIFESTS):
            path = clip.folder / f"m{number}.{kind}"
            path.write_bytes(content)
            name = f"{kind} {content[:60]!r}"
            yield f"{name} --check", partial(program, ["batch", str(path), "--check", "--quiet"])
            out = str(clip.folder / f"batch{number}")
            run = ["batch", str(path), "--out", out, "--jobs", "1", "--quiet", "--retries", "0"]
            yield name, partial(program, run)

    yield from forked(tries())


def kept_work(clip: Clip, count: int, rng: random.Random) -> Iterator[Attempt]:
    """Put nonsense into what a batch has kept, half of the times with the right digest."""
    manifest = clip.folder / "kept.csv"
    manifest.write_text("id,audio,transcript\nclip,clip.wav,clip.txt\n", encoding="utf-8")
    out = clip.folder / "kept"
    command = ["batch", str(manifest), "--out", str(out), "--jobs", "1", "--quiet"]
    program(command)
    shown = out / "clip" / "clip.srt"
    right = shown.read_bytes()
    stages = {path: path.read_bytes() for path in out.glob(".batch/clip/*.json.gz")}
    record_path = out / ".batch" / "clip" / "record.json"
    whole_record = record_path.read_bytes()
    for number in range(count):
        for path, content in stages.items():
            kept = json.loads(gzip.decompress(content))
            done = _damage(kept["value"], rng)
            if number % 2:
                value = json.dumps(kept["value"], ensure_ascii=True)
                kept["sha256"] = hashlib.sha256(value.encode()).hexdigest()
            path.write_bytes(gzip.compress(json.dumps(kept).encode()))
        shown.unlink()
        record = json.loads(whole_record)
        if number % 3 == 0:
            done += f", {_damage(record, rng)}"
        record_path.write_text(json.dumps(record), encoding="utf-8")
        status = program(command)
        record = json.loads(record_path.read_bytes())
        attempt = verdict(done, status, str(record["reason"]), ends=(0,))
        # Of another record's inputs it would not be used in any case.
        told = number % 3 == 0 or any("damaged" in warning for warning in record["warnings"])
        if attempt.held and not number % 2 and not (told and shown.read_bytes() == right):
            attempt = Attempt(done, False, "other subtitles" if told else "not told")
        yield attempt


def _damage(value: Any, rng: random.Random) -> str:
    """Change one thing somewhere in it; says what."""
    place = "value"
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = rng.choice(keys)
        inner = value[key]
        if isinstance(inner, dict | list) and inner and rng.random() < 0.9:
            value, place = inner, f"{place}[{key!r}]"
            continue
        if isinstance(value, list) and rng.random() < 0.3:
            del value[key]
            return f"{place}[{key!r}] left out"
        others = [None, -1, 10**9, 0.5, -7.25, "", "nonsense", [], {}, True]
        value[key] = rng.choice([one for one in others if one != inner])
        return f"{place}[{key!r}] = {value[key]!r}"
