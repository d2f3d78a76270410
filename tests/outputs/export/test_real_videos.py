"""From a video to every format and back: the frames in which the faces are to be seen."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

import clusterer
from clusterer.cli import main
from clusterer.core.clock import NAMED_RATES
from clusterer.outputs.export import names
from tests.outputs.export.known_video import CASES, FRAMES, SEEN, pictures, write
from tests.outputs.export.readers import READINGS, Mark, Scale, checked, read_json

EVERY_FORMAT = pytest.mark.parametrize("name", names())
STEADY = [at for at, case in CASES.items() if case.ticks is None]
VARIABLE = [at for at, case in CASES.items() if case.ticks is not None]


@dataclass(frozen=True)
class Exported:
    """A video that was analysed, and what was written of it."""

    folder: Path
    out: str

    @property
    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.folder / "exports").iterdir()}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Exported]:
    folder, images = tmp_path_factory.mktemp("known"), pictures()
    for name in CASES:
        video = write(folder, name, images)
        clusterer.process(video, folder=folder / name)
    return {name: Exported(folder / name, "") for name in CASES}


@pytest.fixture
def run(exported: dict[str, Exported], at: str, capsys: pytest.CaptureFixture[str]) -> Exported:
    """The export of one video in every format, once."""
    if not exported[at].out:
        flags = [f"--format={name}" for name in names()]
        with pytest.raises(SystemExit) as exit_:
            main(["export", str(exported[at].folder), *flags])
        printed = capsys.readouterr()
        assert (exit_.value.code, printed.err) == (0, "")
        exported[at] = Exported(exported[at].folder, printed.out)
    return exported[at]


def own_table(run: Exported) -> list[dict[str, str]]:
    """Rows of ``appearances.csv``, as the run wrote it."""
    with (run.folder / "appearances.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@EVERY_FORMAT
@pytest.mark.parametrize("at", STEADY)
def test_exactly_those_frames(run: Exported, at: str, name: str) -> None:
    case, reading = CASES[at], READINGS[name]
    found = reading.read(run.files, Scale(case.rate, case.start))
    assert sorted(found) == SEEN
    own = [Mark(r["name"], int(r["start_frame"]), int(r["end_frame"])) for r in own_table(run)]
    assert sorted(own) == SEEN


@pytest.mark.parametrize("at", STEADY)
def test_the_run_and_the_export_have_the_same_timecodes(run: Exported, at: str) -> None:
    case = CASES[at]
    assert checked(own_table(run), Scale(case.rate, case.start)) == SEEN
    first = case.start or "00:00:00:00"
    assert run.out.startswith(
        f"2 people, 2 appearances at {float(case.rate):.6g} frames per second from {first}\n"
    )
    assert "Note" not in run.out


@EVERY_FORMAT
@pytest.mark.parametrize("at", VARIABLE)
def test_a_variable_rate_is_off_by_half_a_frame_at_most(run: Exported, at: str, name: str) -> None:
    assert "frames are counted at 25, so marks may be off by half a frame" in run.out
    rate = Fraction(25)
    assert rate in NAMED_RATES
    ticks, tick = CASES[at].ticks, 1 / CASES[at].rate
    assert ticks is not None
    assert len(ticks) == FRAMES
    rounding = rate / 2000  # of a Matroska file: half a millisecond
    found = sorted(READINGS[name].read(run.files, Scale(rate, "")))
    for mark, seen in zip(found, SEEN, strict=True):
        assert mark.name == seen.name
        for frame, truth in ((mark.start, seen.start), (mark.end, seen.end)):
            assert abs(frame - ticks[truth] * tick * rate) <= Fraction(1, 2) + rounding


@pytest.mark.parametrize("at", VARIABLE)
def test_a_variable_rate_agrees_with_the_run_in_time(run: Exported, at: str) -> None:
    rows = own_table(run)
    (sheet,) = (text for name, text in run.files.items() if name.endswith(".appearances.csv"))
    written = list(csv.DictReader(sheet.decode().splitlines()))
    for column in ("name", "start_timecode", "end_timecode", "shot"):
        assert [row[column] for row in written] == [row[column] for row in rows]
    found = read_json(run.files, Scale(Fraction(25), ""))
    for mark, row in zip(found, rows, strict=True):
        assert mark.name == row["name"]
        for frame, seconds in ((mark.start, row["start_s"]), (mark.end, row["end_s"])):
            assert abs(frame / 25 - float(seconds)) <= 0.02 + 0.001


def test_the_timecode_of_every_container_was_read(exported: dict[str, Exported]) -> None:
    endings = {case.ending for case in CASES.values() if case.start and not case.ticks}
    assert endings == {"mov", "mp4", "mkv"}
    assert len(exported) == len(CASES)
