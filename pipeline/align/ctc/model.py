"""A wav2vec2 network and its alphabet, loaded and run by whisperx."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.align.ctc.spelling import Alphabet
from pipeline.audio.features import SAMPLE_RATE_HZ
from pipeline.engine_settings import EngineSettings
from pipeline.errors import InputError
from pipeline.neural import choose_device, explain, hushed, provide_weights, require_whisperx
from pipeline.progress import Progress
from pipeline.weights import alignment_weights

__all__ = ["AlignModel", "load_align_model"]

_GPU_BATCH = 8
_BLANKS = ("<pad>", "[pad]")
_NLTK_DATA = Path(__file__).parent / "nltk_data"
_WITHOUT_SPACES = ("ja", "zh")

Letter = tuple[float, float, float]
"""Start and end of a letter in seconds, and its probability."""


@dataclass(eq=False)
class AlignModel:
    """The network; audio goes through it once, however often its output is asked for.

    Attributes:
        network: what `whisperx.load_align_model` loaded.
        metadata: what it says about it.
        device: PyTorch's name of where it runs.
        language: ISO 639-1 code.
        batch_size: how many windows go through it at a time.
    """

    network: Any
    metadata: dict[str, Any]
    device: str
    language: str
    batch_size: int = 1
    _heard: dict[bytes, Any] = field(default_factory=dict)

    @property
    def is_hugging_face(self) -> bool:
        """Whether it comes from transformers, not from torchaudio."""
        return bool(self.metadata["type"] == "huggingface")

    @property
    def blank(self) -> tuple[str, int]:
        """The token that stands for nothing, as whisperx finds it."""
        dictionary: dict[str, int] = self.metadata["dictionary"]
        for token in reversed(dictionary):
            if token in _BLANKS:
                return token, dictionary[token]
        return min(dictionary, key=lambda token: dictionary[token]), 0

    @property
    def alphabet(self) -> Alphabet:
        """The letters that it knows."""
        return Alphabet.of(self.metadata["dictionary"], self.blank[0])

    @property
    def divider(self) -> str:
        """What whisperx wants between words."""
        return "" if self.language in _WITHOUT_SPACES else " "

    def prepare(self, audio: Sequence[npt.NDArray[np.float32]]) -> None:
        """Run the network over these windows, a batch at a time; forget earlier ones.

        Args:
            audio: float32 samples at 16 kHz of each window.
        """
        import torch

        self._heard.clear()
        if self.batch_size == 1:
            return
        for at in range(0, len(audio), self.batch_size):
            batch = audio[at : at + self.batch_size]
            lengths = torch.tensor([len(samples) for samples in batch])
            padded = torch.zeros(len(batch), int(lengths.max()))
            for row, samples in zip(padded, batch, strict=True):
                row[: len(samples)] = torch.from_numpy(samples)
            with torch.inference_mode():
                output, frames = self._run_batch(padded.to(self.device), lengths.to(self.device))
            for number, samples in enumerate(batch):
                self._heard[self.key_of(samples)] = output[
                    number : number + 1, : int(frames[number])
                ]

    def align(
        self, texts: Sequence[str], audio: Sequence[npt.NDArray[np.float32]]
    ) -> list[list[Letter]]:
        """Align each text with its window by `whisperx.align`.

        Args:
            texts: words in letters of the alphabet, divided by `divider`.
            audio: float32 samples at 16 kHz, as many windows.

        Returns:
            For each text one `Letter` for each of its characters, times counted from the start of
            its window; an empty list where whisperx finds no way through.
        """
        with hushed():
            from whisperx.alignment import align
        starts = np.cumsum([0, *(len(samples) for samples in audio)])
        # whisperx cuts at int(seconds * rate): a quarter of a sample keeps it off the edge.
        edges_s = (starts + 0.25) / SAMPLE_RATE_HZ
        segments = [
            {"start": float(edges_s[at]), "end": float(edges_s[at + 1]), "text": text}
            for at, text in enumerate(texts)
        ]
        with hushed():
            found = align(
                segments,
                self._hear,
                self.metadata,
                np.concatenate(audio),
                self.device,
                return_char_alignments=True,
            )["segments"]
        if len(found) != len(texts):
            raise RuntimeError(f"whisperx made {len(found)} segments of {len(texts)}")
        return [
            _letters(segment["chars"] or [], float(edges_s[at])) for at, segment in enumerate(found)
        ]

    def logits(self, samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """What the network says about a window: float32, shape (frames, tokens)."""
        import torch

        with torch.inference_mode():
            wave = torch.from_numpy(samples)[None].to(self.device)
            output = self._run(wave, None)
        result: npt.NDArray[np.float32] = output[0].float().cpu().numpy()
        return result

    @staticmethod
    def key_of(samples: npt.NDArray[np.float32]) -> bytes:
        """What a window's output is kept by."""
        return hashlib.blake2b(np.ascontiguousarray(samples).tobytes(), digest_size=16).digest()

    def _hear(self, wave: Any, lengths: Any = None) -> Any:
        """Stands in for the network when whisperx calls it."""
        key = self.key_of(wave[0].cpu().numpy())
        if key not in self._heard:
            self._heard[key] = self._run(wave, lengths)
        output = self._heard[key]
        return SimpleNamespace(logits=output) if self.is_hugging_face else (output, None)

    def _run(self, wave: Any, lengths: Any) -> Any:
        if self.is_hugging_face:
            return self.network(wave).logits
        return self.network(wave, lengths=lengths)[0]

    def _run_batch(self, waves: Any, lengths: Any) -> tuple[Any, Any]:
        import torch

        if not self.is_hugging_face:
            output, frames = self.network(waves, lengths=lengths)
            return output, frames
        mask = None
        if self.network.config.feat_extract_norm == "layer":
            mask = torch.arange(waves.shape[1], device=waves.device)[None] < lengths[:, None]
        output = self.network(waves, attention_mask=mask).logits
        return output, self.network._get_feat_extract_output_lengths(lengths)


def load_align_model(settings: EngineSettings, progress: Progress) -> AlignModel:
    """Load the network that the settings name, or whisperx's own choice for their language.

    Raises:
        InputError: the extra, the device or the weights are missing, or the weights are damaged.
    """
    require_whisperx("the aligner whisperx", download=settings.download)
    weights = alignment_weights(settings.language, settings.model)
    if weights is None:
        raise InputError(
            f"whisperx knows no alignment model for the language {settings.language}",
            remedy="name a wav2vec2 model for it with --model, by name or folder",
        )
    weights = provide_weights(weights, download=settings.download, progress=progress)
    device = choose_device(settings.device)
    name = weights.name if weights.source == "torchaudio" else str(weights.path)
    progress.start("Loading the network")
    try:
        with hushed():
            import whisperx.alignment

            _bring_sentence_splitter()
            network, metadata = whisperx.alignment.load_align_model(
                settings.language, device, model_name=name, model_cache_only=True
            )
            _check_network(network, metadata)
    except Exception as error:  # whatever damaged files make their many readers raise
        raise InputError(
            f"these weights cannot be loaded as a wav2vec2 aligner ({explain(error)})",
            path=weights.path,
            remedy="they need config.json, vocab.json, preprocessor_config.json and "
            "model.safetensors of a Wav2Vec2ForCTC",
        ) from error
    network.eval()
    progress.finish()
    if settings.language not in _WITHOUT_SPACES:
        # whisperx asks the language for nothing else but how to split sentences.
        metadata = {**metadata, "language": "en"}
    # On a processor one window at a time is as quick, and exact: nothing is padded.
    batch_size = 1 if device == "cpu" else _GPU_BATCH
    model = AlignModel(network, metadata, device, settings.language, batch_size)
    if not model.alphabet.letters:
        raise InputError("this network knows no letters", path=weights.path)
    return model


def _check_network(network: Any, metadata: Mapping[str, Any]) -> None:
    """What the libraries load without a word and fall over later, or never.

    Raises:
        ValueError: a weight is no number, or the alphabet is not that of the network.
    """
    for name, weight in network.named_parameters():
        if not weight.isfinite().all():
            raise ValueError(f"{name} holds values that are not finite")
    config = getattr(network, "config", None)
    tokens = metadata["dictionary"].values()
    if config is not None and not all(0 <= token < config.vocab_size for token in tokens):
        raise ValueError(f"vocab.json holds numbers beyond the {config.vocab_size} of the network")


def _bring_sentence_splitter() -> None:
    """Show NLTK the data that whisperx asks it for: an empty punkt_tab, so nothing is fetched.

    Texts are aligned without full stops, so there are no sentences to split.
    """
    import nltk

    folder = str(_NLTK_DATA)
    if folder not in nltk.data.path:
        nltk.data.path.insert(0, folder)


def _letters(chars: Sequence[dict[str, Any]], start_s: float) -> list[Letter]:
    letters: list[Letter] = []
    for char in chars:
        if "start" in char:
            letters.append((char["start"] - start_s, char["end"] - start_s, char["score"]))
        else:
            letters.append((letters[-1][1],) * 2 + (0.0,) if letters else (0.0, 0.0, 0.0))
    return letters
