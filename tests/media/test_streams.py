"""Files with several video streams: the film is analysed, or the one that the user names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest
from av.stream import Disposition

from clusterer.core.config import ShotConfig, VideoConfig
from clusterer.core.errors import ConfigError, VideoError
from clusterer.media import Sampler, probe
from clusterer.media.decode import Reader, Start
from clusterer.media.opening import open_video, video_stream
from clusterer.media.packets import count_frames_before
from clusterer.media.picture import Converter
from tests.video_files import picture, read_number, write_sound, write_video

FRAMES = 30
RATE = Fraction(25)
DEFAULT = Disposition.default
NONE = Disposition(0)


@dataclass(frozen=True)
class Track:
    """A video stream to write: its number of frames, its width, and how it is marked."""

    frames: int
    width_px: int = 160
    disposition: Disposition = NONE


FILM, COVER = Track(FRAMES), Track(1, 192)


def write(path: Path, tracks: Sequence[Track]) -> Path:
    """Write streams side by side; the frames of stream n begin with number 100 n."""
    with av.open(str(path), "w") as container:
        streams = []
        for track in tracks:
            stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast"})
            stream.width, stream.height = track.width_px, 96
            stream.pix_fmt = "yuv420p"
            stream.codec_context.time_base = 1 / RATE
            stream.disposition = track.disposition.value
            streams.append(stream)
        for index in range(max(track.frames for track in tracks)):
            for number, (track, stream) in enumerate(zip(tracks, streams, strict=True)):
                if index < track.frames:
                    image = picture(100 * number + index, 0, track.width_px)
                    frame = av.VideoFrame.from_ndarray(image, format="rgb24")
                    frame.pts, frame.time_base = index, 1 / RATE
                    container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode())
    return path


def numbers(path: Path, stream: int | None = None, start: Start | None = None) -> list[int]:
    """What the analysed frames show."""
    info = probe(path, stream)
    converter = Converter(*info.square_px, 160)
    return [read_number(converter.rgb(decoded.raw)) for decoded in Reader(info, start)]


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "ts"])
@pytest.mark.parametrize(
    ("tracks", "chosen"),
    [
        ([COVER, FILM], 1),
        ([FILM, COVER], 0),
        ([COVER, COVER, FILM], 2),
        ([Track(1, 192, DEFAULT), FILM], 1),
        ([Track(1, 192, DEFAULT), Track(FRAMES, 160, DEFAULT)], 1),
    ],
)
def test_a_cover_is_not_the_film(
    tmp_path: Path, tracks: list[Track], chosen: int, ending: str
) -> None:
    path = write(tmp_path / f"a.{ending}", tracks)
    info = probe(path)
    assert info.stream == chosen
    assert (info.width_px, info.height_px) == (160, 96)
    assert numbers(path) == [100 * chosen + i for i in range(FRAMES)]


@pytest.mark.parametrize(
    ("tracks", "chosen"),
    [
        ([Track(FRAMES, 192), Track(FRAMES, 160, DEFAULT)], 1),
        ([Track(FRAMES, 160, DEFAULT), Track(FRAMES, 192)], 0),
        ([Track(FRAMES), Track(FRAMES, 160, DEFAULT), Track(FRAMES, 160, DEFAULT)], 1),
    ],
)
def test_the_default_is_the_film(tmp_path: Path, tracks: list[Track], chosen: int) -> None:
    path = write(tmp_path / "a.mkv", tracks)
    assert probe(path).stream == chosen
    assert numbers(path) == [100 * chosen + i for i in range(FRAMES)]


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
def test_a_stream_that_the_user_names(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path / f"a.{ending}", [FILM, Track(FRAMES, 192), COVER])
    assert [numbers(path, i)[0] for i in range(3)] == [0, 100, 200]
    assert [probe(path, i).width_px for i in range(3)] == [160, 192, 192]
    assert len(numbers(path, 1)) == FRAMES


def test_starting_in_the_middle_of_it(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", [COVER, FILM])
    info = probe(path)
    pts = [decoded.pts for decoded in Reader(info)]
    assert all(a < b for a, b in pairwise(pts))
    with open_video(path) as container:
        stream = video_stream(container, path, info.stream)
        assert count_frames_before(container, stream, pts[20]) == 20
    assert numbers(path, None, Start(pts[20])) == [100 + i for i in range(20, FRAMES)]


def test_it_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", [COVER, FILM])
    info = probe(path)
    with Sampler(info, VideoConfig(), ShotConfig()) as sampler:
        assert list(sampler)
        (warning,) = sampler.losses.warnings(info)
    assert warning == (
        "the file has several video streams, of which stream 1 was analysed;"
        " --stream chooses another"
    )


def test_a_single_stream_is_not_mentioned(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [picture(i) for i in range(5)])
    assert probe(path).stream is None
    assert probe(path, 0) == probe(path)
    info = probe(path)
    reader = Reader(info)
    assert len(list(reader)) == 5
    assert reader.losses.warnings(info) == ()


def test_a_stream_that_is_not_there(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", [COVER, FILM])
    with pytest.raises(ConfigError, match=r"has no video stream 2.*streams are: 0, 1"):
        probe(path, 2)
    sound = write_sound(tmp_path / "a.m4a")
    with pytest.raises(ConfigError, match="has no video stream 0"):
        probe(sound, 0)
    with pytest.raises(VideoError, match="no moving picture"):
        probe(sound)
