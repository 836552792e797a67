"""CMUdict as the pocketsphinx wheel carries it, read only where it is looked up."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

from pipeline.errors import InputError
from pipeline.installed import package_folder, read_installed, reinstalling
from pipeline.lexicon.phones import PHONE_SET
from pipeline.lexicon.records import Phones

__all__ = ["Cmudict", "dictionary_path", "load_cmudict"]


def dictionary_path() -> Path:
    """Return the place of the dictionary file.

    Raises:
        InputError: the package that carries it is missing.
    """
    return package_folder("pocketsphinx") / "model" / "en-us" / "cmudict-en-us.dict"


class Cmudict:
    """Pronunciations by word.

    Holds the file's bytes, sorted by word, and finds words in them by bisection, so that nothing is
    built for the 130,000 entries that no transcript needs.
    """

    def __init__(self, data: bytes) -> None:
        """Take the dictionary's text: `word PHONE PHONE …` lines, variants as `word(2)`.

        Raises:
            InputError: it is no such text.
        """
        if not data.isascii() or b" " not in data:
            raise _damaged()
        self._data = b"\n" + data.replace(b"\r\n", b"\n").strip(b"\n") + b"\n"
        self._found: dict[str, tuple[Phones, ...]] = {}

    def lookup(self, word: str) -> tuple[Phones, ...]:
        """Return all pronunciations of a lower-case word, the usual one first, or ()."""
        found = self._found.get(word)
        if found is None:
            found = self._found[word] = tuple(self._search(word))
        return found

    def __contains__(self, word: str) -> bool:
        """Tell whether the dictionary has a word."""
        return bool(self.lookup(word))

    def common_starts(self, letters: str, length: int, limit: int) -> tuple[Phones, ...]:
        """Return how words that begin with some letters begin, the most frequent first.

        Args:
            letters: the beginning of a word.
            length: phones of each beginning.
            limit: beginnings to return at most, each at least a tenth of the words.
        """
        if not letters.isascii() or not letters:
            return ()
        key, data = letters.encode("ascii"), self._data
        at = self._before(key)
        counts: Counter[Phones] = Counter()
        while at + 1 < len(data) and data.startswith(key, at + 1):
            end = data.find(b"\n", at + 1)
            counts[tuple(data[at + 1 : end].decode("ascii").split()[1 : length + 1])] += 1
            at = end
        total = counts.total()
        return tuple(
            phones for phones, n in counts.most_common(limit) if phones and 10 * n >= total
        )

    def _search(self, word: str) -> list[Phones]:
        if not word.isascii() or not word:
            return []
        key, data = word.encode("ascii"), self._data
        at = self._before(key)
        found = []
        while at + 1 < len(data) and self._word_at(at + 1) == key:
            end = data.find(b"\n", at + 1)
            phones = tuple(data[at + 1 : end].decode("ascii").split()[1:])
            if not phones or not PHONE_SET.issuperset(phones):
                raise _damaged()
            found.append(phones)
            at = end
        return found

    def _before(self, key: bytes) -> int:
        """Return the end of the line before the first entry that does not sort before `key`."""
        data = self._data
        low, high = 0, len(data) - 1
        while low < high:
            middle = data.rfind(b"\n", low, (low + high) // 2 + 1)
            if self._word_at(middle + 1) < key:
                low = data.find(b"\n", middle + 1)
            else:
                high = middle
        return low

    def _word_at(self, start: int) -> bytes:
        word = self._data[start : self._data.find(b" ", start)]
        return word.split(b"(", 1)[0]


@cache
def load_cmudict() -> Cmudict:
    """Load the dictionary once in a process.

    Raises:
        InputError: it is missing or damaged.
    """
    return Cmudict(read_installed(dictionary_path(), "pocketsphinx"))


def _damaged() -> InputError:
    return InputError(
        "the pronunciation dictionary is damaged",
        path=dictionary_path(),
        remedy=reinstalling("pocketsphinx"),
    )
