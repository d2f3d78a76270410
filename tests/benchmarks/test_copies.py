"""Copies of clips: pictures and boxes go through the same transform."""

from __future__ import annotations

import csv
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from clusterer.evaluation import Truth, read_truth
from clusterer.media import probe

pytest.importorskip("benchmarks", reason="the benchmarks are not part of this distribution")

from benchmarks.footage import Clip, frames_at
from benchmarks.people import _copies
from benchmarks.people._copies import KINDS, Kind, copy_of

WIDTH, HEIGHT, FPS, FRAMES, STEP = 320, 180, 25, 50, 6
SQUARE = (40, 32)
"""Width and height of the white rectangle that stands for a face; it moves to the right."""


def left_at(frame: int) -> int:
    return 130 + frame


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """A white rectangle on grey, labelled on every sixth frame."""
    video = tmp_path_factory.mktemp("clip") / "square.mp4"
    with av.open(str(video), "w") as sink:
        stream = sink.add_stream("libx264", FPS, options={"crf": "10", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for frame in range(FRAMES):
            image = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
            image[70 : 70 + SQUARE[1], left_at(frame) : left_at(frame) + SQUARE[0]] = 255
            picture = av.VideoFrame.from_ndarray(image, format="rgb24")
            picture.pts = frame
            sink.mux(stream.encode(picture))
        sink.mux(stream.encode(None))
    write_truth(
        video,
        [
            (frame, left_at(frame), 70, left_at(frame) + SQUARE[0], 70 + SQUARE[1], "ann")
            for frame in range(0, FRAMES, STEP)
        ],
    )
    return Clip(video, read_truth(video.with_suffix(".truth.csv")))


def write_truth(video: Path, rows: list[tuple[object, ...]]) -> None:
    with video.with_suffix(".truth.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("frame", "left", "top", "right", "bottom", "person"), *rows])


def bright(image: np.ndarray) -> tuple[float, float, float, float]:
    """The bounding box of what is brighter than half-way between darkest and brightest."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(float)
    background = float(np.median(grey))
    rows, columns = np.nonzero(grey > (background + grey.max()) / 2)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize("kind", KINDS)
def test_boxes_lie_where_the_picture_has_them(clip: Clip, kind: str, tmp_path: Path) -> None:
    copy = copy_of(clip, kind, tmp_path)
    truth = copy.truth
    assert copy.name == clip.name
    assert set(truth.people) == {"ann"}
    step = 2 if kind == "fewer-frames" else 1
    assert truth.frame.tolist() == [frame // step for frame in range(0, FRAMES, STEP)]
    assert truth.frames.tolist() == truth.frame.tolist(), "the same grid"
    images = {frame.index: frame.image for frame in frames_at(copy.video, set(truth.frame))}
    for frame, box in zip(truth.frame.tolist(), truth.boxes, strict=True):
        assert bright(images[frame]) == pytest.approx(box.tolist(), abs=1.5), frame


@pytest.mark.parametrize(
    ("kind", "size", "rate"),
    [
        ("half", (160, 90), 25),
        ("quarter", (80, 44), 25),
        ("bars", (320, 240), 25),
        ("pillars", (428, 180), 25),
        ("pan-20", (320, 180), 25),
        ("fewer-frames", (320, 180), 12.5),
    ],
)
def test_size_and_rate(
    clip: Clip, kind: str, size: tuple[int, int], rate: float, tmp_path: Path
) -> None:
    info = probe(copy_of(clip, kind, tmp_path).video)
    assert (info.width_px, info.height_px, info.frame_rate) == (*size, rate)
    assert info.duration_s == pytest.approx(FRAMES / FPS, abs=0.05)


def picture(clip: Clip, kind: str, tmp_path: Path) -> np.ndarray:
    (frame,) = frames_at(copy_of(clip, kind, tmp_path).video, {12})
    return frame.image.astype(float)


def test_pictures_are_harder(clip: Clip, tmp_path: Path) -> None:
    (frame,) = frames_at(clip.video, {12})
    original = frame.image.astype(float)
    assert picture(clip, "dark", tmp_path).mean() == pytest.approx(original.mean() / 4, abs=2)
    grey = picture(clip, "grey", tmp_path)
    assert np.ptp(grey, axis=2).max() <= 2
    edges = [np.abs(np.diff(p, axis=1)).max() for p in (picture(clip, "blur", tmp_path), original)]
    assert edges[0] < edges[1] / 1.5
    sizes = [
        copy_of(clip, kind, tmp_path).video.stat().st_size for kind in ("recompressed", "grey")
    ]
    assert sizes[0] < sizes[1]


def test_a_pan_moves_by_its_share_of_the_width(clip: Clip, tmp_path: Path) -> None:
    steps = np.diff(copy_of(clip, "pan-20", tmp_path).truth.boxes[:, 0])
    # The square itself goes on by 25 px a second, enlarged 31.25; the window by 64. It has 80 px
    # of room, so that it turns round after 1.25 s, between frames 30 and 36.
    assert steps[:5] == pytest.approx((31.25 - 64) * STEP / FPS, abs=0.11)
    assert steps[6:] == pytest.approx((31.25 + 64) * STEP / FPS, abs=0.11)


def test_what_a_pan_cuts_off_counts_neither_way(clip: Clip, tmp_path: Path) -> None:
    def cut(boxes: dict[int, tuple[float, float]]) -> Truth:
        video = tmp_path / "square.mp4"
        video.write_bytes(clip.video.read_bytes())
        write_truth(
            video,
            [(frame, *(left, 70, right, 102), "ann") for frame, (left, right) in boxes.items()],
        )
        truth = read_truth(video.with_suffix(".truth.csv"))
        return copy_of(Clip(video, truth), "pan-5", tmp_path / "copies").truth

    # At frame 0 the window shows the left 256 px of 320.
    found = cut({0: (200, 240), 6: (240, 280), 12: (300, 320)})
    assert found.frame.tolist() == [0]
    assert found.ignore_frame.tolist() == [6], "and the last is out of sight"
    assert found.ignore_boxes[0].tolist()[2] == WIDTH


def test_copies_are_the_same_bytes(clip: Clip, tmp_path: Path) -> None:
    one, other = (copy_of(clip, "blur", tmp_path / name).video for name in "ab")
    assert one.read_bytes() == other.read_bytes()


def test_a_copy_is_made_again_only_if_something_changed(
    clip: Clip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    render = _copies._render

    def counted(source: Path, kind: Kind, target: Path) -> object:
        made.append(target)
        return render(source, kind, target)

    monkeypatch.setattr(_copies, "_render", counted)
    for _ in range(2):
        copy_of(clip, "half", tmp_path)
    assert len(made) == 1
    renamed = Clip(clip.video, read_truth(clip.video.with_suffix(".truth.csv")))
    copy_of(renamed, "half", tmp_path)
    assert len(made) == 1
    monkeypatch.setattr(_copies, "RECIPE", _copies.RECIPE + 1)
    copy_of(clip, "half", tmp_path)
    assert len(made) == 2
