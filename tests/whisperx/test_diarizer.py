"""`whisperx.diarize` on a local pipeline: segmentation from the wheel, an x-vector made here."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bench.synth.flite import speak
from pipeline.cli import main
from pipeline.weights import voice_activity_weights
from tests.whisperx.conftest import SpokenEpisode
from tests.whisperx.tiny_model import VOICES, sentences


@pytest.fixture(scope="session")
def pipeline_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `config.yaml` and all that it names.

    The embedding's weights are random and centred on two synthetic voices: means and deviations of
    filtered cepstra tell these apart without any teaching.
    """
    import pytorch_lightning
    import torch
    import yaml
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.embedding import XVectorMFCC

    folder = tmp_path_factory.mktemp("pipeline")
    torch.manual_seed(3)
    model = XVectorMFCC(dimension=64)
    model.specifications = Specifications(
        problem=Problem.REPRESENTATION, resolution=Resolution.CHUNK, duration=5.0
    )
    model.eval()
    with torch.inference_mode():
        heard = [
            model(
                torch.from_numpy(speak(text, voice).samples.astype(np.float32) / 32768)[None, None]
            )
            for voice in VOICES
            for text in sentences(12, seed=5)
        ]
        model.embedding.bias -= torch.cat(heard).mean(dim=0)
    checkpoint = {
        "state_dict": model.state_dict(),
        "hyper_parameters": dict(model.hparams),
        "pytorch-lightning_version": pytorch_lightning.__version__,
    }
    model.on_save_checkpoint(checkpoint)
    torch.save(checkpoint, folder / "embedding.bin")
    (folder / "plda").mkdir()
    np.savez(
        folder / "plda" / "xvec_transform.npz",
        mean1=np.zeros(64), mean2=np.zeros(64), lda=np.eye(64),
    )  # fmt: skip
    np.savez(folder / "plda" / "plda.npz", mu=np.zeros(64), tr=np.eye(64), psi=np.ones(64))
    config = {
        "pipeline": {
            "name": "pyannote.audio.pipelines.SpeakerDiarization",
            "params": {
                "segmentation": str(voice_activity_weights().path),
                "embedding": str(folder / "embedding.bin"),
                "plda": str(folder / "plda"),
                "clustering": "AgglomerativeClustering",
                "embedding_batch_size": 8,
                "segmentation_batch_size": 8,
            },
        },
        "params": {
            "segmentation": {"threshold": 0.5, "min_duration_off": 0.0},
            "clustering": {"method": "average", "min_cluster_size": 2, "threshold": 0.9},
        },
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return folder


def test_clusters_get_the_names_that_the_text_gives(
    episode: SpokenEpisode, pipeline_folder: Path, tmp_path: Path
) -> None:
    lines = episode.transcript.read_text(encoding="utf-8").splitlines()
    first = {voice: episode.speakers.index(voice) for voice in ("slt", "rms")}
    labelled, at, found = [], 0, set()
    for line in lines:
        words = [token for token in line.split() if any(map(str.isalnum, token))]
        if words and (voice := episode.speakers[at]) not in found and at == first[voice]:
            found.add(voice)
            line = line.replace("- ", f"- [{voice.title()}] ", 1)
        labelled.append(line)
        at += len(words)
    transcript = tmp_path / "talk.txt"
    transcript.write_text("\n".join(labelled), encoding="utf-8")
    out = tmp_path / "out"
    words = ["run", "--quiet", "--audio", str(episode.audio), "--transcript", str(transcript)]
    words += ["--out", str(out), "--diarizer", "pyannote", "--device", "cpu"]
    assert main([*words, "--diarization-model", str(pipeline_folder / "config.yaml")]) == 0
    timed = json.loads((out / "talk.episode.json").read_text(encoding="utf-8"))
    assert timed["engine"]["diarizer"] == "pyannote"
    names = {speaker["key"]: speaker["name"] for speaker in timed["episode"]["speakers"]}
    said_by = [names[word["speaker"]].lower() for word in timed["words"]]
    right = np.mean([a == b for a, b in zip(said_by, episode.speakers, strict=True)])
    assert right >= 0.95
    report = json.loads((out / "talk.report.json").read_text(encoding="utf-8"))
    assert {speaker["named_by"] for speaker in report["speakers"]} == {"label"}


def test_a_pipeline_that_cannot_be_loaded(
    episode: SpokenEpisode, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("pipeline: {name: no.such.Pipeline}\n", encoding="utf-8")
    words = ["run", "--audio", str(episode.audio), "--transcript", str(episode.transcript)]
    words += ["--out", str(tmp_path / "out"), "--diarizer", "pyannote"]
    assert main([*words, "--diarization-model", str(config)]) == 2
    assert "this diarization pipeline cannot be loaded" in capsys.readouterr().err


def test_a_pipeline_that_is_not_here(
    episode: SpokenEpisode,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    words = ["run", "--audio", str(episode.audio), "--transcript", str(episode.transcript)]
    assert main([*words, "--out", str(tmp_path / "out"), "--diarizer", "pyannote"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "pyannote/speaker-diarization-community-1" in line
    assert "--download" in line
