"""CenterFace: maps to boxes, its weights."""

from __future__ import annotations

import hashlib
from types import ModuleType

import numpy as np
import onnx
import pytest

from clusterer.core.config import DetectionConfig
from clusterer.faces.detection import create, weights
from clusterer.faces.detection.centerface import INPUT, decode


def maps(height: int = 6, width: int = 8) -> tuple[np.ndarray, ...]:
    return tuple(np.zeros((*shape, height, width), np.float32) for shape in ((), (2,), (2,), (10,)))


def test_decode_by_hand() -> None:
    heat, log_sides, offsets, points = maps()
    # Cell (row 2, column 5); height e^ln 3 = 3 cells = 12 px, width 2 cells = 8 px.
    heat[2, 5] = 0.9
    log_sides[:, 2, 5] = np.log([3, 2])
    # Centre: y (2 + 0.25 + 0.5) * 4 = 11, x (5 - 0.5 + 0.5) * 4 = 20.
    offsets[:, 2, 5] = [0.25, -0.5]
    # Landmark 0 at a quarter of the height and half of the width: y 5 + 3 = 8, x 16 + 4 = 20.
    points[:2, 2, 5] = [0.25, 0.5]
    points[8:, 2, 5] = [1, 0.75]  # landmark 4: y 5 + 12 = 17, x 16 + 6 = 22
    candidates = decode(heat, log_sides, offsets, points, 0.5)
    np.testing.assert_allclose(candidates.boxes, [[16, 5, 24, 17]], rtol=1e-6)
    np.testing.assert_allclose(candidates.scores, [0.9])
    np.testing.assert_allclose(candidates.landmarks[0, [0, 4]], [[20, 8], [22, 17]], rtol=1e-6)
    np.testing.assert_allclose(candidates.landmarks[0, 1], [16, 5], rtol=1e-6)


def test_decode_keeps_a_cell_at_exactly_the_score() -> None:
    heat, *others = maps()
    heat[1, 1], heat[3, 0], heat[0, 7] = 0.4, 0.6, 0.39999
    candidates = decode(heat, *others, min_score=0.4)
    assert candidates.scores.tolist() == np.float32([0.4, 0.6]).tolist()  # row-major order
    np.testing.assert_allclose(candidates.boxes[1], [0, 12, 4, 16])


def test_decode_without_faces() -> None:
    candidates = decode(*maps(), min_score=0.1)
    assert candidates.boxes.shape == (0, 4)
    assert candidates.landmarks.shape == (0, 5, 2)


def test_decode_survives_absurd_sizes() -> None:
    heat, log_sides, offsets, points = maps()
    heat[0, 0], log_sides[:, 0, 0] = 1, 1e4
    assert np.isfinite(decode(heat, log_sides, offsets, points, 0.5).boxes).all()


def test_weights_are_not_inputs_and_any_size_is_accepted() -> None:
    (file,) = weights("centerface")
    graph = onnx.load_model_from_string(file.read()).graph
    assert [value.name for value in graph.input] == [INPUT]
    assert [d.dim_value for d in graph.input[0].type.tensor_type.shape.dim] == [0, 3, 0, 0]


@pytest.fixture(scope="module")
def recipe() -> ModuleType:
    module: ModuleType = pytest.importorskip("benchmarks.faces.centerface")
    return module


def test_the_file_is_made_from_the_original_as_documented(recipe: ModuleType) -> None:
    (file,) = weights("centerface")
    original = recipe.undone(file.read())
    assert hashlib.sha256(original).hexdigest() == recipe.ORIGINAL
    assert recipe.ready(original) == file.read()


def test_the_documentation_lists_sizes_and_hashes(recipe: ModuleType) -> None:
    (file,) = weights("centerface")
    text = file.find().with_name("CENTERFACE.md").read_text("utf-8")
    assert f"| the original, 7,304,518 bytes | `{recipe.ORIGINAL}` |" in text
    assert f"| `{file.name}`, {len(file.read()):,} bytes | `{file.sha256()}` |" in text
    assert "Copyright (c) 2019 StarClouds\n\nPermission is hereby granted, free of charge" in text


def test_models_lists_the_file_with_its_hash() -> None:
    (file,) = weights("centerface")
    assert create(DetectionConfig(), 1).models == {file.name: file.sha256()}
