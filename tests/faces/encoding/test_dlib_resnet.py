from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clusterer.core.config import EncodingConfig
from clusterer.core.errors import ModelError
from clusterer.faces import encoding
from clusterer.faces.encoding import dlib_resnet
from clusterer.faces.encoding.base import DLIB_RESNET
from clusterer.models.bundled import Weights
from clusterer.models.dlib_onnx import convert, dat


def test_missing_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dlib_resnet, "DLIB_RESNET", Weights("no_such_package", "a.dat", ""))
    with pytest.raises(ModelError, match=r"a\.dat.*no_such_package is missing") as error:
        encoding.create(EncodingConfig("dlib"), 1)
    assert "pip install" in error.value.remedy


def test_damaged_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dlib_resnet, "DLIB_RESNET", Weights("clusterer", "py.typed", "ab"))
    with pytest.raises(ModelError, match="is damaged") as error:
        encoding.create(EncodingConfig("dlib"), 1)
    assert "pip install" in error.value.remedy


def test_the_conversion_matches_the_pinned_hash() -> None:
    converted = convert.convert(dat.read_network(DLIB_RESNET.read()))
    assert hashlib.sha256(converted).hexdigest() == dlib_resnet.CONVERTED
    assert (dlib_resnet.INPUT, dlib_resnet.OUTPUT) == (convert.INPUT, convert.OUTPUT)


def test_converted_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chips = np.full((1, 150, 150, 3), 100, np.uint8)
    first = encoding.create(EncodingConfig("dlib"), 1).encode(chips)
    cached = cache / f"dlib-{dlib_resnet.CONVERTED[:16]}.onnx"

    def fail(network: object) -> bytes:
        raise AssertionError("converted again")

    monkeypatch.setattr(convert, "convert", fail)
    assert np.array_equal(encoding.create(EncodingConfig("dlib"), 1).encode(chips), first)

    monkeypatch.undo()
    cached.write_bytes(b"damaged")
    assert np.array_equal(encoding.create(EncodingConfig("dlib"), 1).encode(chips), first)
    assert cached.stat().st_size > 1_000_000


def test_a_forged_network_in_the_cache_does_not_run(cache: Path) -> None:
    chips = np.full((1, 150, 150, 3), 100, np.uint8)
    first = encoding.create(EncodingConfig("dlib"), 1).encode(chips)
    (cached,) = cache.glob("dlib-*")
    layers = dat.read_network(DLIB_RESNET.read())
    forged = convert.convert(replace(layers, mean=(0.0, 0.0, 0.0)))
    for content in (forged, hashlib.sha256(forged).digest() + forged):  # with its own hash, too
        cached.write_bytes(content)
        assert np.array_equal(encoding.create(EncodingConfig("dlib"), 1).encode(chips), first)
        assert hashlib.sha256(cached.read_bytes()).hexdigest() == dlib_resnet.CONVERTED
