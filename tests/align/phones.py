"""Small texts in phones for tests."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from pipeline.align.acoustic_model import AcousticModel
from pipeline.lexicon.records import Pronunciation, SpokenForm, SpokenWord

NAMES = ("AA", "B", "CH", "EH", "F", "IY", "K", "M", "OW", "S", "T", "Z")

pronunciations = st.builds(
    Pronunciation,
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map(tuple),
    st.sampled_from([0.0, 0.5, 2.0]),
)
spoken_words = st.builds(
    SpokenWord,
    st.just("word"),
    st.lists(pronunciations, min_size=1, max_size=3, unique_by=lambda p: p.phones).map(tuple),
)
forms_of_a_word = st.lists(
    st.lists(spoken_words, min_size=1, max_size=2).map(tuple), min_size=1, max_size=2
).map(tuple)


def word(*phones: str) -> tuple[SpokenForm, ...]:
    """A word said in one way."""
    return ((SpokenWord("word", (Pronunciation(phones),)),),)


def usual_frames(model: AcousticModel, phones: np.ndarray) -> np.ndarray:
    """How long phones are on average by the model's three states."""
    return (1 / (1 - np.exp(model.log_stay[phones].astype(float)))).sum(axis=1)


def indices(model: AcousticModel, *names: str) -> np.ndarray:
    return np.array([model.phone_index[name] for name in names], dtype=np.int32)


def typical(senones: npt.NDArray[np.int32], model: AcousticModel) -> npt.NDArray[np.float32]:
    """The likeliest features of senones: the mean of the weightiest density in each stream."""
    density = model.log_weights[senones].argmax(axis=2)
    phone = model.senone_phone[senones]
    return model.means[phone[:, None], np.arange(3), density]
