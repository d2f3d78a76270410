"""Stills as files: which frame, which name, and what is replaced."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import pytest

import clusterer
from clusterer.core.clock import Clock
from clusterer.core.errors import ConfigError, ResultError, VideoError
from clusterer.core.timecode import frame_number
from clusterer.core.types import ClusteringResult
from clusterer.outputs.stills.choose import StillsChoice
from clusterer.outputs.stills.write import stills
from tests import result_folder
from tests.conftest import DEMO
from tests.odd_clocks import write_film
from tests.video_files import picture, read_number


def shown(path: Path) -> int:
    """Number of the frame on a picture."""
    return read_number(cv2.imread(str(path))[:, :, ::-1])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_file_is_the_frame_of_its_timecode(
    result: ClusteringResult, film: Path, tmp_path: Path
) -> None:
    made = stills(result, film, tmp_path / "out")
    assert sorted(path.name for path in made) == names(tmp_path / "out")
    assert [path.name.rpartition("+")[0] for path in made] == [
        "small+Person 1", "small+Person 1", "small+Person 2",
    ]  # fmt: skip
    for path in made:
        hours, minutes, seconds, frame = map(int, path.stem.rpartition("+")[2].split("-"))
        assert (hours, minutes) == (1, 0)
        assert shown(path) == 25 * seconds + frame
    first, second, _ = made
    assert shown(first) in {10, 20}, "one of each shot, and not near its ends"
    assert shown(second) == 60


def test_the_same_bytes_again(result: ClusteringResult, film: Path, tmp_path: Path) -> None:
    few = StillsChoice("Person 1", best=1, form="png", metadata="sidecar")
    for folder in ("a", "b"):
        (made,) = clusterer.stills(result, str(film), tmp_path / folder, few)
        assert names(tmp_path / folder) == [made.name, f"{made.stem}.xmp"]
    for name in names(tmp_path / "a"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert b"mwg-rs:Regions" in made.with_suffix(".xmp").read_bytes()
    assert b"mwg-rs" not in made.read_bytes()


def test_only_stills_of_the_same_person_and_part_are_replaced(
    result: ClusteringResult, film: Path, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    before = stills(result, film, tmp_path)
    changed = before[0]
    changed.write_bytes(b"mine")
    (now,) = stills(result, film, tmp_path, StillsChoice("Person 1", best=1, form="png"))
    kept = {"notes.txt", changed.name, before[2].name, now.name}
    assert set(names(tmp_path)) == kept
    assert changed.read_bytes() == b"mine"
    renamed = replace(result, people=(replace(result.people[0], name="Anna"), result.people[1]))
    (anna,) = stills(renamed, film, tmp_path, StillsChoice("Anna", best=1))
    assert set(names(tmp_path)) == kept - {now.name} | {anna.name}


def test_people_of_one_name(result: ClusteringResult, film: Path, tmp_path: Path) -> None:
    same = tuple(replace(who, name=name) for who, name in zip(result.people, "Aa", strict=True))
    made = stills(replace(result, people=same), film, tmp_path, StillsChoice(end=0.5))
    found = [path.name.casefold() for path in made]
    assert len(set(found)) == len(found) == 2


def test_a_part_and_a_crop(result: ClusteringResult, film: Path, tmp_path: Path) -> None:
    choice = StillsChoice("Person 1", begin=2.2, crop=True, metadata="none")
    (made,) = stills(result, film, tmp_path, choice)
    assert "01-00-02-10" in made.name
    # 48 of 360 px are 12.8 of 96; 2.6 times that
    assert cv2.imread(str(made)).shape == (33, 33, 3)
    assert b"ns.adobe.com" not in made.read_bytes()


def test_a_copy_with_another_clock(result: ClusteringResult, tmp_path: Path) -> None:
    """Times in whole milliseconds, an hour late."""
    path = tmp_path / "small.mkv"
    write_film(path, [picture(i) for i in range(100)], start_s=3600)
    for made in stills(result, path, tmp_path / "out"):
        *_, seconds, frame = map(int, made.stem.rpartition("+")[2].split("-"))
        assert shown(made) == 25 * seconds + frame


def test_progress_and_what_is_stopped(result: ClusteringResult, film: Path, tmp_path: Path) -> None:
    shares: list[float] = []

    def go_on(done: float) -> bool:
        shares.append(done)
        return len(shares) < 10

    assert stills(result, film, tmp_path / "out", go_on=go_on) == ()
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert len(shares) == 10
    assert not (tmp_path / "out").exists()


def test_in_a_result_folder_they_are_files_of_the_result(
    result: ClusteringResult, film: Path, tmp_path: Path
) -> None:
    folder = result_folder.write(result, tmp_path / "small.people")
    (made,) = stills(result, film, folder / "exports", StillsChoice("Person 1", best=1))
    assert made.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ResultError, match="is part of a result"):
        stills(result, film, folder / "chips", StillsChoice("Person 1", best=1))


def test_errors(result: ClusteringResult, film: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nobody is on screen in this part of the film"):
        stills(result, film, tmp_path / "out", StillsChoice(begin=0.9, end=1.5))
    with pytest.raises(VideoError, match="does not exist"):
        stills(result, tmp_path / "gone.mp4", tmp_path / "out")
    other = write_film(tmp_path / "other.mp4", [picture(i) for i in range(30)])
    with pytest.raises(VideoError, match=r"is 1\.2 s long, but the film of the result 4\.0 s"):
        stills(result, other, tmp_path / "out")
    with pytest.raises(ResultError, match="Cannot write"):
        stills(result, film, film / "below")
    assert not (tmp_path / "out").exists()


def test_the_sample_film(demo: clusterer.Outcome, tmp_path: Path) -> None:
    """Everybody, at the size of the film, in as many shots as there are stills if there are."""
    made = stills(demo.result, DEMO, tmp_path, StillsChoice(best=3, metadata="sidecar"))
    analysis = demo.result.analysis
    clock = Clock.of(analysis)
    for path in made:
        assert cv2.imread(str(path)).shape[:2] == analysis.video.square_px[::-1]
        assert "mwg-rs:Regions" in path.with_suffix(".xmp").read_text("utf-8")
    for who in demo.result.people:
        times = [path.stem[-11:] for path in made if f"+{who.name}+" in path.name]
        frames = [frame_number(time.replace("-", ":"), clock.rate) for time in times]
        shots = {
            shot.index
            for shot in analysis.shots
            for frame in frames
            if shot.start_frame <= frame < shot.end_frame
        }
        assert frames == sorted(frames)
        assert 1 <= len(frames) <= 3
        assert len(shots) == min(len(frames), len({one.shot_index for one in who.appearances}))
