import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.subtitles.markup import Piece, split_line


def pieces(
    text: str,
    words: str,
    speakers: str | None = None,
    *,
    events: tuple[str, ...] = (),
    hidden: tuple[int, ...] = (),
) -> list[tuple[int, int, bool, str]]:
    tokens = words.split()
    found = split_line(
        text,
        tokens,
        list(speakers or "a" * len(tokens)),
        [number not in hidden for number in range(len(tokens))],
        events,
    )
    assert all(isinstance(piece, Piece) for piece in found)
    return [(piece.first_word, piece.last_word, piece.dash, piece.text) for piece in found]


LAUGH = "(laughing)"


@pytest.mark.parametrize(
    ("text", "words", "speakers", "events", "expected"),
    [
        (
            "- [Elon] Yeah. - That kind.",
            "Yeah. That kind.",
            "abb",
            (),
            [(0, 0, True, "Yeah."), (1, 2, True, "That kind.")],
        ),
        (
            "Be kind. - Yeah.",
            "Be kind. Yeah.",
            "aab",
            (),
            [(0, 1, False, "Be kind."), (2, 2, True, "Yeah.")],
        ),
        (
            "- (laughing) No. (laughing)",
            "No.",
            "a",
            (LAUGH, LAUGH),
            [(0, 0, True, "(laughing) No. (laughing)")],
        ),
        ("Yes. - (laughing)", "Yes.", "a", (LAUGH,), [(0, 0, False, "Yes."), (1, 0, True, LAUGH)]),
        ("- (laughing)", "", "", (LAUGH,), [(0, -1, True, LAUGH)]),
        ("()", "", "", ("()",), []),
        ("(laughing) - So?", "So?", "a", (LAUGH,), [(0, -1, False, LAUGH), (0, 0, True, "So?")]),
        ("[laughs] Yes", "Yes", "a", ("[laughs]",), [(0, 0, False, "[laughs] Yes")]),
        ("Lex: Lex said", "Lex said", "aa", (), [(0, 1, False, "Lex said")]),
        (
            "I was - I think - ok",
            "I was I think ok",
            "aaaaa",
            (),
            [(0, 4, False, "I was - I think - ok")],
        ),
        (
            "he said no you did",
            "he said no you did",
            "aabbb",
            (),
            [(0, 1, False, "he said"), (2, 4, False, "no you did")],
        ),
        (
            "Every po- everything.",
            "Every po- everything.",
            "aaa",
            (),
            [(0, 2, False, "Every po- everything.")],
        ),
        (">> Hi. >> Ho.", "Hi. Ho.", "ab", (), [(0, 0, True, "Hi."), (1, 1, True, "Ho.")]),
        ("-Hi there", "Hi there", "aa", (), [(0, 1, True, "Hi there")]),
        ("know.(laughing) so", "know. so", "aa", (LAUGH,), [(0, 1, False, "know.(laughing) so")]),
        ("Lex:Hello", "Hello", "a", (), [(0, 0, False, "Hello")]),
        ("**Lex Fridman:** Hello", "Hello", "a", (), [(0, 0, False, "Hello")]),
        ("[Mary & Co]: Hello", "Hello", "a", (), [(0, 0, False, "Hello")]),
        ("Lex：Hello", "Hello", "a", (), [(0, 0, False, "Hello")]),
        ("SPEAKER_01: “Hello", "“Hello", "a", (), [(0, 0, False, "“Hello")]),
        (
            "Yes. Lex: No. Elon Musk: So",
            "Yes. No. So",
            "aba",
            (),
            [(0, 0, False, "Yes."), (1, 1, False, "No."), (2, 2, False, "So")],
        ),
        ("Lex:(laughing) Yes", "Yes", "a", (LAUGH,), [(0, 0, False, "(laughing) Yes")]),
        (
            "Call (555) now (of course)",
            "Call (555) now (of course)",
            "aaaaa",
            (),
            [(0, 4, False, "Call (555) now (of course)")],
        ),
        ("- Yes. [Lex] No.", "Yes. No.", "ab", (), [(0, 0, True, "Yes."), (1, 1, False, "No.")]),
    ],
)
def test_split(
    text: str, words: str, speakers: str, events: tuple[str, ...], expected: list[object]
) -> None:
    assert pieces(text, words, speakers, events=events) == expected


def test_hidden_words_leave_the_text() -> None:
    assert pieces("a an ant (a)", "a an ant", events=("(a)",), hidden=(0, 2)) == [
        (0, 2, False, "an (a)")
    ]


def test_words_of_one_spelling_inside_another() -> None:
    assert pieces("there here he", "there here he", "aab") == [
        (0, 1, False, "there here"),
        (2, 2, False, "he"),
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "aa", "a.", "b-", "24/7"]), st.sampled_from("xy")),
        max_size=8,
    )
)
def test_no_word_is_lost_or_moved(tokens: list[tuple[str, str]]) -> None:
    words = [word for word, _ in tokens]
    found = split_line(" ".join(words), words, [who for _, who in tokens], [True] * len(words), ())
    assert " ".join(piece.text for piece in found).split() == words
    for piece in found:
        assert piece.text.split() == words[piece.first_word : piece.last_word + 1]
        assert len({who for _, who in tokens[piece.first_word : piece.last_word + 1]}) == 1
