from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from clusterer.core.config import EncodingConfig
from clusterer.core.errors import ModelError
from clusterer.faces import encoding
from clusterer.faces.encoding.cards import RETAIL_FILES
from clusterer.faces.encoding.openvino_network import CONVERTED
from clusterer.models import cache
from clusterer.models.download import ENVIRONMENT_VARIABLE, Download
from tests.faces.encoding.conftest import MODEL_FILES

CONFIG = EncodingConfig(encoder="retail-0095")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the two files, and an empty cache."""
    if not MODEL_FILES.is_dir():
        pytest.skip("the networks are not part of the project")
    for file in RETAIL_FILES:
        shutil.copyfile(MODEL_FILES / file.name, tmp_path / file.name)
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path))
    monkeypatch.setenv(cache.ENVIRONMENT_VARIABLE, str(tmp_path / "cache"))
    return tmp_path


def test_converted_once_to_the_known_bytes(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chips = np.random.default_rng(0).integers(0, 256, (3, 128, 128, 3), np.uint8)
    first = encoding.create(CONFIG, 1).encode(chips)
    (stored,) = (files / "cache").glob("retail-0095-*.onnx")
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == CONVERTED
    monkeypatch.setattr("clusterer.models.openvino_ir.convert.convert", None)
    assert np.array_equal(encoding.create(CONFIG, 1).encode(chips), first)
    assert np.linalg.norm(first, axis=1) == pytest.approx(1)


@pytest.mark.parametrize("file", RETAIL_FILES, ids=["xml", "bin"])
def test_both_files_are_needed(files: Path, file: Download) -> None:
    path = files / file.name
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match=f"{file.name} is damaged, or was changed"):
        encoding.create(CONFIG, 1)
    path.unlink()
    missing = f"{file.name} is missing. Run cluster-video models download retail-0095, or put it"
    with pytest.raises(ModelError, match=missing):
        encoding.create(CONFIG, 1)


def test_pinned_hashes(files: Path) -> None:
    for file in RETAIL_FILES:
        assert file.sha256() == hashlib.sha256((files / file.name).read_bytes()).hexdigest()
        assert file.url.endswith(f"/FP16/{file.name}")
