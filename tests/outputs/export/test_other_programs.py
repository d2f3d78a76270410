"""Exports read by programs that nobody here wrote; each test is skipped where its program is not.

`otio-fcp-adapter`, `otio-cmx3600-adapter` and `edl-reader` come with the extra ``test``; FFmpeg,
LibreOffice and OpenShot (its importers, without its window) from the system.
"""

from __future__ import annotations

import csv
import io
import json
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from clusterer.core.cells import restored
from clusterer.outputs.export import Timeline, create
from tests.conftest import ROOT
from tests.outputs.export.builder import part, video

otio = pytest.importorskip("opentimelineio", reason="OpenTimelineIO has no wheel for this Python")

NAMES = ('Tom & "Jerry" <3', "=SUM(A1)", "A --> B 😀", "Нина, Zoë")
SPANS = tuple(((11 * i, 11 * i + 7), (50 + 11 * i, 53 + 11 * i)) for i in range(len(NAMES)))
FILM = "films/my film.mov"
FRAMES = 100
COUNTS = {
    "24": (Fraction(24), "00:59:58:00", 86352),
    "23.976": (Fraction(24000, 1001), "01:00:00:00", 86400),
    "29.97 drop": (Fraction(30000, 1001), "00:59:58;10", 107842),
}
"""Rate, start, and its frames from 00:00:00:00: 3598 · 24, 3600 · 24, 3598 · 30 + 10 - 54 · 2."""
EVERY_COUNT = pytest.mark.parametrize("at", COUNTS)


def film(at: str = "24", reel: str = "") -> Timeline:
    rate, start, _ = COUNTS[at]
    people = (part(n, *s, number=i) for i, (n, s) in enumerate(zip(NAMES, SPANS, strict=True)))
    facts = video(rate, start, FILM, FRAMES)
    return Timeline(facts, rate, start, FRAMES, tuple(people), reel=reel)


def marks(shown: Timeline) -> list[tuple[str, int, int]]:
    return [(who.name, span.start, span.end) for who, span in shown.marks()]


def written(name: str, shown: Timeline) -> str:
    """The first file of a format."""
    return next(iter(create(name).files(shown).values())).decode()


def program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


# --- OpenTimelineIO's adapters, edl-reader --------------------------------------------------------


def adapted(text: str, adapter: str, **how: Any) -> Any:
    if adapter not in otio.adapters.available_adapter_names():
        pytest.skip(f"OpenTimelineIO's adapter {adapter} is not installed")
    return otio.adapters.read_from_string(text, adapter, **how)


@EVERY_COUNT
def test_the_fcp_adapter_reads_sequence_and_markers(at: str) -> None:
    shown, (rate, _, first) = film(at), COUNTS[at]
    timeline = adapted(written("premiere-xml", shown), "fcp_xml")
    assert timeline.global_start_time.value == first
    found = [(m.name, m.marked_range.start_time, m.marked_range.duration)
             for m in timeline.tracks.markers]  # fmt: skip
    assert [(n, int(s.value), int(s.value + d.value)) for n, s, d in found] == marks(shown)
    assert all(abs(start.rate - float(rate)) < 1e-9 for _, start, _ in found)
    ((clip,),) = timeline.video_tracks()
    assert clip.media_reference.target_url == "my%20film.mov"
    assert (clip.source_range.start_time.value, clip.source_range.duration.value) == (first, FRAMES)


@EVERY_COUNT
def test_the_cmx_adapter_reads_cuts(at: str) -> None:
    shown, (rate, _, first) = film(at), COUNTS[at]
    timeline = adapted(written("edl", shown), "cmx_3600", rate=float(rate))
    found = []
    for clip in timeline.find_clips():
        (comment,) = clip.metadata["cmx_3600"]["comments"]
        start, length = clip.source_range.start_time.value, clip.source_range.duration.value
        found.append((comment.removeprefix("COMMENT: "), start - first, start - first + length))
    assert found == marks(shown)


@EVERY_COUNT
@pytest.mark.parametrize("reel", ["", "AX"])
def test_edl_reader_reads_cuts(at: str, reel: str) -> None:
    edl = pytest.importorskip("edl", reason="edl-reader is not installed")
    shown, (_, _, first) = film(at, reel), COUNTS[at]
    rates = {"24": "24", "23.976": "23.98", "29.97 drop": "29.97"}
    events = edl.Parser(rates[at]).parse(io.StringIO(written("edl", shown))).events
    found = [
        (
            event.comments[1].removeprefix("* COMMENT: ").strip(),
            *(code.frames - 1 - first for code in codes),
        )
        for event in events
        for codes in [(event.src_start_tc, event.src_end_tc)]
    ]
    assert found == marks(shown)
    assert {event.reel for event in events} == {reel or "MYFILM"}
    assert {event.clip_name for event in events} == {"my film.mov"}


# --- FFmpeg ---------------------------------------------------------------------------------------


def ffmpeg(*words: str) -> bytes:
    command = [program("ffmpeg"), "-v", "error", "-nostdin", "-y", *words]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def probed(path: Path, *entries: str) -> Any:
    command = [program("ffprobe"), "-v", "error", "-of", "json", *entries, str(path)]
    found = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    return json.loads(found)


def documented(video: Path, chapters: Path, copy: Path) -> list[str]:
    """The command of docs/how-to/export.md, with these files."""
    page = (ROOT / "docs/how-to/export.md").read_text("utf-8")
    (command,) = re.findall(r"`ffmpeg ([^`]*FILE[^`]*)`", page)
    names = {"VIDEO": str(video), "FILE": str(chapters), "COPY": str(copy)}
    return [names.get(word, word) for word in shlex.split(command)]


@pytest.fixture(scope="module")
def mov(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A QuickTime film of 4 s with sound, at 29.97 from 00:59:58;10."""
    path = tmp_path_factory.mktemp("film") / "film.mov"
    picture = ["-f", "lavfi", "-i", "testsrc=d=4:r=30000/1001:s=64x64"]
    sound = ["-f", "lavfi", "-i", "sine=d=4"]
    ffmpeg(*picture, *sound, "-timecode", "00:59:58;10", "-c:v", "mpeg4", "-c:a", "aac", str(path))
    return path


@pytest.mark.parametrize("ending", ["mov", "mp4", "mkv"])
def test_chapters_are_added_and_the_timecode_is_kept(
    mov: Path, tmp_path: Path, ending: str
) -> None:
    shown, listed = film("29.97 drop"), tmp_path / "chapters.txt"
    listed.write_text(written("chapters", shown), "utf-8")
    copy, again = tmp_path / f"copy.{ending}", tmp_path / f"again.{ending}"
    ffmpeg(*documented(mov, listed, copy))
    ffmpeg(*documented(copy, listed, again))  # onto a file that has chapters
    for path in (copy, again):
        content = probed(path, "-show_chapters", "-show_streams", "-show_format")
        kinds = [stream["codec_type"] for stream in content["streams"]]
        assert {"video", "audio"} <= {*kinds}
        tags = [stream.get("tags", {}) for stream in (*content["streams"], content["format"])]
        codes = {found[key] for found in tags for key in found if key.lower() == "timecode"}
        assert codes == {"00:59:58;10"}
        titles = [chapter["tags"]["title"] for chapter in content["chapters"]]
        assert [title for title in titles if title != "(nobody)"] == [n for n, *_ in marks(shown)]
        starts = [float(chapter["start_time"]) for chapter in content["chapters"]]
        assert starts == sorted(starts)
        assert abs(starts[1] - float(7 / shown.rate)) < 0.001


@EVERY_COUNT
@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_ffmpeg_reads_subtitles(tmp_path: Path, at: str, name: str) -> None:
    shown, path = film(at), tmp_path / f"film.{name}"
    path.write_bytes(written(name, shown).encode())
    packets = probed(path, "-show_packets")["packets"]
    times = [float(packet["pts_time"]) for packet in packets]
    assert times == [int(start * 1000 / shown.rate) / 1000 for _, start, _ in marks(shown)]
    text = ffmpeg("-i", str(path), "-f", "srt", "-").decode()
    for who in NAMES:
        seen = who.translate({60: "\u2039", 62: "\u203a"}) if name == "srt" else who
        assert text.count(f"\n{seen}\n") == 2


# --- LibreOffice ----------------------------------------------------------------------------------


def test_libreoffice_reads_the_workbook(tmp_path: Path) -> None:
    shown, book = film("29.97 drop"), tmp_path / "film.xlsx"
    book.write_bytes(create("xlsx").files(shown)["my film.xlsx"])
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [program("soffice"), profile, "--headless", "--convert-to", every_sheet, book.name]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    for name, table in (("appearances", "appearances"), ("people", "people")):
        (ours,) = (c for f, c in create("csv").files(shown).items() if f".{table}." in f)
        found = (tmp_path / f"film-{name}.csv").read_text("utf-8")
        rows = [list(map(plain, row)) for row in csv.reader(io.StringIO(found))]
        expected = list(csv.reader(io.StringIO(ours.decode())))
        assert rows == [[plain(restored(cell)) for cell in row] for row in expected]


def plain(cell: str) -> str:
    """A number as it is, in the fewest digits."""
    try:
        return f"{float(cell):g}"
    except ValueError:
        return cell


def test_every_cell_of_the_workbook_names_its_font() -> None:
    content = create("xlsx").files(film())["my film.xlsx"]
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        head, first = sheet[1][0].font, sheet[2][0].font
        assert (head.name, head.size, head.scheme) == (first.name, first.size, first.scheme)
        assert (head.bold, first.bold) == (True, False)


# --- OpenShot's importers -------------------------------------------------------------------------

IMPORTERS = Path("/usr/lib/python3/dist-packages/openshot_qt/classes")


class _Item:
    """A clip, track or file of an OpenShot project."""

    saved: list[Any]

    def __init_subclass__(cls) -> None:
        cls.saved = []

    def __init__(self) -> None:
        self.id, self.data = "1", {}

    def save(self) -> None:
        self.saved.append(self)


def imported(monkeypatch: pytest.MonkeyPatch, name: str, path: Path, fps: Fraction) -> list[Any]:
    """The clips that an importer of OpenShot makes, in a project without a window."""
    module = IMPORTERS / "importers" / f"{name}.py"
    if not module.exists():
        pytest.skip("OpenShot (Debian's openshot-qt) is not installed")

    class Clip(_Item):
        pass

    class Track(_Item):
        pass

    class File(_Item):
        data: Any

        @classmethod
        def get(cls, *, path: str) -> File | None:
            assert path in {"my film.mov", "my%20film.mov"}
            return cls.saved[0] if cls.saved else None

    rate = {"num": fps.numerator, "den": fps.denominator}
    known = {"fps": rate, "layers": [{"number": 1000000}]}
    facts = {"has_video": True, "has_audio": False, "id": "1"}
    reader = SimpleNamespace(Json=lambda: json.dumps(facts))
    opened = SimpleNamespace(Reader=lambda: reader, Json=lambda: json.dumps({}))
    window = SimpleNamespace(
        refreshFrameSignal=SimpleNamespace(emit=lambda: None),
        propertyTableView=SimpleNamespace(select_frame=lambda _: None),
        preview_thread=SimpleNamespace(player=SimpleNamespace(Position=lambda: 1)),
    )
    project = SimpleNamespace(get=known.get, current_filepath=str(path))
    app = SimpleNamespace(_tr=str, project=project, window=window)
    dialog = SimpleNamespace(getOpenFileName=lambda *_: (str(path), ""))
    parts = runpy.run_path(str(IMPORTERS / "time_parts.py"))
    fakes: dict[str, dict[str, Any]] = {
        "openshot": {"Clip": lambda _: opened},
        "PyQt5": {},
        "PyQt5.QtWidgets": {"QFileDialog": dialog},
        "classes": {"info": SimpleNamespace(HOME_PATH="", PATH="", THUMBNAIL_PATH="")},
        "classes.app": {"get_app": lambda: app},
        "classes.logger": {"log": SimpleNamespace(warning=pytest.fail)},
        "classes.image_types": {"is_image": lambda _: False},
        "classes.query": {"Clip": Clip, "Track": Track, "File": File},
        "classes.time_parts": {"timecodeToSeconds": parts["timecodeToSeconds"]},
        "windows": {},
        "windows.views": {},
        "windows.views.find_file": {"find_missing_file": lambda found: (found, False, False)},
    }
    for full, content in fakes.items():
        fake = ModuleType(full)
        fake.__dict__.update(content)
        monkeypatch.setitem(sys.modules, full, fake)
    script = runpy.run_path(str(module))
    script["import_edl" if name == "edl" else "import_xml"]()
    return [clip.data for clip in Clip.saved]


def from_zero(reel: str = "") -> Timeline:
    shown = film(reel=reel)
    return Timeline(shown.video, shown.rate, "00:00:00:00", FRAMES, shown.parts, reel=reel)


def test_openshot_imports_the_sequence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "film.xml"
    path.write_text(written("premiere-xml", film()), "utf-8")
    (clip,) = imported(monkeypatch, "final_cut_pro", path, Fraction(24))
    assert clip["title"] == "my film.mov"
    assert (clip["position"], clip["start"], clip["end"]) == (0, 0, FRAMES / 24)


def test_openshot_imports_the_cut_list_of_reel_ax(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path, shown = tmp_path / "film.edl", from_zero("AX")
    path.write_text(written("edl", shown), "utf-8", newline="")
    clips = imported(monkeypatch, "edl", path, Fraction(24))
    found = [(round(clip["start"] * 24), round(clip["end"] * 24)) for clip in clips]
    assert found == [(start, end) for _, start, end in marks(shown)]
    assert clips[0]["position"] == 3600


def test_every_track_of_the_sequence_says_that_it_is_enabled_and_open() -> None:
    root = ET.fromstring(written("premiere-xml", film()))
    for track in root.iter("track"):
        assert (track.findtext("enabled"), track.findtext("locked")) == ("TRUE", "FALSE")
