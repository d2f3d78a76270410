"""The sample film and its truth file are consistent."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import av
import pytest

FOLDER = Path(__file__).parents[1] / "sample_videos"
VIDEO = FOLDER / "demo.mp4"
LABEL_EVERY = 6
PEOPLE = {"barack_obama", "eileen_collins", "grace_hopper", "joe_biden"}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (FOLDER / "demo.truth.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def stream() -> tuple[int, int, int, int]:
    """Frames, frames per second, width and height."""
    with av.open(str(VIDEO)) as container:
        video = container.streams.video[0]
        assert video.average_rate is not None
        assert video.average_rate.denominator == 1
        return video.frames, video.average_rate.numerator, video.width, video.height


def test_video_is_small_and_short(stream: tuple[int, int, int, int]) -> None:
    frames, rate, width, height = stream
    assert VIDEO.stat().st_size <= 3_000_000
    assert 30 <= frames / rate <= 60
    assert (rate, width, height) == (24, 640, 360)


def test_video_can_be_played_while_it_loads() -> None:
    head = VIDEO.read_bytes()
    assert 0 < head.index(b"moov") < head.index(b"mdat")


def test_columns(rows: list[dict[str, str]]) -> None:
    assert list(rows[0]) == ["frame", "time_s", "left", "top", "right", "bottom", "person", "kind"]


def test_frames_are_labelled_frames_of_the_video(
    rows: list[dict[str, str]], stream: tuple[int, int, int, int]
) -> None:
    frames, rate, _, _ = stream
    numbers = [int(row["frame"]) for row in rows]
    assert numbers == sorted(numbers)
    assert all(number % LABEL_EVERY == 0 for number in numbers)
    assert 0 <= numbers[0] <= numbers[-1] < frames
    for number, row in zip(numbers, rows, strict=True):
        assert float(row["time_s"]) == pytest.approx(number / rate, abs=1e-4)


def test_boxes_lie_inside_the_picture(
    rows: list[dict[str, str]], stream: tuple[int, int, int, int]
) -> None:
    _, _, width, height = stream
    for row in rows:
        left, top, right, bottom = (float(row[k]) for k in ("left", "top", "right", "bottom"))
        assert 0 <= left < right <= width, row
        assert 0 <= top < bottom <= height, row
        assert (row["kind"] == "small") == (bottom - top < 40), row


def test_four_people_each_once_per_frame(rows: list[dict[str, str]]) -> None:
    assert {row["person"] for row in rows} == PEOPLE
    count = Counter((row["frame"], row["person"]) for row in rows)
    assert set(count.values()) == {1}


def test_some_frames_show_two_people_and_some_show_none(
    rows: list[dict[str, str]], stream: tuple[int, int, int, int]
) -> None:
    faces = Counter(int(row["frame"]) for row in rows)
    counts = {faces[frame] for frame in range(0, stream[0], LABEL_EVERY)}
    assert counts == {0, 1, 2}


def test_all_people_return(rows: list[dict[str, str]]) -> None:
    # No person is in two consecutive shots, so a labelled frame without the person separates shots.
    frames = defaultdict(list)
    for row in rows:
        frames[row["person"]].append(int(row["frame"]))
    for person, numbers in frames.items():
        gaps = sum(b - a > LABEL_EVERY for a, b in pairwise(numbers))
        assert gaps + 1 >= 2, person
