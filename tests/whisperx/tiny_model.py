"""A small Wav2Vec2ForCTC, trained here on synthetic speech with a closed vocabulary.

It hears 36 words of two voices and knows when: enough to show that what surrounds the real
weights is right, with nothing downloaded. Letters are taught at evenly spaced frames of their word,
whose times the synthesiser tells.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from transformers import (
    Wav2Vec2Config,
    Wav2Vec2CTCTokenizer,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForCTC,
    Wav2Vec2Processor,
)

from bench.synth.flite import Utterance, speak

__all__ = ["VOCABULARY", "VOICES", "make_model", "sentences"]

RATE_HZ = 16_000
HOP = 320
VOICES = ("rms", "slt")
VOCABULARY = tuple(
    "nineteen eighty four twenty seven ninety percent forty dollars we went to the river people "
    "music doctor village window yellow purple never always machine walked summer mountain travel "
    "yes maybe i don't a of under over".split()
)
LETTERS = "|'" + "".join(sorted({c for word in VOCABULARY for c in word if c.isalpha()}))
BLANK, WORD_END = 0, 1


def sentences(count: int, seed: int) -> list[str]:
    """Sentences of 4 to 9 words, each word about as often as the others."""
    draw = random.Random(seed)
    found: list[str] = []
    deck: list[str] = []
    for _ in range(count):
        words = []
        for _ in range(draw.randint(4, 9)):
            if not deck:
                deck = draw.sample(VOCABULARY, len(VOCABULARY))
            words.append(deck.pop())
        found.append(" ".join(words))
    return found


def _targets(text: str, spoken: Utterance, frames: int) -> npt.NDArray[np.int64]:
    """The letter that each frame tells, blank between: each letter where it begins."""
    target = np.full(frames, BLANK, np.int64)
    words = text.split()
    for number, (word, (start_s, end_s)) in enumerate(zip(words, spoken.times_s, strict=True)):
        begin, end = start_s * RATE_HZ / HOP, end_s * RATE_HZ / HOP
        for at, letter in enumerate(word):
            frame = round(begin + (end - begin) * at / len(word))
            target[min(frames - 1, frame)] = 1 + LETTERS.index(letter)
        if number + 1 < len(words):
            target[min(frames - 1, round(end) - 1)] = WORD_END
    return target


def _config() -> Wav2Vec2Config:
    return Wav2Vec2Config(
        vocab_size=1 + len(LETTERS),
        hidden_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=192,
        conv_dim=(80, 96, 96),
        conv_kernel=(80, 8, 4),
        conv_stride=(40, 4, 2),
        feat_extract_norm="layer",
        conv_bias=True,
        do_stable_layer_norm=True,
        num_conv_pos_embeddings=32,
        num_conv_pos_embedding_groups=4,
        hidden_dropout=0.0,
        attention_dropout=0.0,
        activation_dropout=0.0,
        feat_proj_dropout=0.0,
        final_dropout=0.0,
        layerdrop=0.0,
        mask_time_prob=0.0,
        mask_feature_prob=0.0,
        pad_token_id=BLANK,
        ctc_loss_reduction="mean",
        ctc_zero_infinity=True,
    )


def make_model(folder: Path, steps: int = 700, seed: int = 1) -> None:
    """Train a model and save it, with its processor, as Hugging Face keeps them."""
    torch.manual_seed(seed)
    model = Wav2Vec2ForCTC(_config())
    _teach_ear(model)
    _train(model, steps, seed)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    _processor(folder).save_pretrained(folder)


def _teach_ear(model: Wav2Vec2ForCTC) -> None:
    """Make the first layer a bank of filters along the mel scale, and leave it so: quicker."""
    layer = model.wav2vec2.feature_extractor.conv_layers[0].conv
    filters, _, length = layer.weight.shape
    mel = torch.linspace(100.0, 2700.0, filters // 2)
    frequency_hz = 700 * (10 ** (mel / 2595) - 1)
    phase = 2 * torch.pi * frequency_hz[:, None] * torch.arange(length) / RATE_HZ
    window = torch.hann_window(length)
    with torch.no_grad():
        bank = torch.cat([phase.cos() * window, phase.sin() * window])
        layer.weight.copy_(bank[:, None] / window.sum() * 8)
        layer.bias.zero_()
    for parameter in layer.parameters():
        parameter.requires_grad = False


def _processor(folder: Path) -> Wav2Vec2Processor:
    import json

    vocabulary = {"<pad>": BLANK} | {letter: 1 + at for at, letter in enumerate(LETTERS)}
    path = folder / "vocab.json"
    path.write_text(json.dumps(vocabulary), encoding="utf-8")
    tokenizer = Wav2Vec2CTCTokenizer(
        str(path),
        unk_token="<pad>",
        bos_token=None,
        eos_token=None,
        pad_token="<pad>",
        word_delimiter_token="|",
    )
    extractor = Wav2Vec2FeatureExtractor(
        feature_size=1,
        sampling_rate=RATE_HZ,
        padding_value=0.0,
        do_normalize=False,
        return_attention_mask=True,
    )
    return Wav2Vec2Processor(feature_extractor=extractor, tokenizer=tokenizer)


def _speech(texts: Sequence[str], seed: int) -> list[tuple[torch.Tensor, str, Utterance]]:
    noise = np.random.default_rng(seed)
    found = []
    for number, text in enumerate(texts):
        spoken = speak(text, VOICES[number % len(VOICES)])
        samples = spoken.samples.astype(np.float32) / 32768
        samples = samples * noise.uniform(0.5, 1.2) + noise.normal(0, 0.001, len(samples))
        found.append((torch.from_numpy(samples.astype(np.float32)), text, spoken))
    return found


def _ctc_loss(
    logits: torch.Tensor, chosen: Sequence[tuple[torch.Tensor, str, Utterance]]
) -> torch.Tensor:
    """What the letters in their order are worth, wherever they are: teaches to tell them apart."""
    texts = [[1 + LETTERS.index(c) for c in text.replace(" ", "|")] for _, text, _ in chosen]
    loss: torch.Tensor = torch.nn.functional.ctc_loss(
        logits.log_softmax(2).transpose(0, 1),
        torch.tensor([letter for text in texts for letter in text]),
        torch.tensor([1 + len(samples) // HOP for samples, _, _ in chosen]).clamp(
            max=logits.shape[1]
        ),
        torch.tensor([len(text) for text in texts]),
        blank=BLANK,
        zero_infinity=True,
    )
    return loss


def _train(model: Wav2Vec2ForCTC, steps: int, seed: int) -> None:
    batch = 8
    data = _speech(sentences(320, seed), seed)
    data.sort(key=lambda one: len(one[0]))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1.0, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: 3e-3 * min(1.0, (n + 1) / 50) * max(0.02, 1 - n / steps)
    )
    weight = torch.ones(model.config.vocab_size)
    weight[BLANK] = 0.3
    draw = random.Random(seed)
    model.train()
    for step in range(steps):
        at = draw.randrange(0, len(data) - batch + 1)
        chosen = data[at : at + batch]
        longest = max(len(samples) for samples, _, _ in chosen)
        waves = torch.zeros(batch, longest)
        for row, (samples, _, _) in zip(waves, chosen, strict=True):
            row[: len(samples)] = samples
        logits = model(waves).logits
        targets = np.stack([_targets(text, spoken, logits.shape[1]) for _, text, spoken in chosen])
        loss = torch.nn.functional.cross_entropy(
            logits.transpose(1, 2), torch.from_numpy(targets), weight=weight
        )
        if step >= steps // 6:
            loss = loss + _ctc_loss(logits, chosen)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    model.eval()
