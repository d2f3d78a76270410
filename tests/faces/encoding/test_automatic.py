"""Which encoder ``auto`` stands for, and its threshold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import AUTO, METRICS, AnalysisConfig, EncodingConfig
from clusterer.core.errors import ModelError
from clusterer.faces import encoding
from clusterer.faces.encoding import BEST, ENCODERS
from clusterer.faces.encoding.cards import RETAIL_FILES
from clusterer.models.bundled import Weights
from clusterer.models.download import ENVIRONMENT_VARIABLE
from tests.faces.encoding.conftest import MODEL_FILES


@pytest.fixture
def nothing_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of models."""
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path))
    return tmp_path


def models_of(name: str) -> dict[str, str]:
    return {file.name: "" for file in encoding.weights(name)} | {"clothing.int8.onnx": ""}


def test_the_best_whose_files_are_all_at_hand(
    nothing_downloaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert encoding.actual(AUTO) == "sface"
    if MODEL_FILES.is_dir():
        for file, best in zip(RETAIL_FILES, ("sface", "retail-0095"), strict=True):
            shutil.copyfile(MODEL_FILES / file.name, nothing_downloaded / file.name)
            assert encoding.actual(AUTO) == best

    def missing(file: Weights) -> Path:
        raise ModelError(f"{file.name} is missing")

    (nothing_downloaded / RETAIL_FILES[0].name).unlink(missing_ok=True)
    monkeypatch.setattr(Weights, "find", missing)
    assert encoding.actual(AUTO) == "dlib"


@pytest.mark.usefixtures("nothing_downloaded")
def test_an_analysis_keeps_the_encoder_that_made_it() -> None:
    for name in BEST:
        assert encoding.actual(AUTO, models_of(name)) == name
        assert encoding.resolve(EncodingConfig(encoder=AUTO), models_of(name)).encoder == name
    assert encoding.actual(AUTO, models_of("arcface")) == "sface"
    assert encoding.actual(AUTO, {}) == "sface"


@pytest.mark.usefixtures("nothing_downloaded")
def test_other_names_stand_for_themselves() -> None:
    for name in ("dlib", "onnx:a.onnx", "nothing"):
        assert encoding.actual(name, models_of("sface")) == name


@pytest.mark.usefixtures("nothing_downloaded")
def test_auto_is_an_encoder_wherever_a_name_is() -> None:
    config = AnalysisConfig(encoding=EncodingConfig(encoder=AUTO))
    sface = ENCODERS.built_in["sface"]
    assert encoding.weights(AUTO) == sface.files
    assert encoding.alignment(AUTO) == sface.alignment
    assert encoding.curves(config.encoding) == sface.curves
    assert encoding.tracking_unit(config) == sface.unit
    assert encoding.default_threshold(AUTO, "l2") == sface.thresholds["l2"]
    assert encoding.create(config.encoding, 1).name == "sface"


@pytest.mark.parametrize("name", BEST)
@pytest.mark.parametrize("metric", METRICS)
def test_dlibs_default_becomes_the_default(name: str, metric: str) -> None:
    default = encoding.default_threshold(name, metric)
    assert encoding.from_dlib(0.36, name, metric) == pytest.approx(default, abs=1e-5)


@given(st.floats(0, 2), st.floats(0, 2), st.sampled_from(BEST), st.sampled_from(METRICS))
def test_thresholds_keep_their_order(a: float, b: float, name: str, metric: str) -> None:
    low, high = (encoding.from_dlib(each, name, metric) for each in sorted((a, b)))
    assert 0 <= low <= high <= (2 if name != "dlib" or metric == "l2" else 1)


@pytest.mark.parametrize("name", BEST)
def test_points_of_the_curve_rise_from_0_to_2(name: str) -> None:
    points = ENCODERS.built_in[name].like_dlib
    assert (points[0], points[-1]) == ((0.0, 0.0), (2.0, 2.0))
    for values in zip(*points, strict=True):
        assert sorted(set(values)) == list(values)
    for at, own in points:
        assert encoding.from_dlib(at, name, "l2") == own


def test_dlibs_own_are_kept() -> None:
    assert encoding.from_dlib(0.44, "dlib", "l2") == 0.44
    assert encoding.from_dlib(0.18, "dlib", "cosine") == pytest.approx(0.030 / 4)
