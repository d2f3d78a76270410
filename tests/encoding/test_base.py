from __future__ import annotations

import subprocess
import sys

import pytest

from clusterer import encoding
from clusterer.config import METRICS, EncodingConfig
from clusterer.errors import ConfigError


def test_names() -> None:
    assert encoding.names() == ("dlib",)


def test_unknown_encoder() -> None:
    with pytest.raises(ConfigError, match=r"no encoder named 'nobody'.*Choose from dlib"):
        encoding.create(EncodingConfig(encoder="nobody"), 1)
    with pytest.raises(ConfigError, match="nobody"):
        encoding.weights("nobody")
    with pytest.raises(ConfigError, match="nobody"):
        encoding.default_threshold("nobody", "l2")


def test_too_few_threads() -> None:
    with pytest.raises(ConfigError, match="threads is 0"):
        encoding.create(EncodingConfig(), 0)


@pytest.mark.parametrize("name", encoding.names())
def test_facts_without_loading(name: str) -> None:
    assert all(file.find().is_file() for file in encoding.weights(name))
    assert all(0 < encoding.default_threshold(name, metric) < 2 for metric in METRICS)


def test_metric_without_default() -> None:
    with pytest.raises(ConfigError, match="no default threshold for the metric 'l7'"):
        encoding.default_threshold("dlib", "l7")


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import sys, clusterer.encoding;"
        "print(sorted({'onnx', 'onnxruntime', 'cv2', 'dlib'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stdout.strip() == b"[]"
