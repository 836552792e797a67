"""The way into whisperx and its companions: quiet, offline unless asked, faults told in one line.

They print, log and warn about everything, count their users, and fetch what is missing; here they
do none of that.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import logging
import os
import socket
import warnings
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import InputError
from pipeline.progress import Progress
from pipeline.weights import Weights

__all__ = ["choose_device", "explain", "hushed", "provide_weights", "require_whisperx"]

_TIMEOUT_S = 20.0
_REMEDY_DOWNLOAD = "let it be fetched with --download, or name a folder that holds them"


def require_whisperx(what: str, *, download: bool) -> None:
    """Make sure that the extra is installed, and keep its libraries to themselves.

    Args:
        what: who needs it, for the message.
        download: whether weights may be fetched; otherwise Hugging Face is kept offline.

    Raises:
        InputError: it is not installed.
    """
    if importlib.util.find_spec("whisperx") is None:
        raise InputError(
            f"{what} needs the extra whisperx, which is not installed",
            remedy='run: pip install "episode-subtitles[whisperx]"',
        )
    os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if not download:
        os.environ["HF_HUB_OFFLINE"] = "1"


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """Swallow what the libraries print, log and warn about in this block."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def choose_device(device: str) -> str:
    """The PyTorch device called `device`; `auto` is a GPU if there is one.

    Raises:
        InputError: there is no such device here.
    """
    with hushed():
        import torch

        gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
        has_mps = torch.backends.mps.is_available()
    if device == "auto":
        return "cuda" if gpus else "cpu"
    kind, _, number = device.partition(":")
    if kind == "cpu" and not number:
        return device
    if kind == "cuda" and (number or "0").isdigit() and int(number or 0) < gpus:
        return device
    if device == "mps" and has_mps:
        return device
    here = ["cpu", *(f"cuda:{at}" for at in range(gpus)), *(["mps"] if has_mps else [])]
    raise InputError(
        f"there is no device {device} for PyTorch here",
        remedy=f"choose from {', '.join(here)}, or leave --device out",
    )


def provide_weights(weights: Weights, *, download: bool, progress: Progress) -> Weights:
    """See to it that weights are here; fetch them if that is allowed.

    Raises:
        InputError: they are not here and must not or cannot be fetched.
    """
    if weights.path is not None:
        return weights
    if weights.source == "folder":
        raise InputError(
            "there are no weights at this place",
            path=weights.name,
            remedy="check the path, or give a name such as OWNER/MODEL",
        )
    if weights.source == "package":
        raise InputError(
            "the whisperx package lacks its own weights",
            path=weights.expected,
            remedy='install it again: pip install --force-reinstall "episode-subtitles[whisperx]"',
        )
    if not download:
        size = "" if weights.size_mb is None else f" (about {weights.size_mb} MB)"
        raise InputError(
            f"the weights {weights.name}{size} are not on this machine",
            path=weights.expected,
            remedy=_REMEDY_DOWNLOAD,
        )
    progress.start(f"Fetching {weights.name}")
    fetch = _fetch_from_hub if weights.source == "hub" else _fetch_from_torchaudio
    path = fetch(weights)
    progress.finish()
    return Weights(
        weights.name, weights.source, path, path, weights.licence, weights.size_mb, weights.is_gated
    )


def _fetch_from_hub(weights: Weights) -> Path:
    with hushed():
        import huggingface_hub
        from huggingface_hub import errors
    page = f"https://huggingface.co/{weights.name}"
    try:
        with hushed():
            # Asked first: this call has a time limit, the next one's has none.
            info = huggingface_hub.HfApi().repo_info(weights.name, timeout=_TIMEOUT_S)
            names = {file.rfilename for file in info.siblings or ()}
            ignored = ["*.h5", "*.msgpack", "*.onnx", "language_model/*", "*.arpa", "*.tflite"]
            if "model.safetensors" in names:
                ignored.append("pytorch_model.bin")
            found = huggingface_hub.snapshot_download(weights.name, ignore_patterns=ignored)
    except errors.GatedRepoError as error:
        raise _locked(weights, page) from error
    except errors.RepositoryNotFoundError as error:
        if weights.is_gated:
            raise _locked(weights, page) from error
        raise InputError(
            f"there is no model {weights.name} on huggingface.co, or it is private",
            remedy="check the name; for a private model set HF_TOKEN",
        ) from error
    except errors.HfHubHTTPError as error:
        status = getattr(error.response, "status_code", None)
        if status in (401, 403):
            raise _locked(weights, page) from error
        raise InputError(
            f"huggingface.co does not hand out {weights.name} (HTTP status {status})",
            remedy=f"try again later, or see {page}",
        ) from error
    except errors.OfflineModeIsEnabled as error:
        raise InputError(
            f"the weights {weights.name} cannot be fetched: HF_HUB_OFFLINE is set",
            remedy="unset it, or name a folder that holds them",
        ) from error
    except (OSError, ValueError) as error:
        raise _unreachable(weights, "huggingface.co") from error
    return Path(found)


def _fetch_from_torchaudio(weights: Weights) -> Path:
    with hushed():
        import torch
        import torchaudio
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_TIMEOUT_S)
    try:
        with hushed():
            getattr(torchaudio.pipelines, weights.name).get_model(
                dl_kwargs={"model_dir": str(weights.expected.parent), "progress": False}
            )
    except (OSError, RuntimeError) as error:
        raise _unreachable(weights, "download.pytorch.org") from error
    finally:
        socket.setdefaulttimeout(before)
        del torch
    return weights.expected


def _locked(weights: Weights, page: str) -> InputError:
    return InputError(
        f"{weights.name} is given only to accounts that have accepted its conditions",
        remedy=f"accept them at {page}, then set HF_TOKEN to your token or run: hf auth login",
    )


def _unreachable(weights: Weights, host: str) -> InputError:
    return InputError(
        f"the weights {weights.name} cannot be fetched: {host} is not reached",
        remedy="check the network, or name a folder that holds them",
    )


def explain(error: BaseException) -> str:
    """The last line of what a library says, and of what made it say so."""
    deepest = error
    while deepest.__cause__ is not None or deepest.__context__ is not None:
        deepest = deepest.__cause__ or deepest.__context__ or deepest
    lines = [line for line in str(deepest).splitlines() if line.strip()]
    return lines[0].strip() if lines else type(deepest).__name__
