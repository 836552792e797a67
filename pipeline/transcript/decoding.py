"""Bytes to text: encodings accepted, and what is refused with its place."""

from __future__ import annotations

import codecs
import re

from pipeline.errors import InputError

__all__ = ["decode_text"]

_BOMS = (  # UTF-32 first: its little-endian mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_SIGNATURES = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"{\\rtf", "a rich-text document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"ID3", "an audio file"),
    (b"RIFF", "an audio or video file"),
    (b"OggS", "an audio file"),
    (b"fLaC", "an audio file"),
)

_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x7f]")

_NO_CHARACTER = re.compile("[\x80-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff]")
"""C1 controls, noncharacters and the private planes: what no text means."""

_AS_UTF8 = "save it as plain text in UTF-8"


def decode_text(data: bytes, path: str) -> str:
    """Decode a text file: UTF-8 with or without byte-order mark, UTF-16 and UTF-32 with one.

    C1 controls become what they are in Windows-1252, as browsers have it; other characters that no
    text holds become U+FFFD.

    Raises:
        InputError: the file is empty, binary, or in another encoding; the error names the line
            and column of the first byte that does not decode.
    """
    if not data:
        raise InputError("the file is empty", path=path, remedy="give a transcript with text")
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise InputError(f"this is {kind}, not a text file", path=path, remedy=_AS_UTF8)
    encoding, body = "utf-8", data
    for bom, name in _BOMS:
        if data.startswith(bom):
            encoding, body = name, data[len(bom) :]
            break
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise _wrong_encoding(body, encoding, error, path) from None
    bad = _CONTROL.search(text)
    if bad is not None:
        line, column = _place(text[: bad.start()])
        raise InputError(
            f"a control character (U+{ord(bad.group()):04X}): this is a binary file, not text",
            path=path,
            line=line,
            column=column,
            remedy=_AS_UTF8,
        )
    return _NO_CHARACTER.sub(_repaired, text)


def _repaired(found: re.Match[str]) -> str:
    """Curly quotes and dashes of Windows-1252 that were taken for Latin-1 come back."""
    character = found.group()
    return character.encode("latin-1", "replace").decode("cp1252", "replace").replace("?", "\ufffd")


def _place(before: str) -> tuple[int, int]:
    """Line and column, from 1, of the character that follows `before`."""
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines), len(lines[-1]) + 1


def _wrong_encoding(body: bytes, encoding: str, error: UnicodeDecodeError, path: str) -> InputError:
    if encoding == "utf-8" and b"\0" in body:
        return InputError("this is a binary file, not text", path=path, remedy=_AS_UTF8)
    line, column = _place(body[: error.start].decode(encoding))
    remedy = "save the file as UTF-8"
    if encoding == "utf-8":
        remedy += "; if it is in Windows-1252: iconv -f WINDOWS-1252 -t UTF-8 IN > OUT"
    return InputError(
        f"byte 0x{body[error.start]:02X} is not {encoding.upper()} text",
        path=path,
        line=line,
        column=column,
        remedy=remedy,
    )
