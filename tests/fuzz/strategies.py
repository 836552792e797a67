"""Inputs for readers: noise, words of the format in any order, and good files with some damage."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.readers import Reader

__all__ = ["inputs"]

_Damage = tuple[int, int, bytes]


def inputs(reader: Reader) -> st.SearchStrategy[bytes]:
    """Content to be tried on `reader`."""
    tokens = st.sampled_from([token.encode("utf-8") for token in reader.tokens])
    piece = st.one_of(tokens, st.text(max_size=8).map(lambda t: t.encode("utf-8", "replace")))
    soup = st.lists(piece, max_size=25).map(b"".join)
    place = st.integers(0, 1 << 16)
    damage = st.tuples(place, st.integers(0, 30), st.one_of(tokens, st.binary(max_size=6)))
    damaged = st.builds(
        _damage, st.sampled_from(reader.examples), st.lists(damage, min_size=1, max_size=5)
    )
    many = st.builds(lambda one, count: one * count, tokens, st.integers(2, 400))
    repeated = st.builds(lambda head, one: head + one, st.sampled_from(reader.examples), many)
    return st.one_of(damaged, damaged, soup, repeated, st.binary(max_size=64))


def _damage(example: bytes, damages: list[_Damage]) -> bytes:
    """Replace some bytes at each place by others."""
    content = example
    for place, length, other in damages:
        at = place % (len(content) + 1)
        content = content[:at] + other + content[at + length :]
    return content
