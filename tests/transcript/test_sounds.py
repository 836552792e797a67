from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.transcript.parse import parse_transcript
from pipeline.transcript.sounds import is_note, is_sound

DESCRIPTIONS = """
laughing; laughs; laughter; Ruth laughing; Ruth and Sam laugh; both laughing; she sighs; chuckles
softly; laughing hysterically; laughs and coughs; sighs; sniffs; groans; gasps; sobbing; yawns
clears throat; clearing throat; deep breath; inhales sharply; snaps fingers; claps hands
knocks on the table; door slams; door creaking; phone rings; phone ringing in the background
dog barking; dogs bark; bell tolls; glass shatters; engine revving; rain falling; clock ticking
birds chirping; sirens in the distance; footsteps; gunshots; explosion; keyboard clicking
music; music playing; upbeat music; theme music fades; soft piano music; guitar strumming
applause; cheers and applause; scattered applause; audience laughs; crowd cheering loudly
silence; pause; long pause; beat; awkward silence; beep; bleep; static; feedback; noise
inaudible; unintelligible; indistinct; indistinct chatter; crosstalk; overlapping voices; unclear
speaking faintly; speaking over each other; talking simultaneously; whispering; mumbles; softly
speaks French; in Spanish; speaking foreign language; singing in Italian; singing; hums a tune
in a British accent; in a high-pitched voice; mocking voice; sarcastically; imitates a robot
off mic; on camera; through translator; voice-over; audio cuts out; technical difficulties
commercial break; SOUNDBITE OF MUSIC; END VIDEO CLIP; recording ends; no audible response; ph; sic
"""
ASIDES = """
of course; 555; in 1950; the big one; near Leeds; and neighbour; I think; which was great; or so
if you will; not really; more or less; you know; as usual; for example; thank God; to be fair
we laughed about it; and then the music stopped; the phone rang; as the song says; I cried
that was a great song; which sounds crazy; the sound of silence; over the phone; in the rain
my favourite song; no pun intended; he was right; the CIA; NASA; about ten percent; two of them
Crystal; Mr. Singer; in Singapore; Bell Labs; Barkley; the Beatles; Apple Music; pop culture
rings a bell; knock on wood; crystal clear; next to the door; talking about books; by train
generally speaking; singing lessons; ringing endorsement; laughing stock; breathing room
popping up; reading list; playing cards; foreign policy; overlapping interests; sound advice
really; obviously; actually; probably; luckily; in the end; in other words; to say the least
drummer; phones; doors; my old dog; a cat; the audience; the crowd; behind the church; jazz
speaking of which; the beat generation; click here; off the record; what a noise it made
"""


def listed(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]


@pytest.mark.parametrize("text", listed(DESCRIPTIONS))
def test_a_description_is_an_event(text: str) -> None:
    assert is_sound(text)
    (line,) = parse_transcript(f"so ({text}) yes".encode(), "t.txt").lines
    assert [event.text for event in line.events] == [f"({text})"]
    assert [word.text for word in line.words] == ["so", "yes"]


@pytest.mark.parametrize("text", listed(ASIDES))
def test_an_aside_is_words(text: str) -> None:
    assert not is_sound(text)
    (line,) = parse_transcript(f"so ({text}) yes".encode(), "t.txt").lines
    assert not line.events
    assert [word.text for word in line.words] == ["so", *f"({text})".split(), "yes"]


def test_square_brackets_are_editors_insertions_and_not_spoken() -> None:
    (line,) = parse_transcript(b"He bought [the company] and [sic] left [Outro]", "t.txt").lines
    assert [event.text for event in line.events] == ["[the company]", "[sic]", "[Outro]"]
    assert [word.text for word in line.words] == "He bought and left".split()


def test_emphasis_is_no_sound() -> None:
    (line,) = parse_transcript(b"*sighs* my *grandfather* went", "t.txt").lines
    assert [event.text for event in line.events] == ["*sighs*"]


def test_notes_of_editors() -> None:
    assert all(map(is_note, ["Outro", "Spanish", "Song", "Ad break", "Laughs"]))
    assert not any(map(is_note, ["Ruth", "Host", "Mr. Singer", "Bella Cho"]))


@given(st.text(max_size=200))
def test_any_text_is_judged(text: str) -> None:
    assert is_sound(text) in (True, False)
    assert not is_sound(text) or len(text.split()) <= 8
