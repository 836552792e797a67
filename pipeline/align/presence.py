"""Which words are there: one model of evidence, of what text and audio lack, and of pauses.

A semi-Markov chain over the words that were placed. Each is there or not; from one that is there
to the next, the model weighs the words left out between them, the speech that the text lacks, and
the pause, by what stands in the text there. How often words are missing, and how often something is
said that the text lacks, are the episode's own rates, estimated by expectation maximisation
(Dempster, Laird & Rubin, 1977), the probabilities by the forward-backward algorithm (Rabiner, 1989;
with durations: Yu, "Hidden semi-Markov models", 2010). So a word that was merely mumbled is kept in
a faithful transcript, and the same evidence is not enough in a paraphrased one.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.align.placing import PlacedWords
from pipeline.align.text_breaks import TextBreak
from pipeline.align.word_features import FEATURES, word_features
from pipeline.audio.features import FRAME_MS
from pipeline.kernels import kernel

__all__ = [
    "Presence",
    "PresenceModel",
    "log_odds",
    "presence",
    "presence_model",
    "probability_alone",
]

_FRAMES_PER_S = 1000.0 / FRAME_MS
_REACH = 96
"""Words placed that may be left out between two that are there: three in four of a passage that is
missing are not placed at all, so that this is one of several hundred words."""

_CERTAIN = 25.0
"""Log odds; no path leaves out words that are together so sure to be there."""

_MOST_ROUNDS = 8
_SETTLED = 0.02  # change of the log rate of missing words, in a round
_LOWEST = -1e9
_OUT_OF_ORDER = 20.0  # nats; for a word that begins before the one before it has ended
_OVERLAP_S = 0.03
_FEWEST = 1e-9
_MORE_PRIOR = 6.0  # missing words that `missing_more` is worth


@dataclass(frozen=True)
class PresenceModel:
    """What is known of recordings before one is heard; see `presence.toml`.

    Rows by `TextBreak`, six each.

    Attributes:
        weights: log odds for each feature of `pipeline.align.word_features`.
        garbled: how many of the words that are there are said so that they fit no better than any,
            over the square of the share of unclear ones: there are none where all are clear.
        garbled_least: how many at least.
        garbled_more: how many of the words behind such a one are, too.
        insertion: how likely it is that something short is said there that the text lacks.
        insertion_s: how long that is on average.
        advertisement: the same of something of any length.
        advertisement_decay: the power by which its length counts.
        slack: speech that may be there in place of words left out, over how long these usually are.
        noise_s: seconds of speech or of pause that mean nothing.
        pause_s: mean pause.
        long_pause: how likely a pause of any length is.
        missing: rate of places where a word or several are missing, to begin with.
        missing_usual: the rate at which the penalties of the search are as they are.
        missing_least: what that rate tends to where nothing speaks for more.
        misplaced: rate of places where words that are there were placed elsewhere.
        missing_more: how likely one more is missing.
        prior_words: words that `missing_least` is worth beside those of the episode.
        passage: rate of passages that are missing.
        passage_prior_words: words that it is worth beside those of the episode.
        shortest_passage: in words.
        passage_words: how long a passage usually is that is missing.
        interpolated: how many of those words that are there, but were not found, lie within 100 ms
            of their time.
    """

    weights: npt.NDArray[np.float64]
    garbled: float
    garbled_least: float
    garbled_more: float
    insertion: npt.NDArray[np.float64]
    insertion_s: float
    advertisement: npt.NDArray[np.float64]
    advertisement_decay: float
    slack: float
    noise_s: float
    pause_s: npt.NDArray[np.float64]
    long_pause: npt.NDArray[np.float64]
    missing: float
    missing_usual: float
    missing_least: float
    misplaced: float
    missing_more: float
    prior_words: float
    passage: float
    passage_prior_words: float
    shortest_passage: float
    passage_words: float
    interpolated: float


@dataclass(frozen=True, eq=False)
class Presence:
    """What the model says of an episode.

    Attributes:
        probability: float64, shape (words,): that each word is there; of one that was placed, that
            it is there where it was.
        missing: how often words of the text are missing, 0 to 1.
    """

    probability: npt.NDArray[np.float64]
    missing: float


@cache
def presence_model() -> PresenceModel:
    """The model as fitted; `bench/people/fit.py` writes it."""
    values: dict[str, dict[str, Any]] = tomllib.loads(
        Path(__file__).with_name("presence.toml").read_text(encoding="utf-8")
    )
    weights, by_break, rest = values["weights"], values["by_break"], values["parameters"]
    names = [member.name.lower() for member in TextBreak]
    rows: dict[str, Any] = {
        key: np.array([row[name] for name in names]) for key, row in by_break.items()
    }
    return PresenceModel(weights=np.array([weights[name] for name in FEATURES]), **rows, **rest)


def log_odds(features: npt.NDArray[np.float64], model: PresenceModel) -> npt.NDArray[np.float64]:
    """What the evidence alone says: float64, shape (words,).

    However badly a word fits, it may have been said so that nobody would understand it, if there is
    room for it; and so may the next one then.
    """
    odds: npt.NDArray[np.float64] = features @ model.weights
    is_forced = features[:, FEATURES.index("forced")] > 0
    has_place = features[:, FEATURES.index("without a place")] == 0
    goes_on = is_forced & np.concatenate([[False], is_forced[:-1]])
    garbled = model.garbled * _share_unclear(odds, has_place & ~is_forced) ** 2
    garbled = max(model.garbled_least, garbled)
    floor = np.log(np.where(goes_on, model.garbled_more, garbled))
    # Where all phones are as short as can be, there is no room.
    has_room = has_place & (features[:, FEATURES.index("hurried")] < 1.0)
    return np.logaddexp(odds, np.where(has_room, floor, -np.inf))


def _share_unclear(odds: npt.NDArray[np.float64], is_placed: npt.NDArray[np.bool_]) -> float:
    """Of words placed amid words placed, the share whose own evidence speaks against them."""
    amid = is_placed.copy()
    amid[1:] &= is_placed[:-1]
    amid[:-1] &= is_placed[1:]
    return float((odds[amid] < 0).mean()) if amid.any() else 0.0


def probability_alone(
    placed: PlacedWords, heard: DecodedPhones, acoustic_model: AcousticModel
) -> npt.NDArray[np.float64]:
    """How likely words are where they are that someone said are there: float64, shape (words,).

    Without regard to what lies between them; 0 without a place.
    """
    model = presence_model()
    odds = log_odds(word_features(placed, placed, heard, acoustic_model), model)
    odds += np.log1p(-model.missing_usual) - np.log(model.missing_usual)
    return np.where(placed.starts >= 0, 1.0 / (1.0 + np.exp(-odds)), 0.0)


def presence(
    starts: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    odds: npt.NDArray[np.float64],
    lengths_s: npt.NDArray[np.float64],
    breaks: npt.NDArray[np.int8],
    heard: DecodedPhones,
    acoustic_model: AcousticModel,
    model: PresenceModel,
) -> Presence:
    """Weigh the evidence of all words of an episode.

    Args:
        starts: int32, shape (words,): first frame of each word, -1 if it was not placed; ascending.
        ends: int32, same shape: frame after the last.
        odds: float64, same shape: evidence of each word, placed or not.
        lengths_s: float64, same shape: how long each word usually is, in seconds.
        breaks: int8, shape (words + 1,): see `pipeline.align.text_breaks`.
        heard: the phones recognised in the recording.
        acoustic_model: tells which of them are speech.
        model: what is known beforehand.
    """
    words = len(starts)
    placed = np.flatnonzero(starts >= 0)
    frames = int(heard.ends[-1]) if len(heard.ends) else 0
    at = np.concatenate([[-1], placed, [words]])
    begin = np.concatenate([[0], starts[placed], [frames]])
    end = np.concatenate([[0], ends[placed], [frames]])
    zeros = np.zeros(len(at), np.int64)
    spoken_before = heard.speech_between(zeros, begin, acoustic_model.is_speech) / _FRAMES_PER_S
    spoken_until = heard.speech_between(zeros, end, acoustic_model.is_speech) / _FRAMES_PER_S
    chain_odds = np.concatenate([[0.0], odds[placed], [0.0]])
    is_placed = starts >= 0
    # Of a word that was not placed, both are possible beside words that are there.
    hidden = _summed(np.where(is_placed, -_CERTAIN, odds))
    missing, more, passage, inserted = model.missing, model.missing_more, model.passage, 1.0
    for _ in range(_MOST_ROUNDS):
        either = np.logaddexp(np.log(more), np.log1p(-more) + odds)
        either[is_placed] = np.log(more)
        there, short, all_hidden, counts = _forward_backward(
            at,
            begin / _FRAMES_PER_S,
            end / _FRAMES_PER_S,
            spoken_before,
            spoken_until,
            chain_odds,
            breaks,
            _summed(either),
            hidden,
            missing,
            model.misplaced,
            more,
            np.log(passage),
            inserted,
            model.insertion,
            model.insertion_s,
            model.advertisement,
            model.advertisement_decay,
            _summed(model.slack * lengths_s),
            model.noise_s,
            model.pause_s,
            model.long_pause,
            model.shortest_passage,
            model.passage_words,
        )
        is_there = np.exp(np.minimum(0.0, np.log1p(-more) + odds - either))
        probability = short * is_there + all_hidden
        probability[placed] = there[1:-1]
        all_runs, passages, insertions, usual_insertions, runs = counts.tolist()
        gone = short.sum() - (short * is_there)[~is_placed].sum()
        gone *= runs / max(all_runs, _FEWEST)
        before = missing
        missing = min(runs, gone) + model.prior_words * model.missing_least
        missing /= words + model.prior_words
        passage = passages + model.passage_prior_words * model.passage
        passage /= words + model.passage_prior_words
        more = (max(0.0, gone - runs) + _MORE_PRIOR * model.missing_more) / (gone + _MORE_PRIOR)
        inserted = (insertions + 1.0) / (usual_insertions + 1.0)
        if abs(np.log(missing / before)) < _SETTLED:
            break
    return Presence(np.clip(probability, 0.0, 1.0), missing)


def _summed(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(values)])


@kernel()
def _transition(
    i: int,
    j: int,
    highest: int,
    at: npt.NDArray[np.int64],
    begin: npt.NDArray[np.float64],
    end: npt.NDArray[np.float64],
    spoken_before: npt.NDArray[np.float64],
    spoken_until: npt.NDArray[np.float64],
    either: npt.NDArray[np.float64],
    hidden: npt.NDArray[np.float64],
    missing: float,
    misplaced: float,
    more: float,
    passage: float,
    inserted: float,
    insertion: npt.NDArray[np.float64],
    insertion_s: float,
    advertisement: npt.NDArray[np.float64],
    advertisement_decay: float,
    lengths: npt.NDArray[np.float64],
    noise_s: float,
    pause_s: npt.NDArray[np.float64],
    long_pause: npt.NDArray[np.float64],
    shortest_passage: float,
    passage_words: float,
) -> tuple[float, float, float, float]:
    """Log probability of going from the placed word `i` to `j`, none between being where it was.

    `highest` is the highest break between them. Also returns which share of it is for a short run
    of missing words, which for none missing, and which share of the speech there for an insertion.
    """
    total, short_share, hidden_share, insertion_share = 0.0, 0.0, 1.0, 0.0
    between = at[j] - at[i] - 1
    if between > 0:
        begun = missing if j - i == 1 else missing + misplaced
        short = np.log(begun / more) + either[at[j]] - either[at[i] + 1]
        none = hidden[at[j]] - hidden[at[i] + 1]
        long = _LOWEST
        if between >= shortest_passage:
            # A heavy tail: passages of minutes are cut, too.
            share = 1.0 + between / passage_words
            long = passage - np.log(passage_words) - 2.0 * np.log(share)
        best = max(short, none, long)
        total = best + np.log(np.exp(short - best) + np.exp(none - best) + np.exp(long - best))
        short_share, hidden_share = np.exp(short - total), np.exp(none - total)
    spoken = max(0.0, spoken_before[j] - spoken_until[i])
    foreign = spoken - noise_s
    if between > 0:
        # Something else may be said in place of words left out, or they themselves, not clearly.
        foreign -= lengths[at[j]] - lengths[at[i] + 1]
    if foreign > 0.0:
        of_insertion = inserted * insertion[highest] * np.exp(-foreign / insertion_s)
        of_advertisement = advertisement[highest] * (1.0 + foreign) ** -advertisement_decay
        total += np.log(of_insertion + of_advertisement)
        insertion_share = of_insertion / (of_insertion + of_advertisement)
    pause = max(0.0, begin[j] - end[i]) - spoken - noise_s
    if pause > 0.0:
        usual = (1.0 - long_pause[highest]) * np.exp(-pause / pause_s[highest])
        total += np.log(usual + long_pause[highest] / np.sqrt(1.0 + pause))
    if begin[j] < end[i] - _OVERLAP_S:
        total -= _OUT_OF_ORDER
    return total, short_share, hidden_share, insertion_share


@kernel()
def _forward_backward(
    at: npt.NDArray[np.int64],
    begin: npt.NDArray[np.float64],
    end: npt.NDArray[np.float64],
    spoken_before: npt.NDArray[np.float64],
    spoken_until: npt.NDArray[np.float64],
    odds: npt.NDArray[np.float64],
    breaks: npt.NDArray[np.int8],
    either: npt.NDArray[np.float64],
    hidden: npt.NDArray[np.float64],
    missing: float,
    misplaced: float,
    more: float,
    passage: float,
    inserted: float,
    insertion: npt.NDArray[np.float64],
    insertion_s: float,
    advertisement: npt.NDArray[np.float64],
    advertisement_decay: float,
    lengths: npt.NDArray[np.float64],
    noise_s: float,
    pause_s: npt.NDArray[np.float64],
    long_pause: npt.NDArray[np.float64],
    shortest_passage: float,
    passage_words: float,
) -> tuple[
    npt.NDArray[np.float64],
    npt.NDArray[np.float64],
    npt.NDArray[np.float64],
    npt.NDArray[np.float64],
]:
    """Posteriors of the placed words; of each word, that it is in a run of which some are missing,
    or in one of which none is; and the expected counts that the rates are estimated from: runs of
    words missing or misplaced, missing passages, insertions, those that were to be expected, and
    runs of missing words.
    """
    count, words = len(at), len(breaks) - 1
    forward = np.full(count, _LOWEST)
    forward[0] = 0.0
    backward = np.full(count, _LOWEST)
    backward[count - 1] = 0.0
    posterior = np.zeros(count)
    in_short = np.zeros(words + 1)
    in_hidden = np.zeros(words + 1)
    counts = np.zeros(5)
    # Once forward, and once backward with the sums.
    for turn in range(2):
        for step in range(count - 1):
            j = step + 1 if turn == 0 else count - 1 - step
            highest = 0
            word = at[j]
            left_out = 0.0
            i = j - 1
            while i >= 0 and j - i <= _REACH and left_out < _CERTAIN:
                while word > at[i]:
                    highest = max(highest, breaks[word])
                    word -= 1
                total, short, none, insertion_share = _transition(
                    i,
                    j,
                    highest,
                    at,
                    begin,
                    end,
                    spoken_before,
                    spoken_until,
                    either,
                    hidden,
                    missing,
                    misplaced,
                    more,
                    passage,
                    inserted,
                    insertion,
                    insertion_s,
                    advertisement,
                    advertisement_decay,
                    lengths,
                    noise_s,
                    pause_s,
                    long_pause,
                    shortest_passage,
                    passage_words,
                )
                if turn == 0:
                    forward[j] = np.logaddexp(forward[j], forward[i] + total + odds[j])
                else:
                    backward[i] = np.logaddexp(backward[i], backward[j] + total + odds[j])
                    weight = np.exp(forward[i] + total + odds[j] + backward[j] - forward[count - 1])
                    if weight > 1e-9:
                        posterior[j] += weight
                        counts[2] += weight * insertion_share
                        counts[3] += weight * insertion[highest]
                        if at[j] - at[i] > 1:
                            in_short[at[i] + 1] += weight * short
                            in_short[at[j]] -= weight * short
                            in_hidden[at[i] + 1] += weight * none
                            in_hidden[at[j]] -= weight * none
                            counts[0] += weight * short
                            share = 1.0 if j - i == 1 else missing / (missing + misplaced)
                            counts[4] += weight * short * share
                            counts[1] += weight * (1.0 - short - none)
                left_out += max(0.0, odds[i])
                i -= 1
    posterior[0] = 1.0
    return posterior, np.cumsum(in_short)[:words], np.cumsum(in_hidden)[:words], counts
