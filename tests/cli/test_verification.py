"""``cluster-video evaluate verification``: lists of pairs and result folders."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from clusterer.faces.encoding import default_threshold
from clusterer.store.marker import MARKER
from tests.cli.conftest import Ran
from tests.conftest import DEMO

Command = Callable[..., Ran]
EVALUATE = ("evaluate", "verification")
TRUTH = DEMO.with_name("demo.truth.csv")
CUTS = {"a": (60, 0), "b": (90, 0), "c": (480, 0), "d": (480, 320), "e": (492, 320)}
"""Name → frame of the sample film, and left edge of the cut, px.

a, b: one person; c: another; d, e: a third.
"""


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of cuts from the sample film, and one grey picture."""
    folder = tmp_path_factory.mktemp("photographs")
    wanted = {frame for frame, _ in CUTS.values()}
    with av.open(str(DEMO)) as container:
        frames = {
            i: raw.to_ndarray(format="bgr24")
            for i, raw in enumerate(islice(container.decode(video=0), max(wanted) + 1))
            if i in wanted
        }
    for name, (frame, left) in CUTS.items():
        width = 320 if frame >= 480 else 640
        cv2.imwrite(str(folder / f"{name}.png"), frames[frame][:, left : left + width])
    cv2.imwrite(str(folder / "grey.png"), np.full((60, 60, 3), 128, np.uint8))
    return folder


@pytest.fixture
def listed(photographs: Path) -> Path:
    """Two pairs of one person, three of two people, one without a face; in the current folder."""
    rows = ["a,b,1", "d,e,yes", "a,c,0", "c,d,no", "b,e,false", "a,grey,1"]
    cells = [row.split(",") for row in rows]
    lines = [f"{first}.png,{second}.png,{same}" for first, second, same in cells]
    path = Path("pairs.csv")
    path.write_text("\n".join(["first,second,same", *lines]), encoding="utf-8")
    return path


def test_pairs_of_photographs(command: Command, listed: Path, photographs: Path) -> None:
    ran = command(*EVALUATE, listed, "--images", photographs)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "pairs.csv: sface, l2, default threshold 1"
    assert {line.split("  ")[1]: line.split()[-1] for line in lines[2:6]} == {
        "pairs of one person": "2",
        "pairs of two people": "3",
        "left out, no face": "1",
        "VAL at FAR 0.1": "1.0000*",
    }
    assert lines[-1] == f"No face: {photographs / 'grey.png'}"
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["pairs.csv"]


@pytest.mark.parametrize("metric", ["l2", "cosine"])
def test_json_and_files(command: Command, listed: Path, photographs: Path, metric: str) -> None:
    flags = ("--images", photographs, "--metric", metric, "--encoder", "dlib", "-o", "out/put")
    ran = command(*EVALUATE, listed, *flags, "--json")
    content = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert (content["photographs"], len(content["without_face"])) == (6, 1)
    assert content["threshold"] == default_threshold("dlib", metric)
    (figures,) = content["sets"]
    assert (figures["same"], figures["different"], figures["no_face"]) == (2, 3, 1)
    assert figures["auc"] == 1.0, "three people are separated"
    assert Path("out/put/verification.json").read_text("utf-8") == ran.out
    assert "pairs.csv" in Path("out/put/verification.html").read_text("utf-8")
    assert command(*EVALUATE, listed, *flags).out.endswith(
        f"Page: {Path('out/put/verification.html')}\n"
    )


@pytest.mark.parametrize("metric", ["l2", "cosine"])
def test_result_folder(command: Command, demo_folder: Path, metric: str) -> None:
    before = contents(demo_folder)
    ran = command(*EVALUATE, demo_folder, "--truth", TRUTH, "--metric", metric, "--json")
    assert (ran.code, ran.err) == (0, "")
    tracks, images = json.loads(ran.out)["sets"]
    assert (tracks["pairs"], images["pairs"]) == ("track pairs", "image pairs")
    assert tracks["same"] > 0
    assert images["different"] > tracks["different"] > 0
    assert tracks["auc"] > 0.99, "its photographs are easily separated"
    after = contents(demo_folder)
    assert set(after) - set(before) == {"verification.html", "verification.json"}
    assert before.items() <= after.items()
    assert after["verification.json"].decode() == ran.out


def contents(folder: Path) -> dict[str, bytes]:
    """All files except the marker, which lists added files."""
    files = (path for path in folder.iterdir() if path.is_file() and path.name != MARKER)
    return {path.name: path.read_bytes() for path in files}


def test_wrong_usage(command: Command, listed: Path, demo_folder: Path) -> None:
    for args, expected in (
        ((demo_folder,), "A result folder needs --truth"),
        ((demo_folder, "--truth", TRUTH, "--images", "."), "takes neither --images nor --encoder"),
        ((demo_folder, "--truth", TRUTH, "--encoder", "dlib"), "takes neither --images nor"),
        ((listed, "--truth", TRUTH), "--truth needs a result folder"),
        ((listed, "--metric", "l3"), "'l3' is not one of 'l2', 'cosine'"),
        ((), "Missing argument 'PAIRS|RESULT'"),
    ):
        ran = command(*EVALUATE, *args)
        assert (ran.code, ran.out) == (2, "")
        assert expected in ran.err


def test_wrong_files(command: Command, listed: Path, tmp_path: Path, photographs: Path) -> None:
    Path("text.png").write_text("This is not a picture.")
    Path("bad.csv").write_text("first,second,same\ntext.png,text.png,1\n")
    Path("odd.csv").write_text("first,second,same\ntext.png,text.png,2\n")
    for args, expected in (
        (("missing.csv",), "Cannot read missing.csv (no such file or directory)"),
        (("odd.csv",), "odd.csv, line 2: same is '2'. Write one of"),
        (("bad.csv",), "text.png is not a readable picture"),
        ((listed,), "pairs.csv, line 2: there is no photograph a.png"),
        ((tmp_path, "--truth", "missing.csv"), "missing.csv"),
        ((tmp_path, "--truth", TRUTH), "is not a result folder. Give a folder that"),
        ((listed, "--images", photographs, "-o", "text.png"), "Cannot write text.png"),
    ):
        ran = command(*EVALUATE, *args)
        assert ran.code == 1
        assert expected in ran.error


def test_help(command: Command) -> None:
    ran = command(*EVALUATE, "--help")
    assert ran.code == 0
    for option in ("--images", "--truth", "--metric", "--encoder", "--output", "--json"):
        assert option in ran.out
