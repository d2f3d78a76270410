"""``cluster-video train face``: what it prints, writes and refuses."""

from __future__ import annotations

import csv
import sys
import tomllib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.conftest import Ran
from tests.face_files import packed, write_people

Command = Callable[..., Ran]

needs_extra = pytest.mark.skipif(
    find_spec("torchvision") is None, reason="the extra [train] is not installed"
)
QUICK = (
    "--epochs", 2, "--batch-size", 8, "--size", 16, "--dimension", 8, "--held-out", 0.25,
    "--threads", 1,
)  # fmt: skip
WRITTEN = [
    "MODEL_CARD.md", "best.onnx", "best.toml", "checkpoint.pt", "curves.svg", "history.csv",
]  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_people(tmp_path / "people")


def train(command: Command, data: Path, *flags: object) -> Ran:
    return command("train", "face", "--data", data, *QUICK, *flags)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@needs_extra
def test_files_that_are_not_from_a_training_are_not_replaced(command: Command, data: Path) -> None:
    Path("mine").mkdir()
    Path("mine/best.onnx").write_text("mine")
    ran = train(command, data, "-o", "mine")
    assert ran.code == 1
    assert "best.onnx is there, but no checkpoint.pt of a training" in ran.error
    assert contents(Path("mine")) == {"best.onnx": b"mine"}


@needs_extra
def test_from_pictures_to_an_encoder(command: Command, data: Path) -> None:
    (data / "Person_00" / "Person_00_0001.png").write_bytes(b"nonsense")
    flags = ("--loss", "triplet", "--licence", "CC0 1.0", "--alignment", "box", "--padding", 0.3)
    ran = train(command, packed(data), *flags)
    assert ran.code == 0
    assert ran.err == "Left out, not a picture: Person_00/Person_00_0001.png\n"
    assert ran.out.startswith("2 epochs, the best is ")
    assert "pairs of one person" in ran.out
    assert ran.out.endswith(f"--encoder onnx:{Path('runs') / 'best.onnx'}\n")
    files = contents(Path("runs"))
    assert sorted(files) == WRITTEN
    card = tomllib.loads(files["best.toml"].decode())
    assert (card["size_px"], card["dimension"], card["licence"]) == (16, 8, "CC0 1.0")
    assert (card["alignment"], card["padding"]) == ("box", 0.3)
    text = files["MODEL_CARD.md"].decode()
    assert "cluster-video train face --data people.tar --loss triplet --backbone resnet18" in text
    assert "--alignment box --padding 0.3 --threads 1 --licence 'CC0 1.0' -o runs" in text
    assert str(data.parent) not in text
    rows = list(csv.DictReader(files["history.csv"].decode().splitlines()))
    assert [row["number"] for row in rows] == ["1", "2"]

    again = train(command, packed(data), *flags, "-q")
    assert again == Ran(0, "", ""), "there is nothing left to do"
    assert contents(Path("runs")) == files


@needs_extra
def test_an_interrupted_training_resumes(
    command: Command, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clusterer.training.faces import FaceTrainer  # noqa: PLC0415 (needs torch)

    judged, real = iter([1]), FaceTrainer.judge

    def judge(trainer: FaceTrainer) -> object:
        if next(judged, None) is None:
            raise KeyboardInterrupt
        return real(trainer)

    with monkeypatch.context() as patch:
        patch.setattr(FaceTrainer, "judge", judge)
        ran = train(command, data, "-o", "here")
    again = "Interrupted. The same command resumes after the last finished epoch.\n"
    assert ran == Ran(130, "", again)
    assert list(contents(Path("here"))) == ["checkpoint.pt"]
    ran = train(command, data, "-o", "here", "--loss", "softmax")
    assert ran.code == 1
    assert "of a training with other settings. Name another folder with --output" in ran.error

    monkeypatch.setenv("FORCE_COLOR", "1")
    ran = train(command, data, "-o", "here")
    assert ran.code == 0
    assert "2 epochs, the best is " in ran.out
    for shown in ("Reading pictures", "Training", "held-out AUC", "Writing the network"):
        assert shown in ran.err
    assert sorted(contents(Path("here"))) == WRITTEN


@needs_extra
@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--data", "nowhere"], "Cannot read nowhere (no such file or directory). Give a folder"),
        (["--batch-size", "99"], "pictures to train on are too few. Add pictures, or lower"),
        (["--held-out", "0.9"], "8 people are too few. Add people, or lower --held-out"),
        (["-o", "file"], "Cannot write file"),
    ],
)
def test_errors_are_one_line(command: Command, data: Path, flags: list[str], expected: str) -> None:
    Path("file").write_text("")
    ran = train(command, data, *flags)
    assert ran.code == 1
    assert expected in ran.error
    assert [path.name for path in Path.cwd().iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--size", "8"], "side of the pictures is 8"),
        (["--patience", "0"], "patience is 0"),
        (["--crop", "2"], "crop is 2"),
        (["--padding", "0.2"], "alignment five-point has no padding"),
    ],
)
def test_settings_out_of_range(
    command: Command, data: Path, flags: list[str], expected: str
) -> None:
    ran = train(command, data, *flags)
    assert ran.code == 2
    assert expected in ran.error


@pytest.mark.parametrize(
    "flags", [["--loss", "infonce"], ["--backbone", "vgg"], ["--threads", "0"], ["--stem", "no"]]
)
def test_wrong_usage(command: Command, data: Path, flags: list[str]) -> None:
    ran = train(command, data, *flags)
    assert ran.code == 2
    assert ran.err.startswith("Usage: cluster-video train face [OPTIONS]")


@pytest.mark.parametrize(
    "library", ["torch", "pytorch_metric_learning", "onnxscript", "torchvision"]
)
def test_without_the_extra(
    command: Command, data: Path, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("torch", "pytorch_metric_learning", "onnxscript", "torchvision"):
        here = sys.modules.get(name, sys.modules[__name__])
        monkeypatch.setitem(sys.modules, name, here if name != library else None)
    ran = train(command, data)
    assert ran.code == 1
    assert ran.error == (
        f"Error: Training needs {library}, which is not installed."
        ' Install it: pip install ".[train]"\n'
    )
    assert list(Path.cwd().iterdir()) == []
