"""Train the grapheme-to-phoneme model from the dictionary that pocketsphinx carries.

A joint n-gram model: letters and phones of each entry are aligned by expectation maximisation
(1 to 2 letters to 0 to 2 phones), and the resulting pairs ("graphones") are counted into an
interpolated Kneser-Ney model (Bisani and Ney, 2008), pruned, and stored compactly.

    python tools/train_g2p.py --out pipeline/lexicon/g2p.npz      # train on everything
    python tools/train_g2p.py --evaluate                          # train on 95 %, measure on 5 %

An entry is held out by the hash of its word, so that the split is the same on every machine.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
import zlib
from collections import Counter, defaultdict
from pathlib import Path

import numba
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.lexicon import g2p
from pipeline.lexicon.cmudict import dictionary_path

ORDER = 6
MAX_LETTERS, MAX_PHONES = 2, 2
LETTERS = "abcdefghijklmnopqrstuvwxyz'"
HELD_OUT_SHARE = 0.05


def read_dictionary() -> dict[str, list[tuple[str, ...]]]:
    entries: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for line in dictionary_path().read_text(encoding="ascii").splitlines():
        word, *phones = line.split()
        word = word.split("(")[0]
        if set(word) <= set(LETTERS) and any(c.isalpha() for c in word):
            entries[word].append(tuple(phones))
    return dict(entries)


def is_held_out(word: str) -> bool:
    return zlib.crc32(word.encode()) % 1000 < 1000 * HELD_OUT_SHARE


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _em_pass(letters, l_at, phones, p_at, weight, counts, viterbi, out_len):  # type: ignore
    """One pass over all entries.

    weight[a, b]: log probability of letter chunk a paired with phone chunk b. Adds expected
    counts (or, for `viterbi`, writes the best chunk sizes to out_len).
    """
    n_letter = 28
    n_phone = 40
    total = 0.0
    for e in range(len(l_at) - 1):
        ls = letters[l_at[e] : l_at[e + 1]]
        ps = phones[p_at[e] : p_at[e + 1]]
        n, m = len(ls), len(ps)
        forward = np.full((n + 1, m + 1), -np.inf)
        back = np.zeros((n + 1, m + 1), dtype=np.int64)
        forward[0, 0] = 0.0
        for i in range(1, n + 1):
            for j in range(m + 1):
                best = -np.inf
                acc = -np.inf
                for a in range(1, min(2, i) + 1):
                    left = ls[i - 1] if a == 1 else n_letter * (1 + ls[i - 2]) + ls[i - 1]
                    for b in range(min(2, j) + 1):
                        if a == 2 and b == 2:
                            continue
                        right = 0
                        if b == 1:
                            right = ps[j - 1]
                        elif b == 2:
                            right = n_phone * ps[j - 2] + ps[j - 1]
                        s = forward[i - a, j - b] + weight[left, right]
                        if s > best:
                            best = s
                            back[i, j] = 3 * a + b
                        if s > -np.inf:
                            hi, lo = max(s, acc), min(s, acc)
                            acc = hi + np.log1p(np.exp(lo - hi))
                forward[i, j] = best if viterbi else acc
        if forward[n, m] == -np.inf:
            continue
        total += forward[n, m]
        if viterbi:
            i, j = n, m
            while i > 0:
                step = back[i, j]
                out_len[l_at[e] + i - 1] = step
                i -= step // 3
                j -= step % 3
            continue
        backward = np.full((n + 1, m + 1), -np.inf)
        backward[n, m] = 0.0
        z = forward[n, m]
        for i in range(n, 0, -1):
            for j in range(m, -1, -1):
                if backward[i, j] == -np.inf:
                    continue
                for a in range(1, min(2, i) + 1):
                    left = ls[i - 1] if a == 1 else n_letter * (1 + ls[i - 2]) + ls[i - 1]
                    for b in range(min(2, j) + 1):
                        if a == 2 and b == 2:
                            continue
                        right = 0
                        if b == 1:
                            right = ps[j - 1]
                        elif b == 2:
                            right = n_phone * ps[j - 2] + ps[j - 1]
                        f = forward[i - a, j - b]
                        w = weight[left, right]
                        if f == -np.inf or w == -np.inf:
                            continue
                        s = backward[i, j] + w
                        counts[left, right] += np.exp(f + s - z)
                        hi = max(s, backward[i - a, j - b])
                        lo = min(s, backward[i - a, j - b])
                        backward[i - a, j - b] = hi + np.log1p(np.exp(lo - hi))
    return total


def align(pairs: list[tuple[str, tuple[str, ...]]]) -> list[list[tuple[str, tuple[str, ...]]]]:
    """Cut each (word, phones) into graphones: (letters, phones) chunks."""
    letter_code = {c: i for i, c in enumerate(LETTERS)}
    phone_code = {p: i + 1 for i, p in enumerate(g2p.PHONES)}
    letters = np.array([letter_code[c] for w, _ in pairs for c in w], dtype=np.int64)
    phones = np.array([phone_code[p] for _, ps in pairs for p in ps], dtype=np.int64)
    l_at = np.cumsum([0] + [len(w) for w, _ in pairs])
    p_at = np.cumsum([0] + [len(ps) for _, ps in pairs])
    shape = (28 * 28 + 28, 40 * 40 + 40)
    weight = np.full(shape, -1.0)
    # Chunks of one letter and one phone are the rule; longer ones must earn their place.
    weight[:, 0] = -3.0
    weight[:, 40:] = -4.0
    weight[28:, :] -= 3.0
    sizes = np.zeros(len(letters), dtype=np.int64)
    for _ in range(8):
        counts = np.zeros(shape)
        total = _em_pass(letters, l_at, phones, p_at, weight, counts, False, sizes)
        print(f"  log likelihood {total:.0f}", file=sys.stderr)
        counts[counts < 0.5] = 0.0
        with np.errstate(divide="ignore"):
            weight = np.log(counts / counts.sum())
    _em_pass(letters, l_at, phones, p_at, weight, counts, True, sizes)
    found = []
    for e, (word, ps) in enumerate(pairs):
        i, j, chunks = len(word), len(ps), []
        while i > 0:
            step = int(sizes[l_at[e] + i - 1])
            if step == 0:
                break
            a, b = divmod(step, 3)
            chunks.append((word[i - a : i], ps[j - b : j]))
            i, j = i - a, j - b
        if i == 0 and j == 0:
            found.append(chunks[::-1])
    print(f"  aligned {len(found)} of {len(pairs)}", file=sys.stderr)
    return found


def kneser_ney(
    sequences: list[list[int]], order: int, prune: float
) -> dict[tuple[int, ...], tuple[float, float]]:
    """Count and smooth: n-gram -> (log probability, log back-off weight).

    Interpolated modified Kneser-Ney. An n-gram whose absence would cost the training data less
    than `prune` nats in all, with its back-off, is dropped.
    """
    raw: list[Counter[tuple[int, ...]]] = [Counter() for _ in range(order + 1)]
    for sequence in sequences:
        for end in range(1, len(sequence)):
            for n in range(1, min(order, end + 1) + 1):
                raw[n][tuple(sequence[end - n + 1 : end + 1])] += 1
    counts: list[Counter[tuple[int, ...]]] = [Counter() for _ in range(order + 1)]
    counts[order] = raw[order]
    for n in range(1, order):
        kept = counts[n]
        for gram in raw[n + 1]:
            kept[gram[1:]] += 1
        for gram, count in raw[n].items():
            if gram[0] == g2p.BEGIN:  # nothing stands before it: its own count
                kept[gram] = count
    model: dict[tuple[int, ...], tuple[float, float]] = {}
    probability: dict[tuple[int, ...], float] = {}
    vocabulary = len({gram[0] for gram in counts[1]})
    backoff: dict[tuple[int, ...], float] = {}
    for n in range(1, order + 1):
        of = Counter(counts[n].values())
        y = of[1] / max(of[1] + 2 * of[2], 1)
        d = [0.0] + [max(k - (k + 1) * y * of[k + 1] / max(of[k], 1), 0.1) for k in (1, 2, 3)]
        total: Counter[tuple[int, ...]] = Counter()
        freed: dict[tuple[int, ...], float] = defaultdict(float)
        for gram, count in counts[n].items():
            total[gram[:-1]] += count
            freed[gram[:-1]] += min(d[min(count, 3)], count)
        for context, mass in total.items():
            backoff[context] = freed[context] / mass
        for gram, count in counts[n].items():
            context = gram[:-1]
            lower = probability[gram[1:]] if n > 1 else 1 / vocabulary
            probability[gram] = (
                max(count - d[min(count, 3)], 0) / total[context] + backoff[context] * lower
            )
    keep: set[tuple[int, ...]] = set()
    for n in range(order, 0, -1):
        for gram in counts[n]:
            lower = probability[gram[1:]] * backoff.get(gram[:-1], 1.0) if n > 1 else 0.0
            gain = raw[n][gram] * (math.log(probability[gram]) - math.log(max(lower, 1e-30)))
            if n == 1 or gram in keep or gain > prune:
                keep.add(gram)
                # All its beginnings must stay reachable, and its own back-off context.
                for m in range(1, n):
                    keep.add(gram[:m])
    # Contexts lose what was pruned: renormalise the back-off weights, short contexts first.
    children: dict[tuple[int, ...], list[tuple[int, ...]]] = defaultdict(list)
    for gram in keep:
        if len(gram) > 1:
            children[gram[:-1]].append(gram)
    model_p = {gram: probability.get(gram, 1e-6) for gram in keep}
    weights: dict[tuple[int, ...], float] = {}

    def lookup(gram: tuple[int, ...]) -> float:
        weight = 1.0
        while gram not in model_p:
            if len(gram) == 1:
                return 1e-9
            weight *= weights.get(gram[:-1], 1.0)
            gram = gram[1:]
        return weight * model_p[gram]

    for context in sorted(children, key=len):
        here = sum(model_p[gram] for gram in children[context])
        there = sum(lookup(gram[1:]) for gram in children[context])
        weights[context] = max(1 - here, 1e-6) / max(1 - there, 1e-6)
    for gram in keep:
        model[gram] = (math.log(model_p[gram]), math.log(weights.get(gram, 1.0)))
    return model


def train(entries: dict[str, list[tuple[str, ...]]], order: int, prune: float) -> bytes:
    pairs = [(word, phones) for word, all_phones in entries.items() for phones in all_phones]
    began = time.perf_counter()
    aligned = align(pairs)
    seen = Counter(chunk for chunks in aligned for chunk in chunks)
    rare = {chunk for chunk, count in seen.items() if count < 3}
    aligned = [chunks for chunks in aligned if not rare.intersection(chunks)]
    units = sorted({chunk for chunks in aligned for chunk in chunks})
    code = {unit: i + 2 for i, unit in enumerate(units)}
    sequences = [[g2p.BEGIN, *(code[chunk] for chunk in chunks), g2p.END] for chunks in aligned]
    print(f"  {len(units)} graphones, {len(sequences)} words", file=sys.stderr)
    model = kneser_ney(sequences, order, prune)
    print(f"  {len(model)} n-grams, {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return g2p.pack(units, model)


def edit_distance(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def evaluate(data: bytes, entries: dict[str, list[tuple[str, ...]]]) -> None:
    model = g2p.unpack(data)
    began = time.perf_counter()
    wrong = wrong3 = errors = phones = 0
    for word, references in entries.items():
        best = [found.phones for found in model.pronounce(word, 3)]
        wrong += best[0] not in references
        wrong3 += not set(best) & set(references)
        distance, length = min((edit_distance(best[0], r), len(r)) for r in references)
        errors += distance
        phones += length
    n = len(entries)
    print(
        f"{n} words: word error {wrong / n:.1%} (best of 3: {wrong3 / n:.1%}), "
        f"phone error {errors / phones:.1%}, {(time.perf_counter() - began) / n * 1e3:.1f} ms/word"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="where to store the model of all entries")
    parser.add_argument("--evaluate", action="store_true", help="measure on held-out entries")
    parser.add_argument("--order", type=int, default=ORDER)
    parser.add_argument("--prune", type=float, default=g2p.PRUNE)
    parser.add_argument("--limit", type=int, default=3000, help="held-out words measured")
    args = parser.parse_args()
    entries = read_dictionary()
    if args.evaluate:
        kept = {w: p for w, p in entries.items() if not is_held_out(w)}
        held_out = {w: p for w, p in entries.items() if is_held_out(w)}
        data = train(kept, args.order, args.prune)
        print(f"{len(data)} bytes")
        evaluate(data, dict(list(held_out.items())[: args.limit]))
    if args.out:
        data = train(entries, args.order, args.prune)
        args.out.write_bytes(data)
        print(f"{args.out}: {len(data)} bytes")


if __name__ == "__main__":
    main()
