"""``cluster-video train clothing``: what it prints, writes and refuses."""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.conftest import Ran
from tests.garment_files import write_garments

Command = Callable[..., Ran]

needs_extra = pytest.mark.skipif(
    find_spec("torch") is None, reason="the extra [train] is not installed"
)
QUICK = ("--epochs", 2, "--batch-size", 8, "--width", 4, "--size", 32, "--threads", 1)
WRITTEN = ["MODEL_CARD.md", "checkpoint.pt", "clothing.int8.onnx", "clothing.onnx", "history.csv"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_garments(tmp_path / "fashion", {"clothing": 20, "street": 12}, backgrounds=2)


def train(command: Command, data: Path, *flags: object) -> Ran:
    return command("train", "clothing", "--data", data, *QUICK, *flags)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@needs_extra
def test_files_that_are_not_from_a_training_are_not_replaced(command: Command, data: Path) -> None:
    Path("mine").mkdir()
    Path("mine/clothing.onnx").write_text("mine")
    ran = train(command, data, "-o", "mine")
    assert ran.code == 1
    assert "clothing.onnx is there, but no checkpoint.pt of a training" in ran.error
    assert contents(Path("mine")) == {"clothing.onnx": b"mine"}


@needs_extra
def test_the_output_folder_is_checked_before_any_work(command: Command) -> None:
    Path("file").touch()
    ran = train(command, Path("no data is looked for"), "-o", "file")
    assert "Cannot write file (not a directory). A file is in the way" in ran.error


@needs_extra
def test_from_pictures_to_networks(command: Command, data: Path) -> None:
    licence = ("--licence", "clothing=CC0 1.0")
    ran = train(command, data, *licence, "--parts", "clothing,street", "-o", "runs/first")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("2 epochs: loss ")
    assert "8 bits: mean cosine 0.9" in ran.out
    files = contents(Path("runs/first"))
    assert sorted(files) == WRITTEN
    for name in sorted(files.keys() - {"checkpoint.pt"}):
        assert f"{Path('runs/first') / name}  ({len(files[name]):,} bytes)" in ran.out
    card = files["MODEL_CARD.md"].decode()
    for name in ("clothing.onnx", "clothing.int8.onnx"):
        assert hashlib.sha256(files[name]).hexdigest() in card
    assert "| clothing | 20 | CC0 1.0 |" in card
    assert "| street | 12 | not stated |" in card
    assert (
        "cluster-video train clothing --data fashion --parts clothing,street --loss infonce" in card
    )
    assert str(data.parent) not in card
    rows = list(csv.DictReader(files["history.csv"].decode().splitlines()))
    assert [row["number"] for row in rows] == ["1", "2"]

    again = train(command, data, *licence, "--parts", "clothing,street", "-o", "runs/first", "-q")
    assert again == Ran(0, "", ""), "there is nothing left to do"
    assert contents(Path("runs/first")) == files


@needs_extra
def test_an_interrupted_training_resumes(
    command: Command, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = ("--loss", "supcon", "--no-int8", "-o", "here")
    judged = iter([(0.5, 0.25)])

    def judge(_trainer: object) -> tuple[float, float]:
        for figures in judged:
            return figures
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("clusterer.training.clothing.ClothingTrainer.judge", judge)
        ran = train(command, data, *flags)
    again = "Interrupted. The same command resumes after the last finished epoch.\n"
    assert ran == Ran(130, "", again)
    assert list(contents(Path("here"))) == ["checkpoint.pt"]
    ran = train(command, data, *flags, "--seed", 1)
    assert ran.code == 1
    assert "of a training with other settings. Name another folder with --output" in ran.error

    monkeypatch.setenv("FORCE_COLOR", "1")
    ran = train(command, data, *flags)
    assert ran.code == 0
    assert "2 epochs: " in ran.out
    assert "bits" not in ran.out
    for shown in (
        "Reading pictures",
        "Training",
        "held-out AUC 0.500, recall 0.250",
        "Writing networks",
    ):
        assert shown in ran.err
        assert shown not in ran.out
    assert sorted(contents(Path("here"))) == [name for name in WRITTEN if "int8" not in name]


@needs_extra
@pytest.mark.parametrize(
    ("flags", "code", "expected"),
    [
        (["--parts", "hats"], 1, "labels.csv names no hats"),
        (["--batch-size", "99"], 1, "32 pictures are too few. Add pictures, or lower --batch-size"),
        (["--data", "nowhere"], 1, "Cannot read nowhere"),
        (["-o", "file"], 1, "Cannot write file"),
        (["-o", "file/below"], 1, "Cannot write file"),
    ],
)
def test_errors_are_one_line(
    command: Command, data: Path, flags: list[str], code: int, expected: str
) -> None:
    Path("file").write_text("")
    ran = train(command, data, *flags)
    assert ran.code == code
    assert expected in ran.error
    assert [path.name for path in Path.cwd().iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--size", "100"], "side of the pictures is 100. It must be a multiple of 32"),
        (["--epochs", "0"], "epochs is 0"),
        (["--seed", "-1"], "seed is -1"),
    ],
)
def test_settings_out_of_range(
    command: Command, data: Path, flags: list[str], expected: str
) -> None:
    ran = train(command, data, *flags)
    assert ran.code == 2
    assert expected in ran.error


@pytest.mark.parametrize(
    "flags", [["--loss", "magic"], ["--threads", "0"], ["--licence", "MIT"], ["--licence", "=MIT"]]
)
def test_wrong_usage(command: Command, data: Path, flags: list[str]) -> None:
    ran = train(command, data, *flags)
    assert ran.code == 2
    assert ran.err.startswith("Usage: cluster-video train clothing [OPTIONS]")


def test_data_is_required(command: Command) -> None:
    ran = command("train", "clothing")
    assert ran.code == 2
    assert "Missing option '--data'" in ran.err


@pytest.mark.parametrize(
    "library", ["torch", "pytorch_metric_learning", "onnxscript", "matplotlib", "sklearn"]
)
def test_without_the_extra(
    command: Command, data: Path, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("torch", "pytorch_metric_learning", "onnxscript", "matplotlib", "sklearn"):
        here = sys.modules.get(name, sys.modules[__name__])
        monkeypatch.setitem(sys.modules, name, here if name != library else None)
    ran = train(command, data)
    assert ran.code == 1
    assert ran.error == (
        f"Error: Training needs {library}, which is not installed."
        ' Install it: pip install ".[train]"\n'
    )
    assert list(Path.cwd().iterdir()) == []
