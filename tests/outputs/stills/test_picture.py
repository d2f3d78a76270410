"""Pictures of stills: their part of the frame, their file, and the metadata in it."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest

from clusterer.core.types import ClusteringResult
from clusterer.outputs.export.choose import choose
from clusterer.outputs.export.xmp import NAMESPACES
from clusterer.outputs.stills.choose import Form, StillsChoice, candidates
from clusterer.outputs.stills.look import Taken
from clusterer.outputs.stills.picture import cut, encoded, fits, still_xmp

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
IMAGE = np.random.default_rng(0).integers(0, 256, (180, 320, 3), np.uint8)
"""Half the size of the film."""


def called(result: ClusteringResult, *names: str) -> ClusteringResult:
    """With names that somebody gave."""
    people = (replace(who, name=name) for who, name in zip(result.people, names, strict=True))
    return replace(result, people=tuple(people))


def of_frame_0(result: ClusteringResult) -> Taken:
    """Person 1 at 100 to 140, 50 to 98; person 2 at 300 to 340, likewise, in 640 by 360 px."""
    first = next(candidates(result, StillsChoice("person-1")))
    return Taken(first, IMAGE, (0.5, 0.5))


def name(space: str, local: str) -> str:
    return f"{{{NAMESPACES[space]}}}{local}"


def areas(xmp: bytes) -> dict[str, list[float]]:
    """Name → x, y, w and h, by a parser of XML."""
    found = {}
    for region in ET.fromstring(xmp).iter(f"{RDF}Description"):
        if region.get(name("mwg-rs", "Type")) == "Face":
            (area,) = region
            assert area.get(name("stArea", "unit")) == "normalized"
            sides = [float(area.get(name("stArea", key), "nan")) for key in "xywh"]
            found[region.get(name("mwg-rs", "Name"), "")] = sides
    return found


def test_regions_of_a_whole_frame(result: ClusteringResult) -> None:
    result = called(result, "Anna", "Boris")
    taken = of_frame_0(result)
    image, regions = cut(taken, result, crop=False)
    assert image is IMAGE
    assert [(one.name, one.box.round(2).tolist()) for one in regions] == [
        ("Anna", [50.02, 25, 70.02, 49]),
        ("Boris", [150, 25, 170, 49]),
    ]
    xmp = still_xmp(taken, image, regions, choose(result))
    assert areas(xmp) == {
        "Anna": pytest.approx([120.04 / 640, 74 / 360, 40 / 640, 48 / 360], abs=1e-5),
        "Boris": pytest.approx([320 / 640, 74 / 360, 40 / 640, 48 / 360], abs=1e-5),
    }
    (size,) = ET.fromstring(xmp).iter(name("mwg-rs", "AppliedToDimensions"))
    assert [size.get(name("stDim", key)) for key in ("w", "h", "unit")] == ["320", "180", "pixel"]
    assert b"small.mp4 01:00:00:00" in xmp


def test_automatic_names_are_left_out(result: ClusteringResult) -> None:
    taken = of_frame_0(called(result, "Anna", "Person 2"))
    _, regions = cut(taken, called(result, "Anna", "Person 2"), crop=False)
    xmp = still_xmp(taken, IMAGE, regions, choose(result))
    assert set(areas(xmp)) == {"Anna", ""}
    assert b"Person 2" not in xmp
    assert b"<rdf:li>Anna</rdf:li>" in xmp


def test_a_crop_has_head_and_shoulders(result: ClusteringResult) -> None:
    image, regions = cut(of_frame_0(result), result, crop=True)
    # a square of 2.6 · 24 px around (60, 37 + 0.35 · 24), moved into the picture: 29, 14
    assert image.shape == (62, 62, 3)
    assert (image == IMAGE[14:76, 29:91]).all()
    (own,) = regions
    assert own.box.round(1).tolist() == [21, 11, 41, 35]


def test_people_who_are_hidden_have_no_region(result: ClusteringResult) -> None:
    first, second = result.people
    hidden = replace(result, people=(first, replace(second, hidden=True)))
    _, regions = cut(of_frame_0(hidden), hidden, crop=False)
    assert [one.name for one in regions] == ["Person 1"]


@pytest.mark.parametrize("form", ["jpeg", "png"])
def test_the_picture_is_the_same_with_metadata(form: Form) -> None:
    plain, full = encoded(IMAGE, form), encoded(IMAGE, form, b"<x/>" * 99)
    assert b"<x/>" * 99 in full
    assert len(full) > len(plain) == len(encoded(IMAGE, form))
    one, other = (cv2.imdecode(np.frombuffer(each, np.uint8), 1) for each in (plain, full))
    assert (one == other).all()
    if form == "png":
        assert (one[:, :, ::-1] == IMAGE).all()


def test_what_is_too_long_for_a_jpeg() -> None:
    longest = b"x" * (65533 - 29)
    assert fits(longest, "jpeg")
    assert cv2.imdecode(np.frombuffer(encoded(IMAGE, "jpeg", longest), np.uint8), 1) is not None
    assert not fits(longest + b"x", "jpeg")
    assert fits(longest + b"x", "png")


@pytest.mark.parametrize("form", ["jpeg", "png"])
def test_exiftool_reads_it(result: ClusteringResult, form: Form, tmp_path: Path) -> None:
    tool = shutil.which("exiftool")
    if tool is None:
        pytest.skip("no exiftool on this system")
    result = called(result, "Zoë <1>", "李")
    taken = of_frame_0(result)
    _, regions = cut(taken, result, crop=False)
    xmp = still_xmp(taken, IMAGE, regions, choose(result))
    file = tmp_path / "a"
    file.write_bytes(encoded(IMAGE, form, xmp))
    command = [tool, "-json", "-struct", "-validate", "-warning", "-charset", "utf8", str(file)]
    (read,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    command = [tool, "-json", "-struct", "-G1", "-charset", "utf8", str(file)]
    (tags,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert read["Validate"] == "OK"
    assert tags["XMP-iptcExt:PersonInImage"] == ["Zoë <1>", "李"]
    info = tags["XMP-mwg-rs:RegionInfo"]
    assert info["AppliedToDimensions"] == {"W": 320, "H": 180, "Unit": "pixel"}
    assert [(one["Name"], one["Type"]) for one in info["RegionList"]] == [
        ("Zoë <1>", "Face"),
        ("李", "Face"),
    ]
    area = info["RegionList"][1]["Area"]
    assert area == {
        "X": 0.5, "Y": pytest.approx(0.205556), "W": 0.0625, "H": pytest.approx(0.133333),
        "Unit": "normalized",
    }  # fmt: skip
