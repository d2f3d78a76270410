"""Which films a browser shows, by container, codec, samples and sound."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av
import numpy as np
import pytest

from clusterer.core.errors import VideoError
from clusterer.media.browser import can_play
from tests.video_files import picture, write_sound

PICTURES = [picture(i) for i in range(3)]
MadeOf: TypeAlias = tuple[str, str, str, str | None]
"""Name of the file, codec of the picture, its samples, codec of the sound."""


def film(
    path: Path, codec: str = "libx264", samples: str = "yuv420p", sound: str | None = None
) -> Path:
    """Three frames and a tenth of a second of silence."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=25)
        stream.pix_fmt, stream.width, stream.height = samples, 160, 96
        if codec == "dnxhd":
            stream.width, stream.height = 1920, 1080
            stream.bit_rate = 36_000_000
        heard: Any = container.add_stream(sound, rate=48_000, layout="mono") if sound else None
        for i, image in enumerate(PICTURES):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame = frame.reformat(stream.width, stream.height)
            frame.pts, frame.time_base = i, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if heard is not None:
            plane = heard.codec_context.format.name
            kind = np.float32 if plane.startswith("flt") else np.int16
            for start in range(0, 5760, 960):
                silence = np.zeros((1, 960), kind)
                frame_heard = av.AudioFrame.from_ndarray(silence, plane, "mono")
                frame_heard.sample_rate, frame_heard.pts = 48_000, start
                container.mux(heard.encode(frame_heard))
            container.mux(heard.encode())
    return path


@pytest.mark.parametrize(
    ("made_of", "everywhere"),
    [
        (("a.mp4", "libx264", "yuv420p", "aac"), True),
        (("a.mp4", "libx264", "yuv420p", None), True),
        (("a.mov", "libx264", "yuv420p", "aac"), True),
        (("a.webm", "libvpx", "yuv420p", "libopus"), True),
        (("a.webm", "libvpx-vp9", "yuv420p", None), True),
        (("a.mkv", "libvpx-vp9", "yuv420p", "libopus"), True),
        (("a.mkv", "libx264", "yuv420p", "aac"), False),
    ],
)
def test_what_browsers_show(tmp_path: Path, made_of: MadeOf, everywhere: bool) -> None:
    name, codec, samples, sound = made_of
    found = can_play(film(tmp_path / name, codec, samples, sound))
    assert (found.ok, found.reason, found.everywhere) == (True, "", everywhere)


@pytest.mark.parametrize(
    ("made_of", "reason"),
    [
        (("a.mov", "prores_ks", "yuv422p10le", "aac"),
         "ProRes in a MOV cannot be shown by a browser"),
        (("a.mxf", "dnxhd", "yuv422p", None),
         "DNxHD in an MXF file cannot be shown by a browser"),
        (("a.mp4", "libx265", "yuv420p", "aac"),
         "HEVC in an MP4 cannot be shown by a browser"),
        (("a.avi", "libx264", "yuv420p", None),
         "H.264 in an AVI cannot be shown by a browser"),
        (("a.mp4", "mpeg4", "yuv420p", None),
         "MPEG-4 Part 2 in an MP4 cannot be shown by a browser"),
        (("a.mp4", "libx264", "yuv422p", "aac"),
         "H.264 with samples of the kind yuv422p cannot be shown by a browser"),
        (("a.mp4", "libx264", "yuv420p10le", "aac"),
         "H.264 with samples of the kind yuv420p10le cannot be shown by a browser"),
        (("a.mp4", "libx264", "yuv420p", "ac3"),
         "The sound (Dolby Digital) cannot be played by a browser"),
        (("a.mov", "libx264", "yuv420p", "pcm_s16le"),
         "The sound (PCM) cannot be played by a browser"),
    ],
)  # fmt: skip
def test_what_browsers_do_not_show(tmp_path: Path, made_of: MadeOf, reason: str) -> None:
    name, codec, samples, sound = made_of
    found = can_play(film(tmp_path / name, codec, samples, sound))
    assert (bool(found), found.reason) == (False, reason)


def test_the_picture_that_was_analysed_is_not_the_first(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("libx264", rate=25) for _ in range(2)]
        for stream in streams:
            stream.pix_fmt, stream.width, stream.height = "yuv420p", 160, 96
        for stream in streams:
            for i, image in enumerate(PICTURES):
                frame = av.VideoFrame.from_ndarray(image, format="rgb24")
                frame.pts, frame.time_base = i, Fraction(1, 25)
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
    assert can_play(path, 0)
    assert (
        can_play(path, 1).reason == "A browser would show another picture of this file, its first"
    )


def test_what_is_no_film(tmp_path: Path) -> None:
    with pytest.raises(VideoError):
        can_play(write_sound(tmp_path / "a.m4a"))
