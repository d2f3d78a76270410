"""``--encoder``: names, and the user's networks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from tests.cli.conftest import Ran
from tests.conftest import DEMO
from tests.tiny_network import CARD, write_network

Command = Callable[..., Ran]


def test_help_lists_the_names(command: Command) -> None:
    for ran in (command("--help"), command("evaluate", "verification", "--help")):
        assert ran.code == 0
        assert "--encoder auto|arcface|dlib|facenet|retail-0095|sface|onnx:PATH" in ran.out
        assert "your own network" in " ".join(ran.out.split())


@pytest.mark.parametrize(
    ("name", "code", "line"),
    [
        (
            "eye",
            2,
            "There is no encoder named 'eye'. Choose from arcface, dlib, facenet, retail-0095, "
            "sface, or",
        ),
        (
            "onnx:",
            2,
            "'onnx:' is not the path of a network. "
            "Give onnx:PATH.onnx; PATH.toml must be beside it",
        ),
        ("onnx:none.onnx", 1, "none.onnx is missing. Write onnx: and the path"),
        ("arcface", 1, "is missing. Run cluster-video models download arcface, or put it into"),
        ("facenet", 1, "facenet512.onnx is missing. Export facenet-pytorch"),
    ],
)
def test_missing_encoders_give_one_line(
    command: Command, monkeypatch: pytest.MonkeyPatch, name: str, code: int, line: str
) -> None:
    monkeypatch.delenv("CLUSTER_VIDEO_MODELS", raising=False)
    ran = command(DEMO, "--encoder", name, "-o", "out")
    assert ran.code == code
    (error,) = (each for each in ran.err.splitlines() if each.startswith("Error: "))
    assert line in error
    assert not Path("out").exists()


def test_an_invalid_card(command: Command, tmp_path: Path) -> None:
    name = write_network(tmp_path / "net.onnx", CARD)
    (tmp_path / "net.toml").write_text("size_px = 32\n", "utf-8")
    ran = command(DEMO, "--encoder", name, "-o", tmp_path / "out")
    assert ran.code != 0
    assert "net.toml: the key 'alignment' is missing" in ran.error


def test_a_run_and_photographs(command: Command, tmp_path: Path) -> None:
    name = write_network(tmp_path / "net.onnx", CARD)
    ran = command(DEMO, "--end", "5", "--encoder", name, "-o", tmp_path / "demo.people", "--json")
    assert ran.code == 0, ran.err
    stored = json.loads((tmp_path / "demo.people" / "result.json").read_text("utf-8"))["config"]
    assert stored["analysis"]["encoding"]["encoder"] == name
    capture = cv2.VideoCapture(str(DEMO))
    for frame in (480, 486):
        capture.set(cv2.CAP_PROP_POS_FRAMES, frame)
        cv2.imwrite(str(tmp_path / f"{frame}.png"), capture.read()[1])
    capture.release()
    (tmp_path / "pairs.csv").write_text("first,second,same\n480.png,486.png,1\n", "utf-8")
    ran = command("evaluate", "verification", tmp_path / "pairs.csv", "--encoder", name, "--json")
    assert ran.code == 0, ran.err
    summary = json.loads(ran.out)
    assert (summary["encoder"], summary["threshold"]) == (name, pytest.approx(0.632456))
