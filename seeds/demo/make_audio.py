"""Makes the demo's audio and its truth: `python seeds/demo/make_audio.py` from the project root.

Needs flite (Debian and Ubuntu: apt install libflite1) and an ffmpeg with MP3. What it makes is
committed, so only someone who changes the transcript needs to run it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.synth import sound  # noqa: E402
from bench.synth.episode import (  # noqa: E402
    Segment,
    Take,
    join,
    pause,
    speak_script,
    speak_text,
    truth_of,
    write_truth,
    write_wav,
)
from bench.synth.script import Line, Part, Script, read_script  # noqa: E402

HERE = Path(__file__).parent
VOICES = {"maya": "slt", "tom": "rms"}
SPONSOR = (
    "Small trades is brought to you by ferndale wax. Polish anything that holds still.",
    "And now, on with the show.",
)
# who speaks where the transcript has no dash: first word of the line after an event
UNMARKED = {"So the whole industry": "maya", "That's it? That is": "maya"}
# where the transcript is wrong: line, word, what the voice says instead; a word in brackets is
# one that the transcript lacks
MISHEARD = {
    ("- Once. We kept it as the option selling it.", "the"): "an",
    ("- Once. We kept it as the option selling it.", "option"): "option [to]",
    ("- But they didn’t give up.", "give"): "[ever] give",
}


def main() -> None:
    """Speak the transcript, put sounds where the events stand, write MP3 and truth."""
    script = _cast(read_script(HERE / "transcript.txt"))
    spoken = speak_script(_as_said(script), VOICES, seed=400)
    rng = np.random.default_rng(400)
    segments: list[Segment] = [pause(0.4)]
    for sentence in SPONSOR:
        segments += [speak_text(sentence, "awb", None), pause(0.2)]
    segments = [replace(s, kind="untranscribed") for s in segments]
    sounds = _sounds_before(script)
    for segment in spoken.segments:
        if segment.words and (name := sounds.get(segment.words[0].said)):
            segments += [_sound(name, rng), pause(0.3)]
        segments.append(segment)
    take = Take(script, tuple(segments))
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "episode.wav"
        write_wav(wav, join(take.segments))
        encode = "-c:a libmp3lame -b:a 40k -ar 22050 -ac 1 -map_metadata -1"
        encode += " -fflags +bitexact -flags:a +bitexact -metadata"
        subprocess.run(
            [
                *(sound.ffmpeg_command(), "-v", "error", "-y", "-i", wav, *encode.split()),
                *("title=Small Trades: The bell-founder", HERE / "demo.mp3"),
            ],
            check=True,
        )
    write_truth(HERE / "truth.json", truth_of(take))
    print(f"{take.duration_s:.1f} s, {len(script.words)} words, {len(script.lines)} lines")


def _cast(script: Script) -> Script:
    """Maya opens; a dash hands over, a label names, and `UNMARKED` knows the rest."""
    speaker = "tom"  # the first dash makes it Maya

    def cast(line: Line) -> Line:
        nonlocal speaker
        words = " ".join(p.text for p in line.parts if p.kind == "word")
        speaker = next((who for text, who in UNMARKED.items() if words.startswith(text)), speaker)
        parts: list[Part] = []
        for part in line.parts:
            if part.kind == "dash":
                speaker = "maya" if speaker == "tom" else "tom"
            elif part.kind == "label":
                speaker = part.text.strip("[]").lower()
            parts.append(replace(part, speaker=speaker) if part.kind == "word" else part)
        return Line(tuple(parts))

    return _map_lines(script, cast)


def _as_said(script: Script) -> Script:
    def correct(line: Line) -> Line:
        parts: list[Part] = []
        for part in line.parts:
            for text in MISHEARD.get((line.text, part.text), part.text).split(" "):
                said = None if text.startswith("[") and part.kind == "word" else part.said
                bare = text.strip("[]") if part.kind == "word" else text
                parts.append(replace(part, text=bare, said=said))
        return Line(tuple(parts))

    return _map_lines(script, correct)


def _map_lines(script: Script, change) -> Script:  # type: ignore[no-untyped-def]
    return Script(
        tuple(replace(c, lines=tuple(change(line) for line in c.lines)) for c in script.chapters)
    )


def _sounds_before(script: Script) -> dict[int, str]:
    """The event that stands before each word that has one before it."""
    found, event = {}, None
    for line in script.lines:
        for part in line.parts:
            if part.kind == "event":
                event = part.text
            elif part.kind == "word" and part.said is not None:
                if event:
                    found[part.said] = event
                event = None
    return found


def _sound(event: str, rng: np.random.Generator) -> Segment:
    if "laugh" in event:
        return Segment("noise", sound.to_int16(sound.laughter(1.6, rng)))
    if "bell" in event:
        return Segment("noise", sound.to_int16(sound.chime(1.8)))
    return pause(0.8)


if __name__ == "__main__":
    main()
