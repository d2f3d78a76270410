"""Stills show exactly the frame of a time, whatever the clock of the film is like."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from clusterer.core.errors import VideoError
from clusterer.media import probe
from clusterer.media.decode import Reader
from clusterer.media.still import Stills, shown_size, still
from tests.odd_clocks import join, set_edit_list, write_film
from tests.video_files import picture, read_number, set_display_matrix, write_video

PICTURES = [picture(i) for i in range(40)]
UNEVEN_S = [Fraction(i * i + 40 * i, 1000) for i in range(40)]
"""Frames last 41, 43, 45 … ms."""


def shown(jpeg: bytes) -> int:
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    return read_number(np.asarray(image, np.uint8))


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "ts", "nut", "flv", "avi"])
@pytest.mark.parametrize("start_s", [0.0, 5.5])
def test_the_frame_of_every_time(tmp_path: Path, suffix: str, start_s: float) -> None:
    path = write_film(tmp_path / f"a.{suffix}", PICTURES, start_s=start_s)
    info = probe(path)
    frames = [each.pts for each in Reader(info)]
    assert len(frames) == 40
    stills = Stills(info)
    for i in [7, 8, 9, 39, 0, 20, 13, 14, 38, 1]:
        assert shown(stills.jpeg(frames[i])) == i
    stills.close()
    assert shown(stills.jpeg(frames[30])) == 30  # opens it again
    stills.close()


def test_the_last_frame_before_a_time(tmp_path: Path) -> None:
    info = probe(write_film(tmp_path / "a.mkv", PICTURES, times_s=UNEVEN_S, start_s=2.0))
    assert info.time_base == Fraction(1, 1000)
    begins = [2000 + i * i + 40 * i for i in range(40)]
    assert shown(still(info, begins[25])) == 25
    assert shown(still(info, begins[25] - 1)) == 24
    assert shown(still(info, begins[26] - 1)) == 25
    assert shown(still(info, -5)) == 0
    assert shown(still(info, 10**7)) == 39


def test_frames_that_an_edit_list_hides(tmp_path: Path) -> None:
    path = write_film(tmp_path / "a.mp4", PICTURES)
    set_edit_list(path, [(Fraction(10, 25), Fraction(20, 25))])
    info = probe(path)
    frames = [each.pts for each in Reader(info)]
    stills = Stills(info)
    seen = [shown(stills.jpeg(pts)) for pts in frames]
    stills.close()
    # The media begins with an offset of two frames, for those that are reordered.
    assert seen == [*range(8, 8 + len(frames))]
    assert len(frames) >= 20


def test_joined_recordings(tmp_path: Path) -> None:
    parts = [
        write_film(tmp_path / f"{i}.ts", PICTURES[20 * i : 20 * i + 20], start_s=start_s)
        for i, start_s in enumerate((50.0, 3.0))
    ]
    info = probe(join(tmp_path / "a.ts", *parts))
    frames = [each.pts for each in Reader(info)]
    stills = Stills(info)
    assert [shown(stills.jpeg(frames[i])) for i in (5, 25, 3, 39)] == [5, 25, 3, 39]
    stills.close()


def test_turned_and_with_square_pixels(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", PICTURES[:3], aspect=Fraction(2))
    info = probe(path)
    assert shown_size(info) == (320, 96)
    assert Stills(info, 48).picture(0).shape == (48, 160, 3)
    turned = write_video(tmp_path / "b.mp4", PICTURES[:3])
    upright = Stills(probe(turned)).picture(0)
    set_display_matrix(turned, 0, 1, -1, 0)
    assert shown_size(probe(turned)) == (96, 160)
    sideways = Stills(probe(turned)).picture(0)
    assert np.abs(np.rot90(upright, -1).astype(int) - sideways).mean() < 3


def test_many_threads_ask(tmp_path: Path) -> None:
    info = probe(write_film(tmp_path / "a.mp4", PICTURES))
    frames = [each.pts for each in Reader(info)]
    stills = Stills(info)
    asked = [i * 7 % 40 for i in range(40)]
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda i: shown(stills.jpeg(frames[i])), asked))
    stills.close()
    assert seen == asked


def test_a_film_that_is_gone(tmp_path: Path) -> None:
    info = probe(write_film(tmp_path / "a.mp4", PICTURES[:3]))
    (tmp_path / "a.mp4").unlink()
    with pytest.raises(VideoError, match="does not exist"):
        still(info, 0)
