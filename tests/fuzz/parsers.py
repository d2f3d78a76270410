"""What reads files of unknown origin, each with a whole file to damage.

A target takes a folder and the content of a file, and may raise nothing but a `ClustererError` of
one line.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

import clusterer
from clusterer.core.errors import ClustererError
from clusterer.core.types import Action, ClusteringResult, Edit
from clusterer.edits import EditLog
from clusterer.evaluation import read_pairs, read_truth
from clusterer.faces.encoding.card import parse_card
from clusterer.gallery import read_cast_list, read_dates
from clusterer.gallery.cast_list.frames import seen_in
from clusterer.gallery.photographs import read_photograph
from clusterer.models.dlib_onnx.dat import read_network as read_dat
from clusterer.models.openvino_ir.convert import convert
from clusterer.outputs.export.choose import choose
from clusterer.people.decide import decide
from clusterer.store import edits_json
from clusterer.store.marker import MARKER
from tests import result_folder
from tests.models.dlib_onnx.test_dat import WHOLE
from tests.models.openvino_ir.ir import Net

Read = Callable[[Path], object]


@dataclass(frozen=True)
class Target:
    """Something that reads a file.

    Attributes
    ----------
    name : of the file that is damaged, below the folder
    read : reads it, given the folder
    is_json : its values can be exchanged, too
    """

    name: str
    read: Read
    is_json: bool = False


def _whole(folder: Path) -> None:
    """Load a result and use all of it."""
    result = clusterer.load(folder)
    for name in ("csv", "json", "edl", "fcpxml", "xlsx", "vtt"):
        clusterer.export(result, name, folder / "exports")
    clusterer.amend(result, result.edits)
    decide(result.analysis, result.config)


@cache
def _named() -> ClusteringResult:
    result = result_folder.decided()
    editor = clusterer.Editor(result)
    return clusterer.amend(
        result, [editor.name("person-1", "Smith, Anna"), editor.name("person-2", "Zoë")]
    )


def _listed(path: Path) -> None:
    """Read a list of names, and find out which frames it means."""
    seen_in(read_cast_list(path, "small.mp4"), choose(_named()), "small.mp4")


def _openvino(folder: Path) -> None:
    """Read a network in OpenVINO's format, and convert it."""
    convert((folder / "a.xml").read_bytes(), (folder / "a.bin").read_bytes())


CARD = """\
size_px = 112
alignment = "five-point"
dimension = 4
metric = "cosine"
threshold = 0.5
mean = [127.5, 127.5, 127.5]
scale = [0.0078125, 0.0078125, 0.0078125]
tolerance = [[0.0, 1.0], [1.0, 1.2]]
centre = [0.1, 0.2, 0.3, 0.4]
name = "a network"
"""
CAST = """\
name,role,in,out,start_frame,end_frame,photo,born,film
Anna,Nurse,0:00,00:00:02:00,,,a.jpg,1960,small.mp4
Ben,,,,50,100,,1970-02,
"""
EDITS = EditLog(
    (
        Edit(Action.NAME, who=("0@100,50,140,98",), name="Zoë"),
        Edit(Action.SAME, who=("0@100,50,140,98",), others=("0@300,50,340,98",)),
        Edit(Action.NEW, tracks=("60@400,50,440,98",)),
    ),
    (Edit(Action.HIDE, who=("0@300,50,340,98",)),),
    "small.mp4",
)
TARGETS = {
    "result": Target("result.json", _whole, is_json=True),
    "analysis": Target("analysis.npz", _whole),
    "edits": Target("edits.json", lambda f: edits_json.read(f / "edits.json"), is_json=True),
    "marker": Target(MARKER, _whole),
    "card": Target("a.toml", lambda f: parse_card((f / "a.toml").read_bytes(), "a.toml")),
    "truth": Target("a.truth.csv", lambda f: read_truth(f / "a.truth.csv")),
    "pairs": Target("pairs.csv", lambda f: read_pairs(f / "pairs.csv")),
    "lfw pairs": Target("pairs.txt", lambda f: read_pairs(f / "pairs.txt")),
    "cast": Target("cast.csv", lambda f: _listed(f / "cast.csv")),
    "cut list": Target("small.edl", lambda f: _listed(f / "small.edl")),
    "final cut": Target("small.fcpxml", lambda f: _listed(f / "small.fcpxml")),
    "dates": Target("dates.csv", lambda f: read_dates(f / "dates.csv")),
    "table": Target("people.csv", lambda f: clusterer.read_table(f / "people.csv")),
    "dlib": Target("a.dat", lambda f: read_dat((f / "a.dat").read_bytes())),
    "openvino": Target("a.xml", _openvino),
    "openvino weights": Target("a.bin", _openvino),
    "png": Target("a.png", lambda f: read_photograph(f / "a.png")),
    "jpeg": Target("a.jpg", lambda f: read_photograph(f / "a.jpg")),
}


def whole_files(folder: Path) -> None:
    """Write a whole file for every target: a result with its corrections, and others beside it."""
    result_folder.write(result_folder.decided(), folder, drawn=True)
    edits_json.write(folder / "edits.json", EDITS)
    result_folder.write_truth(folder / "a.truth.csv")
    (folder / "a.toml").write_text(CARD)
    (folder / "a.dat").write_bytes(WHOLE)
    net = Net()
    net.layer("Result", net.convolution(net.picture(1, 2, 2), np.full((3, 1, 1, 1), 0.5)))
    (folder / "a.xml").write_bytes(net.xml)
    (folder / "a.bin").write_bytes(net.weights)
    image = np.random.default_rng(1).integers(0, 255, (24, 32, 3), np.uint8)
    for name in ("a.png", "a.jpg"):
        (folder / name).write_bytes(cv2.imencode(name, image)[1].tobytes())
    named = _named()
    for form in ("edl", "fcpxml"):
        clusterer.export(named, form, folder)
    (folder / "cast.csv").write_text(CAST)
    (folder / "dates.csv").write_text("film,date\nsmall.mp4,1965-04-30\n")
    (folder / "x").mkdir()
    for number in (1, 2):
        (folder / "x" / f"x_000{number}.jpg").write_bytes((folder / "a.jpg").read_bytes())
    (folder / "pairs.txt").write_text("1\nx 1 2\nx 1 x 2\n")
    (folder / "pairs.csv").write_text("first,second,same\na.png,a.jpg,1\n")


def problem(target: Target, folder: Path, content: bytes) -> str:
    """What is wrong with how a target reads a file; empty if nothing is."""
    path = folder / target.name
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        target.read(folder)
    except ClustererError as error:
        return "" if len(str(error).splitlines()) == 1 else f"several lines: {error}"
    except Exception:
        return traceback.format_exc()
    finally:
        path.write_bytes(before)
    return ""
