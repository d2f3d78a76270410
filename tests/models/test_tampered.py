"""Weights with an unexpected hash do not run, whenever they were changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clusterer.clothing.encoder import ClothingEncoder
from clusterer.core.config import AnalysisConfig, DetectionConfig, EncodingConfig
from clusterer.core.errors import ModelError
from clusterer.faces import alignment, detection, encoding
from clusterer.faces.detection.base import CENTERFACE, LBP, MMOD
from clusterer.faces.encoding import ENCODERS
from clusterer.faces.encoding.base import DLIB_RESNET
from clusterer.faces.encoding.cards import SFACE_FILE
from clusterer.models import bundled as weights
from clusterer.models.bundled import CLOTHING, PREDICTOR, Weights
from clusterer.models.cache import ENVIRONMENT_VARIABLE as CACHE
from clusterer.models.download import ENVIRONMENT_VARIABLE as MODELS
from clusterer.models.download import Download
from clusterer.pipeline.analyse import analyse
from tests.conftest import DEMO
from tests.tiny_network import network, write_network

CARRIED: dict[str, tuple[Weights, Callable[[], Any]]] = {
    "cascade": (LBP, lambda: detection.create(DetectionConfig(detector="cascade"), 1)),
    "centerface": (CENTERFACE, lambda: detection.create(DetectionConfig(), 1)),
    "clothing": (CLOTHING, lambda: ClothingEncoder(1)),
    "cnn": (MMOD, lambda: detection.create(DetectionConfig(detector="cnn"), 1)),
    "dlib": (DLIB_RESNET, lambda: encoding.create(EncodingConfig(encoder="dlib"), 1)),
    "five points": (PREDICTOR, lambda: alignment.create("five-point", 112)),
    "sface": (SFACE_FILE, lambda: encoding.create(EncodingConfig(encoder="sface"), 1)),
    "predictor": (PREDICTOR, lambda: alignment.create("dlib", 150)),
}
EVERY_KIND = pytest.mark.parametrize("kind", CARRIED)


def changed(content: bytes) -> bytes:
    """Flip one bit of a number, which readers do not notice."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def lie_at(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Replace the package's weights by the file at this path."""
    monkeypatch.setattr(Weights, "find", lambda _self: path)


def swap_when_read(monkeypatch: pytest.MonkeyPatch, folder: Path) -> list[Path]:
    """Change every file of the test's folder right after it is read; return those."""
    read, changed_files = weights.read_file, []

    def and_swap(path: Path) -> bytes:
        content = read(path)
        if path.parent == folder and path.suffix != ".toml":
            changed_files.append(path)
            path.write_bytes(changed(content))
        return content

    monkeypatch.setattr(weights, "read_file", and_swap)
    return changed_files


def test_all_packaged_weights_are_tested() -> None:
    files = [file for name in detection.names() for file in detection.weights(name)]
    files += [file for name in encoding.names() for file in encoding.weights(name)]
    carried = {file for file in files if isinstance(file, Weights)} | {PREDICTOR, CLOTHING}
    assert carried == {file for file, _ in CARRIED.values()}


@EVERY_KIND
def test_a_changed_file_is_refused(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, create = CARRIED[kind]
    path = tmp_path / file.name
    path.write_bytes(changed(file.read()))
    lie_at(monkeypatch, path)
    with pytest.raises(ModelError) as caught:
        create()
    found = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    assert str(caught.value) == (
        f"{path} is damaged, or was changed: its sha256 is {found}…. {file.remedy}"
    )


@EVERY_KIND
def test_the_hashed_content_runs(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, create = CARRIED[kind]
    path = tmp_path / file.name
    path.write_bytes(file.read())
    lie_at(monkeypatch, path)
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    changed_files = swap_when_read(monkeypatch, tmp_path)
    assert create().models == {file.name: file.digest}
    assert changed_files == [path], "read only once"


def test_dlib_does_not_read_the_file_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / PREDICTOR.name
    path.write_bytes(PREDICTOR.read())
    lie_at(monkeypatch, path)
    read = weights.read_file

    def and_ruin(path: Path) -> bytes:
        content = read(path)
        if path.parent == tmp_path:
            path.write_bytes(b"")
        return content

    monkeypatch.setattr(weights, "read_file", and_ruin)
    alignment.create("dlib", 150)


def downloadable(content: bytes) -> Download:
    digest = hashlib.sha256(content).hexdigest()
    return Download("small", "small.onnx", "http://127.0.0.1:9/", digest, len(content), "MIT")


@pytest.mark.parametrize("variable", [MODELS, CACHE])
def test_a_changed_download_is_refused_in_any_folder(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    monkeypatch.setenv(MODELS, str(tmp_path / "own"))
    folder = tmp_path / ("own" if variable == MODELS else "cache/models")
    folder.mkdir(parents=True)
    (folder / "small.onnx").write_bytes(b"network")
    file = downloadable(b"network")
    with monkeypatch.context() as patch:
        changed_files = swap_when_read(patch, folder)
        assert file.read() == b"network"
    assert changed_files == [folder / "small.onnx"], "the checked content is returned"
    for content in ((folder / "small.onnx").read_bytes(), b"another length"):
        (folder / "small.onnx").write_bytes(content)
        for use in (file.read, file.find, file.sha256):
            with pytest.raises(ModelError, match=r"small\.onnx is damaged, or was changed: its"):
                use()


def test_a_downloaded_encoder_runs_the_checked_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = ENCODERS.built_in["arcface"].card
    assert card is not None
    content = network(card).SerializeToString()
    file = downloadable(content)
    monkeypatch.setitem(
        ENCODERS.built_in, "arcface", replace(ENCODERS.built_in["arcface"], files=(file,))
    )
    monkeypatch.setenv(MODELS, str(tmp_path))
    (tmp_path / file.name).write_bytes(content)
    chips = np.full((1, card.size_px, card.size_px, 3), 80, np.uint8)
    config = EncodingConfig(encoder="arcface")
    expected = encoding.create(config, 1).encode(chips)
    changed_files = swap_when_read(monkeypatch, tmp_path)
    encoder = encoding.create(config, 1)
    assert changed_files == [tmp_path / file.name]
    assert encoder.models == {file.name: file.digest}
    assert np.array_equal(encoder.encode(chips), expected)


def test_a_users_network_is_recorded_with_its_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = write_network(tmp_path / "mine.onnx")
    content = (tmp_path / "mine.onnx").read_bytes()
    chips = np.arange(32 * 32 * 3, dtype=np.uint8).reshape(1, 32, 32, 3)
    expected = encoding.create(EncodingConfig(encoder=name), 1).encode(chips)
    swap_when_read(monkeypatch, tmp_path)
    encoder = encoding.create(EncodingConfig(encoder=name), 1)
    assert encoder.models["onnx:mine.onnx"] == hashlib.sha256(content).hexdigest()
    assert np.array_equal(encoder.encode(chips), expected)


def test_a_network_that_changes_during_the_run_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = write_network(tmp_path / "mine.onnx")
    swap_when_read(monkeypatch, tmp_path)
    config = AnalysisConfig(encoding=EncodingConfig(encoder=name))
    with pytest.raises(ModelError, match=r"^onnx:mine\.onnx changed while it was read\. Run"):
        analyse(DEMO, config, tmp_path / "result")
