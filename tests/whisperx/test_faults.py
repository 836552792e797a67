"""What is missing or wrong: one clear line, status 2, nothing that hangs."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO, ClassVar

import pytest
import torch
from safetensors.torch import load_file, save_file

from pipeline.align.ctc.model import load_align_model
from pipeline.engine_settings import EngineSettings
from pipeline.errors import InputError
from pipeline.neural import choose_device, provide_weights
from pipeline.progress import SilentProgress
from pipeline.weights import Weights, alignment_weights, diarization_weights


def load(settings: EngineSettings) -> str:
    """The complaint about these settings."""
    with pytest.raises(InputError) as caught:
        load_align_model(settings, SilentProgress())
    assert caught.value.exit_status == 2
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "no weights at this place" in load(EngineSettings(model=str(tmp_path / "nowhere")))


def test_a_folder_without_a_network(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    assert "cannot be loaded as a wav2vec2 aligner" in load(EngineSettings(model=str(tmp_path)))


def test_damaged_weights(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(tiny_model, folder)
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    assert "cannot be loaded as a wav2vec2 aligner" in load(EngineSettings(model=str(folder)))


class _Bomb:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, (str(self.mark),))


@pytest.mark.parametrize("dump", [pickle.dump, torch.save])
def test_no_code_of_a_model_is_run(
    dump: Callable[[object, BinaryIO], None], tiny_model: Path, tmp_path: Path
) -> None:
    """Neither pickled, nor named by its config."""
    folder, mark = tmp_path / "hostile", tmp_path / "mark"
    shutil.copytree(tiny_model, folder)
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoModelForCTC": "evil.Evil", "AutoConfig": "evil.Evil"}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text(f"import os\nos.mkdir({str(mark)!r})\nclass Evil: pass\n")
    load_align_model(EngineSettings(model=str(folder)), SilentProgress())
    (folder / "model.safetensors").unlink()
    with (folder / "pytorch_model.bin").open("wb") as stream:
        dump({"lm_head.weight": _Bomb(mark)}, stream)
    assert "cannot be loaded as a wav2vec2 aligner" in load(EngineSettings(model=str(folder)))
    assert not mark.exists()


@pytest.mark.parametrize("name", ["config.json", "vocab.json", "preprocessor_config.json"])
@pytest.mark.parametrize("content", ["", "[]", "null", '{"a', "[" * 100_000])
def test_damaged_settings(name: str, content: str, tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(tiny_model, folder)
    (folder / name).write_text(content)
    assert "cannot be loaded as a wav2vec2 aligner" in load(EngineSettings(model=str(folder)))


def test_weights_that_load_and_are_none(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(tiny_model, folder)
    (folder / "vocab.json").write_text('{"<pad>": 0, "a": 1000000000}')
    assert "vocab.json holds numbers beyond" in load(EngineSettings(model=str(folder)))
    shutil.copy(tiny_model / "vocab.json", folder)
    weights = load_file(folder / "model.safetensors")
    weights["lm_head.bias"][1] = float("nan")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    assert "lm_head.bias holds values that are not" in load(EngineSettings(model=str(folder)))


def test_default_weights_that_are_not_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    complaint = load(EngineSettings())
    assert "WAV2VEC2_ASR_BASE_960H" in complaint
    assert "--download" in complaint


def test_a_language_without_a_model() -> None:
    assert "--model" in load(EngineSettings(language="xx"))


@pytest.mark.parametrize("device", ["cuda:99", "tpu", "cpu:1"])
def test_a_device_that_is_not_there(device: str) -> None:
    with pytest.raises(InputError, match="choose from cpu"):
        choose_device(device)


class _Hub(BaseHTTPRequestHandler):
    """Answers as huggingface.co does."""

    answers: ClassVar[dict[str, tuple[int, str | None]]] = {}

    def do_GET(self) -> None:
        name = self.path.removeprefix("/api/models/").split("/revision")[0]
        status, code = self.answers.get(name, (404, "RepoNotFound"))
        self.send_response(status)
        if code is not None:
            self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815 the base class's name

    def log_message(self, format: str, *values: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Hub]]:
    """A hub on this machine, which huggingface_hub takes for the real one."""
    import huggingface_hub

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _point_at(monkeypatch, f"http://127.0.0.1:{server.server_port}")
    huggingface_hub.configure_http_backend()
    yield _Hub
    server.shutdown()
    server.server_close()


def _point_at(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    from huggingface_hub import constants, hf_api

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(hf_api.api, "endpoint", endpoint)
    monkeypatch.setattr(hf_api.constants, "ENDPOINT", endpoint)


def fetch(weights: Weights | None) -> str:
    """The complaint when these weights are fetched."""
    assert weights is not None
    with pytest.raises(InputError) as caught:
        provide_weights(weights, download=True, progress=SilentProgress())
    return str(caught.value)


@pytest.fixture
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


def test_a_gated_repository(hub: type[_Hub], empty_cache: None) -> None:
    weights = diarization_weights(None)
    hub.answers = {weights.name: (403, "GatedRepo")}
    complaint = fetch(weights)
    assert "accept them at https://huggingface.co/pyannote/" in complaint
    assert "HF_TOKEN" in complaint


def test_a_lacking_token(hub: type[_Hub], empty_cache: None) -> None:
    weights = diarization_weights(None)
    hub.answers = {weights.name: (401, None)}
    assert "HF_TOKEN" in fetch(weights)


def test_a_repository_that_does_not_exist(hub: type[_Hub], empty_cache: None) -> None:
    hub.answers = {}
    assert "there is no model no/such" in fetch(alignment_weights("en", "no/such"))


def test_a_hub_in_trouble(hub: type[_Hub], empty_cache: None) -> None:
    hub.answers = {"some/model": (503, None)}
    assert "503" in fetch(alignment_weights("en", "some/model"))


def test_no_network(monkeypatch: pytest.MonkeyPatch, empty_cache: None) -> None:
    _point_at(monkeypatch, "http://127.0.0.1:9")
    complaint = fetch(alignment_weights("en", "some/model"))
    assert "huggingface.co is not reached" in complaint


def test_no_network_for_torchaudio(monkeypatch: pytest.MonkeyPatch, empty_cache: None) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    complaint = fetch(alignment_weights("en", None))
    assert "download.pytorch.org is not reached" in complaint
