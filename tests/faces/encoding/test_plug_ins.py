"""Encoders and alignments of other packages."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from clusterer.core.config import EncodingConfig
from clusterer.core.errors import ConfigError, ModelError, PlugInError
from clusterer.core.types import Detections
from clusterer.faces import alignment, encoding
from clusterer.faces.encoding import ENCODERS
from clusterer.faces.encoding.card import parse_card
from clusterer.models import plug_in
from clusterer.pipeline.device import troubles
from tests.plug_in_packages import importing, install
from tests.tiny_network import CARD, network

MEAN = """
import numpy as np
from clusterer.faces.encoding.base import EncoderEntry


class Mean:
    entry = EncoderEntry(thresholds={"l2": 0.5}, alignment="box")
    name, dimension, chip_size_px, alignment, padding = "mean", 3, 8, "box", 0.0

    def __init__(self, config, threads):
        self.models = {}

    def encode(self, chips):
        return chips.mean(axis=(1, 2), dtype=np.float32)


class Placed(Mean):
    def __init__(self, config, threads, *, device):
        self.models, self.trouble = {}, f"the device {device} is not for this"


class Bare(Mean):
    entry = EncoderEntry()


class Text(Mean):
    entry = EncoderEntry(thresholds={"l2": "0.5"})


class Doubles(Mean):
    def encode(self, chips):
        return chips.mean(axis=(1, 2))


class Wide(Mean):
    def encode(self, chips):
        return np.zeros((len(chips), 4), np.float32)


class Endless(Mean):
    def encode(self, chips):
        return np.full((len(chips), 3), np.nan, np.float32)


class Listed(Mean):
    def encode(self, chips):
        return [[0.0] * 3 for _ in chips]


class Turned(Mean):
    alignment = "dlib"
"""
BY_CARD = """
from clusterer.faces.encoding.base import by_card
from clusterer.faces.encoding.card import Card
from clusterer.models.bundled import Weights

CARD = Card(size_px=32, alignment="five-point", dimension=24, metric="cosine", threshold=0.2)
NET = by_card(CARD, Weights("somebodys_weights", "net.onnx", "DIGEST", licence="MIT"))
"""
CUT = """
import numpy as np


class Black:
    models = {}

    def __init__(self, size_px, padding):
        self.size_px = size_px

    def align(self, image, faces):
        return np.zeros((len(faces), self.size_px, self.size_px, 3), np.uint8)


class Flat(Black):
    def align(self, image, faces):
        return np.zeros((len(faces), self.size_px, self.size_px), np.uint8)
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path, for packages."""
    with importing(tmp_path, monkeypatch):
        yield tmp_path


def test_a_class_with_its_threshold(site: Path) -> None:
    points = {"encoders": {"mean": "somebodys_mean:Mean", "bare": "somebodys_mean:Bare"}}
    install(site, "somebodys-mean", MEAN, points)
    encoder = encoding.create(EncodingConfig(encoder="mean"), 1)
    assert encoder.encode(np.full((2, 8, 8, 3), 7, np.uint8)).tolist() == [[7.0] * 3] * 2
    assert encoding.default_threshold("mean", "l2") == 0.5
    assert encoding.alignment("mean") == "box"
    assert [file.name for file in encoding.weights("mean")] == ["mean (somebodys-mean 1.0)"]
    with pytest.raises(ConfigError, match=r"'bare' of somebodys-mean 1\.0 has no threshold for l2"):
        encoding.create(EncodingConfig(encoder="bare"), 1)


def test_a_network_with_its_card(site: Path) -> None:
    content = network(CARD).SerializeToString()
    (site / "somebodys_weights").mkdir()
    (site / "somebodys_weights" / "__init__.py").touch()
    path = site / "somebodys_weights" / "net.onnx"
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    source = BY_CARD.replace("DIGEST", digest)
    module = install(site, "somebodys-net", source, {"encoders": {"net": "somebodys_net:NET"}})
    encoder = encoding.create(EncodingConfig(encoder="net"), 1)
    assert encoder.encode(np.zeros((1, 32, 32, 3), np.uint8)).shape == (1, 24)
    assert encoder.models == {
        "net.onnx": digest,
        "net (somebodys-net 1.0)": hashlib.sha256(module.read_bytes()).hexdigest(),
    }
    path.write_bytes(content[:-1])
    with pytest.raises(ModelError, match=r"net\.onnx is damaged"):
        encoding.create(EncodingConfig(encoder="net"), 1)


def test_a_card_may_name_an_alignment_of_another_package(site: Path) -> None:
    text = b"""
size_px = 32
alignment = "black"
dimension = 24
metric = "cosine"
threshold = 0.2
"""
    refused = "one of five-point, five-point-tight, dlib, box"
    with pytest.raises(ConfigError, match=f"alignment is .black.*{refused}$"):
        parse_card(text, "net.toml")
    install(site, "somebodys-cut", CUT, {"alignments": {"black": "somebodys_cut:Black"}})
    plug_in._installed.cache_clear()
    card = parse_card(text, "net.toml")
    assert (card.alignment, card.margin) == ("black", 0.0)
    assert alignment.create(card.alignment, card.size_px, card.margin).models == {}
    with pytest.raises(ConfigError, match=f"{refused}, black$"):
        parse_card(text.replace(b"black", b"white"), "net.toml")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Doubles", r"returned an array of shape (2, 3), float64, not an array of shape (2, 3), "),
        ("Wide", "returned an array of shape (2, 4), float32, not an array of shape (2, 3), "),
        ("Listed", "returned list, not an array of shape (2, 3), float32"),
        ("Endless", "returned numbers that are not finite"),
        ("Turned", "is aligned by 'dlib', but its entry says 'box'"),
    ],
)
def test_an_encoder_that_breaks_its_contract(site: Path, name: str, told: str) -> None:
    install(site, "somebodys-mean", MEAN, {"encoders": {"mean": f"somebodys_mean:{name}"}})
    with pytest.raises(PlugInError) as caught:
        encoding.create(EncodingConfig(encoder="mean"), 1).encode(np.zeros((2, 8, 8, 3), np.uint8))
    assert "The encoder 'mean' of the package somebodys-mean 1.0 " in caught.value.cause
    assert told in caught.value.cause


def test_a_result_keeps_the_thresholds_of_a_plug_in(site: Path) -> None:
    install(site, "somebodys-mean", MEAN, {"encoders": {"mean": "somebodys_mean:Mean"}})
    resolved = encoding.resolve(EncodingConfig(encoder="mean", thresholds=(("l2", 0.1),)))
    assert resolved.thresholds == (("l2", 0.5),)
    shutil.rmtree(site / "somebodys_mean-1.0.dist-info")
    plug_in._installed.cache_clear()
    ENCODERS._plugged.clear()
    assert encoding.resolve(resolved) == resolved
    assert encoding.default_threshold(resolved, "l2") == 0.5
    with pytest.raises(ConfigError, match="There is no encoder named 'mean'"):
        encoding.resolve(EncodingConfig(encoder="mean"))


def test_thresholds_are_numbers(site: Path) -> None:
    install(site, "somebodys-mean", MEAN, {"encoders": {"mean": "somebodys_mean:Text"}})
    with pytest.raises(ConfigError, match="has no threshold for l2"):
        encoding.default_threshold("mean", "l2")


def test_an_alignment_that_breaks_its_contract(site: Path) -> None:
    install(site, "somebodys-cut", CUT, {"alignments": {"flat": "somebodys_cut:Flat"}})
    aligner = alignment.create("flat", 8)
    with pytest.raises(PlugInError, match=r"'flat'.* shape \(0, 8, 8\), uint8, not .*8, 3\)"):
        aligner.align(np.zeros((9, 9, 3), np.uint8), Detections.empty())


@pytest.mark.parametrize(
    ("name", "noted"), [("Placed", ["the device cuda is not for this"]), ("Mean", [])]
)
def test_a_class_is_given_the_device_if_it_has_a_parameter(
    site: Path, name: str, noted: list[str]
) -> None:
    install(site, "somebodys-mean", MEAN, {"encoders": {"mean": f"somebodys_mean:{name}"}})
    encoder = encoding.create(EncodingConfig("mean"), 1, "cuda")
    assert encoder.encode(np.full((2, 8, 8, 3), 9, np.uint8)).tolist() == [[9, 9, 9]] * 2
    assert troubles(encoder) == noted
