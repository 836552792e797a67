"""Which neural weights the optional engines use, where they lie, and what their licences allow.

Nothing here loads a network or reaches the net: the catalogue is read from whisperx's own source,
presence is looked up in the caches of PyTorch and Hugging Face.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pipeline.engine_settings import EngineSettings
from pipeline.installed import find_package

__all__ = [
    "DIARIZATION_PIPELINE",
    "Weights",
    "alignment_weights",
    "diarization_weights",
    "is_hub_name",
    "transcription_weights",
    "voice_activity_weights",
    "weights_of_engines",
]

Source = Literal["folder", "package", "torchaudio", "hub"]

DIARIZATION_PIPELINE = "pyannote/speaker-diarization-community-1"

_UNKNOWN = "see its model page"
_TORCHAUDIO = {
    "WAV2VEC2_ASR_BASE_960H": ("wav2vec2_fairseq_base_ls960_asr_ls960.pth", "MIT", 378),
    "WAV2VEC2_ASR_LARGE_960H": ("wav2vec2_fairseq_large_ls960_asr_ls960.pth", "MIT", 1262),
    "WAV2VEC2_ASR_LARGE_LV60K_960H": ("wav2vec2_fairseq_large_lv60k_asr_ls960.pth", "MIT", 1262),
    "VOXPOPULI_ASR_BASE_10K_DE": ("wav2vec2_voxpopuli_base_10k_asr_de.pt", "CC-BY-NC-4.0", 378),
    "VOXPOPULI_ASR_BASE_10K_EN": ("wav2vec2_voxpopuli_base_10k_asr_en.pt", "CC-BY-NC-4.0", 378),
    "VOXPOPULI_ASR_BASE_10K_ES": ("wav2vec2_voxpopuli_base_10k_asr_es.pt", "CC-BY-NC-4.0", 378),
    "VOXPOPULI_ASR_BASE_10K_FR": ("wav2vec2_voxpopuli_base_10k_asr_fr.pt", "CC-BY-NC-4.0", 378),
    "VOXPOPULI_ASR_BASE_10K_IT": ("wav2vec2_voxpopuli_base_10k_asr_it.pt", "CC-BY-NC-4.0", 378),
}
"""torchaudio's name to file, licence as its documentation states it, and about how many MB."""
_LICENCES = {
    "jonatasgrosman/": "Apache-2.0",
    "Systran/faster-whisper": "MIT",
    "Systran/faster-distil-whisper": "MIT",
    DIARIZATION_PIPELINE: "CC-BY-4.0",
}
_HUB_MB = {
    "jonatasgrosman/": 1262,
    "Systran/faster-whisper-tiny": 76,
    "Systran/faster-whisper-base": 145,
    "Systran/faster-whisper-small": 484,
    "Systran/faster-whisper-medium": 1528,
    "Systran/faster-whisper-large": 3087,
    DIARIZATION_PIPELINE: 33,
}
"""By the beginning of the name; about."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Files of a network.

    Attributes:
        name: as the user or whisperx names them.
        source: where they come from.
        path: file or folder that holds them if they are here.
        expected: where they would lie.
        licence: what is known of it.
        size_mb: how much they take; about, if they are not here; None if unknown.
        is_gated: whether an account must accept conditions first.
    """

    name: str
    source: Source
    path: Path | None
    expected: Path
    licence: str
    size_mb: int | None
    is_gated: bool = False


def alignment_weights(language: str, model: str | None) -> Weights | None:
    """What the aligner whisperx would use; None if whisperx knows no model for the language."""
    name = model or _whisperx_models().get(language)
    if name is None:
        return None
    folder = Path(name)
    if name in _TORCHAUDIO and not folder.is_dir():
        file, licence, size_mb = _TORCHAUDIO[name]
        expected = _torch_cache() / "checkpoints" / file
        return _stored(name, "torchaudio", expected, licence, size_mb)
    return _named(name)


def transcription_weights(transcriber: str) -> Weights:
    """Those of the Whisper model called `transcriber`, such as `small`, or in that folder."""
    if "/" in transcriber or Path(transcriber).is_dir():
        return _named(transcriber)
    known = _literals("faster_whisper", "utils.py").get("_MODELS", {})
    return _named(known.get(transcriber, f"Systran/faster-whisper-{transcriber}"))


def diarization_weights(model: str | None) -> Weights:
    """What the diarizer pyannote would use."""
    return _named(model or DIARIZATION_PIPELINE)


def voice_activity_weights() -> Weights:
    """Those that the whisperx package brings itself."""
    folder = find_package("whisperx") or Path("whisperx")
    path = folder / "assets" / "pytorch_model.bin"
    return _stored("voice activity", "package", path, "not stated in the package", 18)


def weights_of_engines(settings: EngineSettings) -> list[tuple[str, list[Weights]]]:
    """What each engine would load with these settings, by its name."""
    acoustic = find_package("pocketsphinx") or Path("pocketsphinx")
    aligner = alignment_weights(settings.language, settings.model)
    default = [
        _stored("en-us", "package", acoustic / "model" / "en-us" / "en-us", "BSD-2-Clause", None),
        _stored(
            "cmudict",
            "package",
            acoustic / "model" / "en-us" / "cmudict-en-us.dict",
            "BSD-2-Clause",
            None,
        ),
    ]
    recognisers = [voice_activity_weights()]
    if settings.transcriber != "ctc":
        recognisers.append(transcription_weights(settings.transcriber))
    return [
        ("aligner hmm", default),
        ("aligner whisperx, aligner both", [aligner] if aligner is not None else []),
        ("aligner whisperx with --first-pass none", recognisers),
        ("diarizer pyannote", [diarization_weights(settings.diarization_model)]),
    ]


def is_hub_name(name: str) -> bool:
    """Whether it can be the name of a Hugging Face repository."""
    parts = name.split("/")
    return len(parts) == 2 and all(parts) and not name.startswith((".", "/", "~"))


def _whisperx_models() -> Mapping[str, str]:
    """Language to the model that whisperx chooses for it."""
    tables = _literals("whisperx", "alignment.py")
    found: dict[str, str] = {"en": "WAV2VEC2_ASR_BASE_960H"}
    found |= tables.get("DEFAULT_ALIGN_MODELS_HF", {})
    return found | tables.get("DEFAULT_ALIGN_MODELS_TORCH", {})


@cache
def _literals(package: str, file: str) -> Mapping[str, dict[str, str]]:
    """Tables that a module assigns to names, read without running it."""
    folder = find_package(package)
    if folder is None or not (folder / file).is_file():
        return {}
    tables: dict[str, dict[str, str]] = {}
    for statement in ast.parse((folder / file).read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Dict):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    try:
                        tables[target.id] = ast.literal_eval(statement.value)
                    except ValueError:
                        continue
    return tables


def _named(name: str) -> Weights:
    """Weights in a folder, a file, or a Hugging Face repository."""
    path = Path(name).expanduser()
    if path.exists() or not is_hub_name(name):
        return _stored(name, "folder", path, "yours", None)
    expected = _hub_cache() / f"models--{name.replace('/', '--')}" / "snapshots"
    snapshots = sorted(expected.glob("*/*.*")) if expected.is_dir() else []
    licence = next((it for start, it in _LICENCES.items() if name.startswith(start)), _UNKNOWN)
    size_mb = next((it for start, it in _HUB_MB.items() if name.startswith(start)), None)
    is_gated = name.startswith("pyannote/")
    if not snapshots:
        return Weights(name, "hub", None, expected.parent, licence, size_mb, is_gated)
    folder = snapshots[-1].parent
    return Weights(name, "hub", folder, folder, licence, _size_mb(folder), is_gated)


def _stored(name: str, source: Source, path: Path, licence: str, size_mb: int | None) -> Weights:
    if not path.exists():
        return Weights(name, source, None, path, licence, size_mb)
    return Weights(name, source, path, path, licence, _size_mb(path))


def _size_mb(path: Path) -> int:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return max(1, round(sum(file.stat().st_size for file in files) / 1e6))


def _home_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _torch_cache() -> Path:
    return Path(os.environ.get("TORCH_HOME") or _home_cache() / "torch").expanduser() / "hub"


def _hub_cache() -> Path:
    given = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if given:
        return Path(given).expanduser()
    return Path(os.environ.get("HF_HOME") or _home_cache() / "huggingface").expanduser() / "hub"
