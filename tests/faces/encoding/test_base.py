from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from clusterer.core.config import (
    DLIB_CURVES,
    METRICS,
    AnalysisConfig,
    EncodingConfig,
    TrackingConfig,
)
from clusterer.core.errors import ConfigError, ModelError
from clusterer.faces import encoding
from clusterer.faces.alignment import ALIGNMENTS
from clusterer.faces.encoding.cards import RETAIL
from clusterer.models.download import ENVIRONMENT_VARIABLE as MODELS
from tests.tiny_network import CARD, write_network


def test_names() -> None:
    assert encoding.names() == ("arcface", "dlib", "facenet", "retail-0095", "sface")


def test_unknown_encoder() -> None:
    with pytest.raises(
        ConfigError, match=r"no encoder named 'unheard'.*Choose from arcface, dlib.*, or onnx:PATH"
    ):
        encoding.create(EncodingConfig(encoder="unheard"), 1)
    with pytest.raises(ConfigError, match="unheard"):
        encoding.weights("unheard")
    with pytest.raises(ConfigError, match="unheard"):
        encoding.default_threshold("unheard", "l2")


def test_too_few_threads() -> None:
    with pytest.raises(ConfigError, match="threads is 0"):
        encoding.create(EncodingConfig(), 0)


@pytest.mark.parametrize("name", encoding.names())
def test_facts_without_loading(name: str) -> None:
    assert all(file.name and file.licence for file in encoding.weights(name))
    assert all(0 < encoding.default_threshold(name, metric) < 2 for metric in METRICS)
    assert encoding.alignment(name) in ALIGNMENTS.built_in


def test_defaults_are_stricter_than_the_owners_thresholds() -> None:
    published = {"dlib": 0.6, "arcface": math.sqrt(2 * 0.72), "facenet": 1.114}
    for name, of_owner in published.items():
        share = encoding.default_threshold(name, "l2") / of_owner
        assert share == pytest.approx(0.6, abs=0.02), name


def test_default_threshold_belongs_to_its_encoder() -> None:
    thresholds = {name: encoding.default_threshold(name, "l2") for name in encoding.names()}
    assert thresholds["dlib"] == 0.36
    assert list(thresholds.values()).count(0.36) == 1


def test_weights_that_the_user_exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MODELS, str(tmp_path))
    with pytest.raises(ModelError, match=r"facenet512\.onnx is missing\. Export facenet-pytorch"):
        encoding.create(EncodingConfig(encoder="facenet"), 1)
    (tmp_path / "facenet512.onnx").write_bytes(b"no network")
    with pytest.raises(ModelError, match=r"facenet512\.onnx is damaged"):
        encoding.create(EncodingConfig(encoder="facenet"), 1)


def test_thresholds_travel_with_the_configuration(tmp_path: Path) -> None:
    name = write_network(tmp_path / "net.onnx", replace(CARD, licence="Apache-2.0"))
    resolved = encoding.resolve(EncodingConfig(encoder=name))
    assert resolved.thresholds == (("l2", pytest.approx(math.sqrt(0.4), abs=1e-6)), ("cosine", 0.2))
    assert resolved.licence == "Apache-2.0"
    (tmp_path / "net.toml").unlink()  # the network itself remains
    assert encoding.resolve(resolved) == resolved
    assert encoding.default_threshold(resolved, "cosine") == 0.2
    with pytest.raises(ModelError, match=r"Cannot read .*net\.toml"):
        encoding.default_threshold(name, "cosine")
    with pytest.raises(ModelError, match=r"Cannot read .*net\.toml \(no such file"):
        encoding.resolve(EncodingConfig(encoder=name))


def test_a_changed_card_is_read_again(tmp_path: Path) -> None:
    name = write_network(tmp_path / "net.onnx")
    resolved = encoding.resolve(EncodingConfig(encoder=name))
    before = {file.name: file.sha256() for file in encoding.weights(name)}
    write_network(tmp_path / "net.onnx", replace(CARD, threshold=0.3))
    assert dict(encoding.resolve(resolved).thresholds)["cosine"] == 0.3
    after = {file.name: file.sha256() for file in encoding.weights(name)}
    assert set(before) == set(after) == {"onnx:net.onnx", "onnx:net.toml"}
    assert before["onnx:net.onnx"] == after["onnx:net.onnx"]
    assert before["onnx:net.toml"] != after["onnx:net.toml"]


def test_settings_of_another_encoder_are_dropped() -> None:
    config = EncodingConfig("dlib", thresholds=(("l2", 0.5),), licence="MIT")
    assert encoding.resolve(config) == EncodingConfig("dlib")


@pytest.mark.parametrize("name", ["onnx:", "onnx:.", "onnx:net.toml"])
def test_a_name_without_a_path_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=r"is not the path of a network\. Give onnx:PATH\.onnx"):
        encoding.weights(name)


def test_missing_network(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"net\.onnx is missing\. Write onnx: and the path"):
        encoding.create(EncodingConfig(encoder=f"onnx:{tmp_path}/net.onnx"), 1)


def test_metric_without_default() -> None:
    with pytest.raises(ConfigError, match="no default threshold for the metric 'l7'"):
        encoding.default_threshold("dlib", "l7")


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import sys, clusterer.faces.encoding;"
        "print(sorted({'onnx', 'onnxruntime', 'cv2', 'dlib'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stdout.strip() == b"[]"


def test_unit_and_curves_of_an_encoder() -> None:
    of_dlib, of_retail = (
        AnalysisConfig(encoding=EncodingConfig(encoder=name)) for name in ("dlib", "retail-0095")
    )
    assert encoding.tracking_unit(of_dlib) == 0.36
    assert encoding.tracking_unit(of_retail) == RETAIL.unit
    given = replace(of_retail, tracking=TrackingConfig(unit=0.5))
    assert encoding.tracking_unit(given) == 0.5
    assert encoding.curves(of_dlib.encoding) == DLIB_CURVES
    assert encoding.curves(of_retail.encoding) == RETAIL.curves != DLIB_CURVES


def test_unit_and_curves_where_the_card_is_missing(tmp_path: Path) -> None:
    name = write_network(tmp_path / "net.onnx", replace(CARD, unit=0.3, tolerance=((0.0, 1.0),)))
    there = AnalysisConfig(encoding=encoding.resolve(EncodingConfig(encoder=name)))
    assert encoding.tracking_unit(there) == 0.3
    assert encoding.curves(there.encoding).tolerance == ((0.0, 1.0),)
    (tmp_path / "net.toml").unlink()
    assert encoding.tracking_unit(there) == encoding.default_threshold(there.encoding, "l2")
    assert encoding.curves(there.encoding) == DLIB_CURVES
    with pytest.raises(ModelError):
        encoding.curves(EncodingConfig(encoder=name))
