"""HTML, Markdown, and plain text that must be taken for neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from tests.transcript.formats.support import parse, said, texts

TWO = [("Ann Lee", "Hello there. Good & new."), ("Bo", "No, a < b.")]


@pytest.mark.parametrize(
    "page",
    [
        # a fragment from a page's source
        "<p><strong>Ann Lee:</strong> Hello&nbsp;there.&nbsp; Good &amp; new.</p>\n"
        "<p><strong>Bo:</strong> No, a &lt; b.</p>",
        # a whole page
        "<!DOCTYPE html>\n<html><head><title>Not this</title><style>p{}</style>"
        "<script>if (a<b) document.write('<p>nor this</p>')</script></head>\n<body>"
        "<nav><a href='/'>Home</a></nav><main><p class='x > y'>Ann Lee: Hello\n there.<br>Good "
        "&amp; new.<!-- hidden --><p>Bo: No, a &lt; b.</main><footer>Imprint</footer>",
        # names and times in elements of their own
        '<div><span class="speaker">Ann Lee</span><span class="time">00:01</span><p>Hello there. '
        'Good &amp; new.</p></div><div><span class="speaker">Bo</span><p>No, a &lt; b.</p></div>',
        "<cite>Ann Lee:</cite><time>0:00</time><p>Hello there. Good &amp; new.</p>"
        "<cite>Bo:</cite><time>0:04</time><p>No, a &lt; b.</p>",
        "<h3>Ann Lee</h3><p>Hello there.</p><h3>Ann Lee</h3><p>Good &amp; new."
        "<h3>Bo</h3><p>No,</p><h3>Bo</h3><p>a &lt; b.</p>",
        # line breaks only, upper case
        "Ann Lee: Hello there. Good &amp; new.<BR>Bo: No, a &lt; b.",
        # lists and tables, end tags missing
        "<ul><li>Ann Lee: Hello there. Good &amp; new.<li>Bo: No, a &lt; b.</ul>",
        "<table><tr><td>Ann Lee:<td>Hello there. Good &amp; new.<tr><td>Bo:<td>No, a &lt; b.",
        # entities without tags
        "Ann Lee: Hello there.&nbsp; Good &amp; new.\nBo: No, a &lt; b.",
        # escaped as a whole
        "&lt;p&gt;Ann Lee: Hello there. Good &amp;amp; new.&lt;/p&gt;"
        "&lt;p&gt;Bo: No, a &amp;lt; b.&lt;/p&gt;",
        # tags within plain lines
        "Ann Lee: Hello <em>there</em>. Good &amp; new.\nBo: No, a &lt; b.",
    ],
)
def test_html_is_read_as_a_browser_shows_it(page: str) -> None:
    assert said(parse(page)) == TWO
    assert not any(mark in text for text in texts(page) for mark in ("</", "&amp;", "&nbsp;"))


@pytest.mark.parametrize(
    "fragment",
    [
        "<p>I read <cite>The Daily News</cite> today.</p>",
        '<p>I read <span class="author">The Daily News</span> today.</p>',
        '<p>I read The <span class="time">Daily</span> News today.</p>',
        "<html><head><title>x</title><p>I read The Daily News today.</p>",
        "<!-- a --> <!-- b --><html><body>I read The Daily News today.",
    ],
)
def test_what_only_looks_like_a_name_or_time_is_text(fragment: str) -> None:
    assert said(parse(fragment)) == [(None, "I read The Daily News today.")]


def test_headings_of_a_page_are_chapters_and_lines_keep_their_place() -> None:
    found = parse(
        "<html><body>\n<h2>One</h2>\n<p>Hello.</p>\n<h2>Two</h2>\n<p>Bye.</p></body></html>"
    )
    assert [c.title for c in found.chapters] == ["One", "Two"]
    assert [(w.text, w.place.line, w.place.column) for w in found.words] == [
        ("Hello.", 3, 4),
        ("Bye.", 5, 4),
    ]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("* **Ann:** Hello.\n* **Bo:** Hi.", ["Ann: Hello.", "Bo: Hi."]),
        ("1. **Ann:** Hello.\n2. **Bo:** Hi.", ["Ann: Hello.", "Bo: Hi."]),
        ("1. Hello.\n2. Hi.\n3. Bye.", ["Hello.", "Hi.", "Bye."]),
        ("I said\n1. apples and\n2. pears\nand\nmuch more\nthan that", None),
        ("• Ann: Hello.\n• Bo: Hi.", ["Ann: Hello.", "Bo: Hi."]),
        ("the [old light](https://x.org/a_(b)) there", ["the old light there"]),
        ("the [old light][1] there\n\n[1]: https://x.org", ["the old light there"]),
        ("an ![image of it](a.png) here", ["an  here"]),
        ("*so* **very** ***much***, _so_ __so much__, ~~no~~", ["so very much, so so much, no"]),
        ("press `Enter` now", ["press Enter now"]),
        ("see <https://x.org/a>", ["see https://x.org/a"]),
        ("> she said *this*\n> to me", ["she said this", "to me"]),
        ("Hello.\n\n---\n\n***\n\n* * *\n\nBye.", ["Hello.", "Bye."]),
        ("---\ntitle: My show\ntags: [a, b]\n---\nHello.", ["Hello."]),
        ("\\[sic\\] and \\*this\\* and 1\\. that", ["[sic] and *this* and 1. that"]),
        ("```text\nHello.\n```", ["Hello."]),
        ("| Speaker | Time | Text |\n|---|---|---|\n| Ann | 0:01 | Hello *you*. |", ["Hello you."]),
        ("| so | it |\n|--|--|\n| goes | on |", ["so it", "goes on"]),
    ],
)  # fmt: skip
def test_markdown_leaves_what_is_read(written: str, shown: list[str] | None) -> None:
    assert texts(written) == (shown or written.split("\n"))


def test_an_underlined_title_is_a_chapter() -> None:
    found = parse("First part\n==========\nHello.\n\n# Second part\nBye.")
    assert [c.title for c in found.chapters] == ["First part", "Second part"]


@pytest.mark.parametrize(
    "line",
    [
        "if a < b and b > c, AT&T, R&D; Q&A, I <3 it",
        "5 * 3 * 2 = 30, 2*3*4, sh*t and f*** it",
        "f(x)_y, snake_case_name, __init__ and user_name",
        "you put a <div> inside a <p>, then a <br> behind it",
        "C# and F#, #hashtag, {curly} and [1] or ~5",
        "vector<int> and <John> and x<y",
        "the `` sign, a\\b, C:\\Users and ^ and |",
        "text, and so on, speaker, start, end",
        "1, 2, 3, go!",
        "{ \"quoted\" } said he",
    ],
)  # fmt: skip
def test_speech_with_signs_is_no_markup(line: str) -> None:
    assert texts(f"Hello there.\n{line}\nBye.") == ["Hello there.", line, "Bye."]


SPEECH = st.lists(
    st.sampled_from(
        "so a <b > c < d & AT&T R&D 5 * 3 = 15 {x} f(x)_y a_b C# F# #tag <3 x<y 2*3 {} & && << it. "
        "Yes, a>b $5 50% ~ ^ \\n / _ # + @ @home e.g. C++ b< >= <= * the".split()
    ),
    min_size=1,
    max_size=14,
).map(" ".join)


@given(st.lists(SPEECH, min_size=1, max_size=5))
def test_signs_in_speech_survive_in_plain_text(lines: list[str]) -> None:
    """No token with a letter or a digit is lost or changed."""
    text = "\n".join(f"well {line} okay" for line in lines)
    expected = [token for token in text.split() if any(map(str.isalnum, token))]
    found = [w.text for w in parse(text).words if any(map(str.isalnum, w.text))]
    assert found == expected


@pytest.mark.parametrize(
    "unit", ["<a ", "<!--", "</", '<a b="', "<script>", "<div>x", "&amp", "[a]("]
)
def test_unfinished_markup_ends_soon_and_says_one_line_if_anything(unit: str) -> None:
    try:
        parse("<p>Hello there.</p>\n" + unit * 20_000)
    except InputError as error:
        assert "\n" not in str(error)
