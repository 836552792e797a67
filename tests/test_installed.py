"""Files of packages: what differs from what was installed is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import installed
from pipeline.align.acoustic_model import default_model_folder, load_acoustic_model
from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.lexicon.cmudict import dictionary_path, load_cmudict


def test_the_model_is_as_installed() -> None:
    recorded = installed._recorded("pocketsphinx")
    assert {default_model_folder() / "means", dictionary_path()} <= recorded.keys()
    load_acoustic_model()
    load_cmudict()


def test_one_changed_byte_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it would be in the package: the copy stands in its place."""
    names = ("mdef", "means", "variances", "sendump", "transition_matrices")
    hashes = installed._recorded("pocketsphinx")
    copied = {tmp_path / name: hashes[default_model_folder() / name] for name in names}
    for path in copied:
        path.write_bytes((default_model_folder() / path.name).read_bytes())
    monkeypatch.setattr(installed, "_recorded", lambda package: copied)
    monkeypatch.setattr("pipeline.align.acoustic_model.default_model_folder", lambda: tmp_path)
    load_acoustic_model()
    means = bytearray((tmp_path / "means").read_bytes())
    means[len(means) // 2] ^= 1
    (tmp_path / "means").write_bytes(means)
    with pytest.raises(InputError, match="means: a file of the package pocketsphinx is damaged"):
        load_acoustic_model()
    files = ["--audio", "seeds/demo/demo.mp3", "--transcript", "seeds/demo/transcript.txt"]
    assert main(["run", *files, "--out", str(tmp_path / "out"), "--quiet"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "pip install --force-reinstall pocketsphinx" in line
    assert not (tmp_path / "out").exists()


def test_a_changed_dictionary_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "cmudict-en-us.dict"
    path.write_bytes(dictionary_path().read_bytes()[:-100])
    known = installed._recorded("pocketsphinx")[dictionary_path()]
    monkeypatch.setattr(installed, "_recorded", lambda package: {path: known})
    monkeypatch.setattr("pipeline.lexicon.cmudict.dictionary_path", lambda: path)
    load_cmudict.cache_clear()
    try:
        with pytest.raises(InputError, match="damaged or was changed; install it again"):
            load_cmudict()
    finally:
        load_cmudict.cache_clear()


def test_packages_without_records_are_not_compared(tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(b"anything")
    assert installed.read_installed(path, "no-such-package") == b"anything"


def test_a_missing_package_is_told() -> None:
    with pytest.raises(InputError) as caught:
        installed.package_folder("no_such_package")
    assert "no_such_package is missing" in str(caught.value)
    assert "pip install" in str(caught.value)
