"""What a user can say about the engines: which models they use, and where these run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["DEFAULT_ENGINE_SETTINGS", "EngineSettings", "FirstPass"]

FirstPass = Literal["hmm", "none"]


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Settings of aligners and diarizers; the default ones need none but `language`.

    Attributes:
        language: ISO 639-1 code of what is spoken.
        device: `auto`, `cpu`, `cuda`, `cuda:1` and so on, or `mps`.
        model: name or folder of a wav2vec2 model for the aligner whisperx; None for whisperx's own
            choice for the language.
        first_pass: what places the windows for whisperx: the default aligner, or nothing but
            whisperx itself; None for the default aligner if it knows the language.
        transcriber: what recognises words if there is no first pass: name or folder of a Whisper
            model, or `ctc` for the alignment model itself.
        diarization_model: name or `config.yaml` of a pyannote pipeline; None for whisperx's own.
        download: whether missing weights may be fetched.
    """

    language: str = "en"
    device: str = "auto"
    model: str | None = None
    first_pass: FirstPass | None = None
    transcriber: str = "ctc"
    diarization_model: str | None = None
    download: bool = False

    @property
    def is_placed_by_hmm(self) -> bool:
        """Whether the default aligner places the windows."""
        if self.first_pass is not None:
            return self.first_pass == "hmm"
        return self.language == "en"


DEFAULT_ENGINE_SETTINGS = EngineSettings()
