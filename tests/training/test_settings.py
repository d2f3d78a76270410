"""Settings that make no sense are refused."""

from __future__ import annotations

import pytest

from clusterer.core.errors import ConfigError
from clusterer.training.settings import LOSS_NAMES, ClothingTraining, Cut
from tests.training.builder import face_settings, settings


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"loss": "magic"}, "unknown loss 'magic'"),
        ({"epochs": 0}, "epochs is 0"),
        ({"batch_size": 1}, "batch size is 1"),
        ({"width": 2}, "width of the network is 2"),
        ({"dimension": 1}, "dimension"),
        ({"size_px": 16}, "side of the pictures is 16"),
        ({"size_px": 100}, "side of the pictures is 100. It must be a multiple of 32"),
        ({"learning_rate": 0.0}, "learning rate is 0"),
        ({"weight_decay": -1.0}, "weight decay is -1"),
        ({"temperature": 0.0}, "temperature is 0"),
        ({"head_weight": -1.0}, "weight of the heads is -1"),
        ({"mask_weight": float("nan")}, "weight of the masks is nan"),
        ({"recolour_share": 1.5}, "share of recoloured garments is 1.5"),
        ({"held_out": 0.0}, "share of garments held out is 0"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_out_of_range(changes: dict[str, object], expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        settings(**changes)


def test_pictures_are_read_larger_than_views() -> None:
    assert ClothingTraining().picture_px == 128
    assert settings(size_px=64).picture_px == 85


def test_which_losses_learn_centres() -> None:
    learn = {name for name in LOSS_NAMES if settings(loss=name).learns_centres}
    assert learn == {"arcface", "cosface", "sphereface"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"loss": "infonce"}, "unknown loss 'infonce'"),
        ({"backbone": "resnet9"}, "unknown backbone 'resnet9'"),
        ({"stem": "huge"}, "unknown stem 'huge'"),
        ({"epochs": 0}, "epochs is 0"),
        ({"patience": 0}, "patience is 0"),
        ({"batch_size": 1, "per_person": 2}, "batch size is 1"),
        ({"per_person": 1}, "pictures per person in a batch is 1"),
        ({"per_person": 9}, "pictures per person in a batch is 9"),
        ({"size_px": 15}, "side of the pictures is 15"),
        ({"dimension": 1}, "dimension of the embedding is 1"),
        ({"learning_rate": 0.0}, "learning rate is 0"),
        ({"weight_decay": 2.0}, "weight decay is 2"),
        ({"scale": 0.5}, "scale is 0.5"),
        ({"dropout": 1.0}, "dropout is 1"),
        ({"held_out": 0.0}, "share of people held out is 0"),
        ({"crop": 0.0}, "crop is 0"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_faces_out_of_range(changes: dict[str, object], expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        face_settings(**changes)


@pytest.mark.parametrize(
    ("alignment", "padding", "expected"),
    [
        ("none", None, "unknown alignment 'none'. Known: five-point, five-point-tight, dlib, box"),
        ("five-point", 0.2, "alignment five-point has no padding. Leave out --padding"),
        ("box", -0.1, "padding is -0.1"),
        ("dlib", float("nan"), "padding is nan"),
    ],
)
def test_cuts_that_make_no_sense(alignment: str, padding: float | None, expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        Cut(alignment, padding)
