"""The sidecar of a film, as text and as exiftool reads it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from clusterer.outputs.export import create
from tests.outputs.export.builder import part, timeline


def written(at: str = "25") -> str:
    content = timeline(part("Anna", (0, 20)), part("Boris", (7, 33), number=1), at=at)
    (made,) = create("xmp").files(content).values()
    return made.decode()


def test_film_and_people() -> None:
    text = written()
    assert text.startswith('<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta')
    assert text.endswith('<?xpacket end="r"?>\n')
    assert "<rdf:li>Anna</rdf:li>" in text
    assert 'xmpDM:scale="1/25"' in text


def test_rates_that_are_not_whole() -> None:
    text = written("23.976")
    assert 'xmpDM:frameRate="f24000s1001"' in text
    assert 'xmpDM:scale="1001/24000"' in text
    assert 'xmpDM:timeFormat="23976Timecode" xmpDM:timeValue="01:00:00:00"' in text
    assert 'xmpDM:timeFormat="2997DropTimecode" xmpDM:timeValue="01:08:58;12"' in written(
        "29.97 drop"
    )
    assert "<xmpDM:videoFrameRate>23.976</xmpDM:videoFrameRate>" in text


def test_nobody() -> None:
    (made,) = create("xmp").files(timeline()).values()
    assert b"PersonInImage" not in made
    assert b"Tracks" not in made


def test_exiftool_reads_it(tmp_path: Path) -> None:
    tool = shutil.which("exiftool")
    if tool is None:
        pytest.skip("no exiftool on this system")
    file = tmp_path / "film.xmp"
    file.write_text(written(), "utf-8")
    command = [tool, "-json", "-struct", "-G1", str(file)]
    (tags,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert "ExifTool:Warning" not in tags
    assert tags["XMP-iptcExt:PersonInImage"] == ["Anna", "Boris"]
    anna, boris = tags["XMP-xmpDM:Tracks"]
    assert (anna["TrackName"], boris["TrackName"]) == ("Anna", "Boris")
    assert (boris["Markers"][0]["StartTime"], boris["Markers"][0]["Duration"]) == (7, 26)
    assert tags["XMP-xmpDM:Duration"]["Scale"] == pytest.approx(0.04)


def test_automatic_names_are_no_persons() -> None:
    content = timeline(part("Person 1", (0, 20)), part("Anna", (7, 33), number=1))
    (made,) = create("xmp").files(content).values()
    assert b"<rdf:li>Anna</rdf:li>" in made
    assert b"<rdf:li>Person 1</rdf:li>" not in made
    assert b'xmpDM:trackName="Person 1"' in made
