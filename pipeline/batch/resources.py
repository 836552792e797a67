"""What an episode is expected to need, from the length of its audio."""

from __future__ import annotations

from pipeline.audio.probe import probe_duration_s
from pipeline.errors import InputError, PassingError
from pipeline.job import Job

__all__ = ["memory_bytes", "needs_gpu", "timeout_s"]

_MB = 1 << 20
_BASE_BYTES = 400 * _MB
_BYTES_PER_HOUR = 120 * _MB
_ON_GPU = frozenset({"whisperx", "both", "pyannote"})
_LEAST_S = 900.0
_PER_AUDIO_S = 4.0
_UNKNOWN_S = 4 * 3600.0


def _length_s(job: Job) -> float:
    try:
        return probe_duration_s(job.audio) or _UNKNOWN_S
    except InputError:
        return 0.0  # its worker will say so at once
    except PassingError:
        return _UNKNOWN_S


def timeout_s(job: Job) -> float:
    """Longest time for an episode: some fifty times what the default aligner takes."""
    return _LEAST_S + _PER_AUDIO_S * _length_s(job)


def memory_bytes(job: Job) -> int:
    """Peak memory of a worker, on the safe side (measured: docs/scaling.md)."""
    return int(_BASE_BYTES + _BYTES_PER_HOUR * _length_s(job) / 3600)


def needs_gpu(job: Job) -> float:
    """GPUs that it can make use of."""
    return float(bool(_ON_GPU & {job.aligner, job.diarizer}))
