"""Tables as transcripts: CSV and TSV with a column of text, and rows of times and text."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator, Sequence

from pipeline.errors import InputError
from pipeline.transcript.formats.markup import made_lines
from pipeline.transcript.formats.records import CueLine, Document

__all__ = ["find_columns", "is_delimited", "read_delimited", "table_lines"]

_TEXT = (
    "text transcript transcription caption captions subtitle subtitles body content sentence "
    "utterance dialogue dialog line word speech message"
).split()
_SPEAKER = frozenset(
    ("speaker", "speakers", "speaker name", "speaker label", "name", "who", "author", "person")
)
_TIME = frozenset(
    (
        "start end begin from to time times timestamp timestamps duration dur in out timecode "
        "tc start_ms end_ms start_s end_s"
    ).split()
)
_CHAPTERS = frozenset(("title", "chapter", "marker name"))
_NEXT_TURN = re.compile(r"(?<=[.?!…\"”)])\s+(?=-[^\W\d])")
_EXACT_STAMP = re.compile(r"\d+(?::\d+)+(?:[.,]\d+)?|\d+\.\d+s?")
_STAMP = re.compile(r"-?\d+(?::\d+)*(?:[.,]\d+)?s?")


def _key(name: str) -> str:
    bare = re.sub(r"\([^()]*\)", "", name).strip().strip('"').lower()
    bare = re.sub(r"[_\s-]+", " ", bare).removesuffix(" ms").removesuffix(" s")
    return bare.removesuffix(" time").removesuffix(" tc") or bare


def _delimiter(line: str) -> str | None:
    return next((sign for sign in "\t;," if sign in line), None)


def find_columns(header: Sequence[str]) -> tuple[int, int | None] | None:
    """Return the columns of the text and of the speaker; None if it heads no transcript."""
    keys = [_key(name) for name in header]
    text = next((keys.index(name) for name in _TEXT if name in keys), None)
    speaker = next((i for i, key in enumerate(keys) if key in _SPEAKER and i != text), None)
    timed = any(key in _TIME or key.split()[:1] in (["start"], ["end"]) for key in keys)
    if text is None or not (timed or speaker is not None):
        return None
    return text, speaker


def _header(document: Document) -> list[str]:
    first = document.head[0] if document.head else ""
    sign = _delimiter(_first_raw(document))
    return next(csv.reader([_first_raw(document)], delimiter=sign), []) if sign and first else []


def _first_raw(document: Document) -> str:
    head = document.text.lstrip("\ufeff \r\n")[:10_000]
    return re.split(r"[\r\n]", head, maxsplit=1)[0]


def is_delimited(document: Document) -> bool:
    """Tell by a header that names a column of text beside times or speakers, or by bare rows."""
    try:
        header = _header(document)
    except csv.Error:
        return False
    if (
        all(re.fullmatch(r"[\w\s#()\"-]{0,30}", name) for name in header)
        and (find_columns(header) or _heads_chapters(header))
        and _has_rows(document, len(header))
    ):
        return True
    return _has_bare_rows(document)


def _has_rows(document: Document, width: int) -> bool:
    """Tell whether half of the lines below the header are as wide; text may have line ends."""
    sign = _delimiter(_first_raw(document)) or ","
    rows = [text for text in document.text.splitlines()[1:100] if text.strip()]
    return 2 * sum(row.count(sign) >= width - 1 for row in rows) >= len(rows)


def _heads_chapters(header: Sequence[str]) -> bool:
    keys = {_key(name) for name in header}
    return bool(keys & _CHAPTERS) and len(keys & _TIME) > 1


def _has_bare_rows(document: Document) -> bool:
    """Tell whether each line is start, end, perhaps a speaker, and text."""
    if not _STAMP.match(document.text.lstrip("\ufeff \r\n")[:40]):
        return False
    rows = document.text.splitlines()[:50]
    sign = _delimiter(rows[0]) if rows else None
    if sign is None:
        return False
    rows = [row for row in rows if row.strip() and not row.startswith("\\")]
    # `1, 2, 3, go!` is counting.
    stamp = _STAMP if sign == "\t" else _EXACT_STAMP
    return all(
        len(fields) > 2 and all(stamp.fullmatch(field.strip()) for field in fields[:2])
        for fields in (row.split(sign, 3) for row in rows)
    )


def read_delimited(document: Document) -> list[CueLine]:
    """Return the text of each row, with its speaker.

    Raises:
        InputError: it is a table of chapters or markers, or no valid table.
    """
    sign = _delimiter(_first_raw(document)) or ","
    header = [] if _has_bare_rows(document) else _header(document)
    columns = find_columns(header)
    if header and columns is None:
        raise InputError(
            "this is a table of chapters or markers, not a transcript",
            path=document.path,
            remedy="give the text that is spoken",
        )
    rows = list(_rows(document, sign, quoted=bool(header)))
    if columns is None:
        width = min((len(row) for _, row in rows), default=3)
        columns = (-1, 2) if width > 3 else (-1, None)
    return list(table_lines(rows[1:] if header else rows, columns))


def _rows(document: Document, sign: str, *, quoted: bool) -> Iterator[tuple[int, list[str]]]:
    if not quoted:
        for number, line in enumerate(document.text.splitlines(), start=1):
            if line.strip() and not line.startswith("\\"):
                yield (
                    number,
                    line.split(sign)[:3]
                    + ([sign.join(line.split(sign)[3:])] * (line.count(sign) > 2)),
                )
        return
    # A tab-separated file of Whisper's quotes nothing, and a quote may begin its text.
    rows = document.text.lstrip("\ufeff").splitlines(keepends=True)
    if sign == "\t" and '\t"' not in document.text:
        reader = csv.reader(rows, delimiter=sign, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(rows, delimiter=sign)
    number, width = 1, len(_header(document))
    try:
        for row in reader:
            if any(field.strip() for field in row):
                # A last column of text that nobody quoted.
                yield number, [*row[: width - 1], sign.join(row[width - 1 :])]
            number = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"not a valid table: {error}",
            path=document.path,
            line=reader.line_num,
            remedy="save it anew as CSV in UTF-8",
        ) from None


def table_lines(
    rows: Sequence[tuple[int, Sequence[str]]], columns: tuple[int, int | None]
) -> Iterator[CueLine]:
    """Return the lines of the rows' text, whose columns are given; words become lines.

    A cell without a speaker goes on with the one before.
    """
    at, who = columns

    def voice(row: Sequence[str]) -> str:
        return row[who].strip() if who is not None and len(row) > who else ""

    texts = [(number, row[at], voice(row)) for number, row in rows if len(row) > max(at, 0)]
    single = sum(" " not in text.strip() for _, text, _ in texts)
    if texts and single > 0.8 * len(texts) and len(texts) > 5:  # a row a word
        for name, group in itertools.groupby(texts, key=lambda row: row[2]):
            members = list(group)
            joined = " ".join(text.strip() for _, text, _ in members)
            yield from made_lines(joined, members[0][0], name)
        return
    for number, text, name in texts:
        # Captions of several turns on one line: `-Yes. -No.`
        broken = _NEXT_TURN.sub("\n", text) if text.lstrip().startswith("-") else text
        yield from made_lines(broken, number, name)
