"""Render demo.mp4 and demo.truth.csv from five photographs.

Get the photographs and the packages that carry the other three::

    pip install "cluster-video[demo]"
    pip download --no-deps --no-binary face_recognition -d photos face_recognition==1.3.0
    python sample_videos/make_demo.py --photos photos

The camera only moves by similarity transforms (zoom, turn, shift), and the same transform maps
the hand-annotated face box of a photograph to each frame: the truth is exact by construction.
Nothing is random; the same packages give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import av
import cv2
import matplotlib as mpl
import numpy as np
from numpy.typing import ArrayLike, NDArray
from photographs import load_photos
from PIL import Image, ImageDraw, ImageFont
from storyboard import FPS, HEIGHT_PX, LABEL_EVERY, PHOTOS, SHOTS, WIDTH_PX, Figure, Pose, Shot

Matrix = NDArray[np.float64]  # (2, 3): continuous photo coordinates to frame coordinates
Picture = NDArray[np.float32]  # (H, W, 3) RGB, 0-255

CRF = 24  # x264: the film stays well under 3 MB and CenterFace finds every face
SUPERSAMPLING = 2
CANVAS_SIZE = (WIDTH_PX * SUPERSAMPLING, HEIGHT_PX * SUPERSAMPLING)
BACKDROP_SIGMA_PX = 34.0  # so wide that faces disappear
BACKDROP_GAIN = 0.62
SOFT_EDGE_PX = 56.0
PRINT_EDGE_PX = 5.0
SHADOW_DEPTH = 0.55
TITLE_GREY = 250.0
PAPER = (244.0, 241.0, 234.0)
SMALL_FACE_PX = 40.0  # below it a face counts as small, as in the labelled clips
HEADER = ("frame", "time_s", "left", "top", "right", "bottom", "person", "kind")


def _floats(values: ArrayLike) -> Picture:
    return np.asarray(values, np.float32)


def pose_at(figure: Figure, progress: float) -> Pose:
    """Interpolate between the poses of a figure; `progress` 0-1, the zoom geometric."""

    def mix(start: float, end: float) -> float:
        return start + (end - start) * progress

    a, b = figure.start, figure.end
    height = a.box_height * (b.box_height / a.box_height) ** progress
    return Pose(mix(a.x, b.x), mix(a.y, b.y), height, mix(a.turn_deg, b.turn_deg))


def pose_matrix(name: str, pose: Pose) -> Matrix:
    """Return the similarity transform from a photograph to the frame that realises `pose`."""
    left, top, right, bottom = PHOTOS[name].box
    scale = pose.box_height / (bottom - top)
    angle = math.radians(pose.turn_deg)
    cos, sin = scale * math.cos(angle), scale * math.sin(angle)
    x, y = (left + right) / 2, (top + bottom) / 2
    return np.array(
        [[cos, -sin, pose.x - cos * x + sin * y], [sin, cos, pose.y - sin * x - cos * y]]
    )


def face_box(name: str, pose: Pose) -> tuple[float, float, float, float]:
    """Return the face's box in the frame (left, top, right, bottom; px).

    A face fills the ellipse of its box rather than the corners, so a turned face gets the
    rectangle around the turned ellipse.
    """
    left, top, right, bottom = PHOTOS[name].box
    half_h = pose.box_height / 2
    half_w = half_h * (right - left) / (bottom - top)
    cos, sin = math.cos(math.radians(pose.turn_deg)), math.sin(math.radians(pose.turn_deg))
    reach_x, reach_y = (
        math.hypot(half_w * cos, half_h * sin),
        math.hypot(half_h * cos, half_w * sin),
    )
    return pose.x - reach_x, pose.y - reach_y, pose.x + reach_x, pose.y + reach_y


def covers_frame(picture: Picture, matrix: Matrix) -> bool:
    """Return whether every corner of the frame is inside the transformed picture."""
    corners = np.array([[0, 0], [WIDTH_PX, 0], [0, HEIGHT_PX], [WIDTH_PX, HEIGHT_PX]], float)
    inside = (corners - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    height, width = picture.shape[:2]
    return bool((inside >= 0).all() and (inside <= [width, height]).all())


def warp(picture: Picture, matrix: Matrix) -> Picture:
    """Transform onto the supersampled canvas; outside is 0. Shrinks by area first: no aliasing."""
    scale = math.hypot(matrix[0, 0], matrix[1, 0]) * SUPERSAMPLING
    shrunk = min(1.0, 2.0 ** math.ceil(math.log2(scale)))
    source = picture
    if shrunk < 1:
        source = _floats(
            cv2.resize(picture, None, fx=shrunk, fy=shrunk, interpolation=cv2.INTER_AREA)
        )
    # The size is rounded to whole pixels, so the two axes may have shrunk by slightly more or less.
    axes = np.array(source.shape[1::-1]) / picture.shape[1::-1]
    linear = matrix[:, :2] * SUPERSAMPLING / axes
    # OpenCV measures from the middle of the first pixel, this module from its corner.
    shift = matrix[:, 2] * SUPERSAMPLING + linear @ [0.5, 0.5] - 0.5
    whole = np.column_stack([linear, shift])
    return _floats(cv2.warpAffine(source, whole, CANVAS_SIZE, flags=cv2.INTER_LINEAR))


def backdrop(picture: Picture) -> Picture:
    """Enlarge the top of a photograph to fill the canvas, blur it beyond recognition, darken it."""
    part = round(picture.shape[1] * HEIGHT_PX / WIDTH_PX)
    small = cv2.resize(picture[:part], (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), BACKDROP_SIGMA_PX, borderType=cv2.BORDER_REPLICATE)
    return _floats(cv2.resize(blurred, CANVAS_SIZE)) * np.float32(BACKDROP_GAIN)


@dataclass(frozen=True)
class Layer:
    """A figure with its photograph prepared for its style.

    ``opacity`` is (H, W, 1), 0-1; ``edge_px`` is the paper edge that the picture got on each side.
    """

    figure: Figure
    picture: Picture
    opacity: Picture
    edge_px: int


def dress(figure: Figure, picture: Picture) -> Layer:
    """Give a photograph the paper edge or the fading sides of its figure's style."""
    scale = math.hypot(*pose_matrix(figure.photo, figure.start)[:, 0])
    if figure.style == "print":
        edge = round(PRINT_EDGE_PX / scale)
        sides = (edge, edge, edge, edge)
        picture = _floats(cv2.copyMakeBorder(picture, *sides, cv2.BORDER_CONSTANT, value=PAPER))
        return Layer(figure, picture, np.ones((*picture.shape[:2], 1), np.float32), edge)
    opacity = np.ones((*picture.shape[:2], 1), np.float32)
    if figure.style == "soft":
        inward = np.arange(picture.shape[1], dtype=np.float32) + 0.5
        ramp = np.clip(np.minimum(inward, inward[::-1]) * scale / SOFT_EDGE_PX, 0, 1)
        opacity *= (ramp * ramp * (3 - 2 * ramp))[None, :, None]
    return Layer(figure, picture, opacity, 0)


def paint(canvas: Picture, layer: Layer, progress: float) -> Picture:
    """Draw a figure over the canvas and return the result.

    Raises
    ------
    SystemExit
        A photograph of style ``full`` leaves part of the frame empty.
    """
    figure = layer.figure
    matrix = pose_matrix(figure.photo, pose_at(figure, progress))
    if figure.style == "full":
        if not covers_frame(layer.picture, matrix):
            raise SystemExit(f"{figure}: does not fill the frame at {progress:.2f}")
        return warp(layer.picture, matrix)
    matrix[:, 2] -= matrix[:, :2] @ [layer.edge_px, layer.edge_px]
    if figure.style == "print":
        dropped = matrix + np.array([[0, 0, 4], [0, 0, 7]])  # px, the shadow's distance
        shadow = cv2.GaussianBlur(warp(layer.opacity, dropped), (0, 0), 8 * SUPERSAMPLING)
        canvas = canvas * (1 - SHADOW_DEPTH * _floats(shadow)[..., None])
    opacity = warp(layer.opacity, matrix)[..., None]
    # Outside, both are 0; on the outline the picture is already weighted by its share.
    inner = warp(layer.picture * layer.opacity, matrix)
    return canvas * (1 - opacity) + inner


def _title(lines: tuple[str, ...]) -> Picture:
    """Draw the opacity of a title, (360, 640, 1), 0-1; no lines give an empty one."""
    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    card = Image.new("L", (WIDTH_PX, HEIGHT_PX))
    pen = ImageDraw.Draw(card)
    for row, line in enumerate(lines):
        face, size = ("DejaVuSans-Bold.ttf", 44) if row == 0 else ("DejaVuSans.ttf", 20)
        font = ImageFont.truetype(str(fonts / face), size)
        pen.text((WIDTH_PX / 2, 150 + 48 * row), line, fill=255, font=font, anchor="mm")
    return _floats(np.asarray(card))[..., None] / _floats(255)


def render(shot: Shot, photos: dict[str, Picture]) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames of a shot, each (360, 640, 3) uint8 RGB."""
    empty = np.zeros((*CANVAS_SIZE[::-1], 3), np.float32)
    behind = backdrop(photos[shot.backdrop]) if shot.backdrop else empty
    layers = [dress(figure, photos[figure.photo]) for figure in shot.figures]
    opacity = _title(shot.title)
    shade = _floats(cv2.GaussianBlur(opacity, (0, 0), 9))[..., None]
    for index in range(shot.frames):
        progress = index / (shot.frames - 1)
        canvas = behind
        for layer in layers:
            canvas = paint(canvas, layer, progress)
        frame = _expose(canvas, shot, progress)
        frame = frame * (1 - 0.5 * shade) * (1 - opacity) + TITLE_GREY * opacity
        yield np.clip(np.rint(frame), 0, 255).astype(np.uint8)


def _expose(canvas: Picture, shot: Shot, progress: float) -> Picture:
    """Convert the canvas to the size, sharpness and light of the frame."""
    frame = _floats(cv2.resize(canvas, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA))
    if shot.blur_px:
        frame = _floats(cv2.GaussianBlur(frame, (0, 0), shot.blur_px))
    start, end = np.array(shot.light), np.array(shot.light_end or shot.light)
    return frame * _floats(start + (end - start) * progress)


def write_video(path: Path, photos: dict[str, Picture]) -> int:
    """Render and encode the whole film, return its number of frames."""
    options = {"crf": str(CRF), "preset": "slow", "g": "48", "threads": "1"}
    count = 0
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        for image in chain.from_iterable(render(shot, photos) for shot in SHOTS):
            picture = av.VideoFrame.from_ndarray(image, format="rgb24")
            picture.pts = count
            container.mux(stream.encode(picture))
            count += 1
        container.mux(stream.encode(None))
    return count


def truth_rows() -> Iterator[tuple[str, ...]]:
    """Yield the rows of the truth file, one per face on every labelled frame."""
    first = 0
    for shot in SHOTS:
        for frame in range(first + -first % LABEL_EVERY, first + shot.frames, LABEL_EVERY):
            progress = (frame - first) / (shot.frames - 1)
            for figure in shot.figures:
                person = PHOTOS[figure.photo].person
                if person is not None:
                    box = face_box(figure.photo, pose_at(figure, progress))
                    kind = "small" if box[3] - box[1] < SMALL_FACE_PX else "frontal"
                    sides = [f"{side:.1f}" for side in box]
                    yield (str(frame), f"{frame / FPS:.4f}", *sides, person, kind)
        first += shot.frames


def write_truth(path: Path) -> None:
    """Write the truth file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(truth_rows())


def main() -> None:
    """Render the film into the folder of this script or the one given by ``--out``."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path, required=True, help="folder or source archive")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="output folder")
    arguments = parser.parse_args()
    video = arguments.out / "demo.mp4"
    write_truth(arguments.out / "demo.truth.csv")
    frames = write_video(video, load_photos(arguments.photos))
    print(f"{video}: {frames} frames, {frames / FPS:.1f} s, {video.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
