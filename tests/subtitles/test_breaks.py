import pytest

from pipeline.subtitles.breaks import Boundary, boundary


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The bar is the break; what stands before it is the two words in front.
        ("end of it. | So", Boundary.SENTENCE),
        ("he said “no.” | So", Boundary.SENTENCE),
        ("well, | so", Boundary.CLAUSE),
        ("no | (laughing)", Boundary.CLAUSE),
        ("whistling) | so", Boundary.CLAUSE),
        ("the war | and", Boundary.CONJUNCTION),
        ("the man | who", Boundary.CONJUNCTION),
        ("a book | about", Boundary.PREPOSITION),
        ("rockets land | themselves", Boundary.FORBIDDEN),
        ("in the | world", Boundary.FORBIDDEN),
        ("with Elon | Musk", Boundary.FORBIDDEN),
        ("said Dr. | Brown", Boundary.FORBIDDEN),
        ("by J. | Smith", Boundary.FORBIDDEN),
        ("think he | knows", Boundary.FORBIDDEN),
        ("Do | you", Boundary.FORBIDDEN),
        ("we should | go", Boundary.FORBIDDEN),
        ("I’ve | seen", Boundary.FORBIDDEN),
        ("is not | true", Boundary.FORBIDDEN),
        ("is | not", Boundary.FORBIDDEN),
        ("don't | know", Boundary.FORBIDDEN),
        ("was | thinking", Boundary.FORBIDDEN),
        ("want to | go", Boundary.FORBIDDEN),
        ("paid $40 | million", Boundary.FORBIDDEN),
        ("at 0.7 | volts", Boundary.FORBIDDEN),
        ("with GPT | 35", Boundary.FORBIDDEN),
        ("a kind | of", Boundary.FORBIDDEN),
        ("in 1984 | people", Boundary.PLAIN),
        ("the big | rocket", Boundary.POOR),
        ("very | fast", Boundary.POOR),
        ("go to war with | people", Boundary.POOR),
        ("that and | people", Boundary.POOR),
        ("Elon's | rocket", Boundary.POOR),
        ("looked | up", Boundary.POOR),
        ("people like | rockets", Boundary.POOR),
        ("rockets | fly", Boundary.PLAIN),
    ],
)
def test_kinds(text: str, expected: Boundary) -> None:
    before, after = text.split(" | ")
    words = before.split()
    earlier = words[-2] if len(words) > 1 else ""
    assert boundary(words[-1], after, earlier) is expected


@pytest.mark.parametrize("word", ["—", "...", "♪", "-", "''", "…"])
def test_marks_alone(word: str) -> None:
    assert boundary(word, "a") <= Boundary.CLAUSE
    assert boundary("a", word) <= Boundary.FORBIDDEN
