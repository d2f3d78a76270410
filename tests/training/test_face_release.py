"""What a training of faces leaves behind says one and the same thing."""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
from dataclasses import asdict
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from sklearn.metrics.pairwise import cosine_distances

from clusterer.training.export import TOLERANCE, run
from clusterer.training.face_release import (
    LEAST_THRESHOLD,
    ReleasedFaces,
    choose_threshold,
    release_faces,
)
from clusterer.training.faces import FaceTrainer
from clusterer.training.settings import Cut
from tests.training.builder import face_settings, people

FILES = ["MODEL_CARD.md", "best.onnx", "best.toml", "curves.svg", "history.csv"]
COMMAND = "cluster-video train face --data people --loss cosface"


@pytest.fixture(scope="module")
def trainer() -> FaceTrainer:
    made = FaceTrainer(people(), face_settings(loss="cosface", seed=3))
    made.run()
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs") / "face"


@pytest.fixture(scope="module")
def released(trainer: FaceTrainer, folder: Path) -> ReleasedFaces:
    return release_faces(trainer, folder, COMMAND, Cut("box", 0.3), "CC0 1.0")


def test_files(released: ReleasedFaces, folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert {path.name: size for path, size in released.files.items()} == {
        path.name: path.stat().st_size for path in folder.iterdir()
    }


def test_the_file_is_the_best_network(
    released: ReleasedFaces, folder: Path, trainer: FaceTrainer
) -> None:
    chips = trainer.chips(trainer.held_out_rows)
    (said,) = run((folder / "best.onnx").read_bytes(), chips)
    with torch.no_grad():
        expected = trainer.best_network()(torch.from_numpy(chips).permute(0, 3, 1, 2) / 255)
    assert np.abs(said - expected.numpy()).max() < TOLERANCE
    assert np.allclose(np.linalg.norm(said, axis=1), 1, atol=1e-5)


def test_the_threshold_reaches_its_rate(
    released: ReleasedFaces, folder: Path, trainer: FaceTrainer
) -> None:
    """Read from the card, and applied to what the file says of held-out people."""
    card = tomllib.loads((folder / "best.toml").read_text("utf-8"))
    assert card["threshold"] == released.threshold
    (said,) = run((folder / "best.onnx").read_bytes(), trainer.chips(trainer.held_out_rows))
    far = cosine_distances(said)[trainer.pairs.first, trainer.pairs.second]
    assert (far[~trainer.pairs.same] <= card["threshold"]).sum() == 0, "of 20 pairs, none"
    at = released.at_threshold
    assert (at.same, at.different, at.false_accepts) == (20, 20, 0)
    assert abs(int((far[trainer.pairs.same] <= card["threshold"]).sum()) - at.true_accepts) <= 1
    assert (card["size_px"], card["dimension"]) == (16, 8)
    assert (card["alignment"], card["padding"], card["licence"]) == ("box", 0.3, "CC0 1.0")
    assert card["name"] == "resnet18 cosface"


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [(0.3123456789, 0.312345), (float("-inf"), LEAST_THRESHOLD), (-1e-9, LEAST_THRESHOLD)],
)
def test_thresholds(allowed: float, expected: float) -> None:
    assert choose_threshold(allowed) == expected


def test_the_model_card(released: ReleasedFaces, folder: Path, trainer: FaceTrainer) -> None:
    text = (folder / "MODEL_CARD.md").read_text("utf-8")
    assert re.findall("^## (.*)", text, re.MULTILINE) == [
        "Files", "Data", "Training", "How training went", "Threshold", "Meant for", "Limits",
    ]  # fmt: skip
    digest = hashlib.sha256((folder / "best.onnx").read_bytes()).hexdigest()
    assert digest in text
    assert "| trained on | 6 | 30 |" in text
    assert "| held out (seed 3) | 2 | 10 |" in text
    assert "Licence of the pictures: CC0 1.0." in text
    assert f"```\n{COMMAND}\n```" in text
    assert "| loss | CosFace (Wang et al., 2018) |" in text
    assert re.search(r"\| made with \| Python 3\.\S+, torchvision \d\S+, torch \d", text)
    best = trainer.best
    row = f"| {best.number} (best) | {best.loss:.3f} | {best.auc:.4f} | {best.accuracy:.3f} |"
    assert row in text
    assert f"{released.threshold:g} in cosine distance" in text
    assert "{" not in text
    prose = [line for line in text.splitlines() if not line.startswith("|")]
    assert max(len(line) for line in prose) <= 100


def test_history_and_curves(released: ReleasedFaces, folder: Path, trainer: FaceTrainer) -> None:
    rows = list(csv.DictReader((folder / "history.csv").read_text("utf-8").splitlines()))
    assert [{k: float(v) for k, v in row.items()} for row in rows] == [
        {k: float(v) for k, v in asdict(epoch).items()} for epoch in trainer.history
    ]
    drawn = ElementTree.parse(folder / "curves.svg").getroot()
    assert drawn.tag.endswith("svg")
    said = {"".join(text.itertext()) for text in drawn.iter() if text.tag.endswith("text")}
    assert {"AUC", "accuracy", "VAL at FAR 0.01", "loss", "epoch"} <= said
