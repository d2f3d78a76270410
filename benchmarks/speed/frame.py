"""What a frame costs: the processor's time of each part of an analysis, by height of the picture.

    python -m benchmarks speed frame [CLIP.mp4] [--heights 360 720 1080 2160] [--repeats 3]

The clip is scaled by FFmpeg (bicubic, x264) to each height, and analysed in processes of one core,
so that the time of every thread is counted where it is spent. Figures are those of the fastest
repeat: other programs only add to them. The second table is per decoded frame; the third gives the
parts that work on sampled frames only, per sampled frame. Importing and loading are paid once for
each process, and are given in seconds.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from benchmarks.footage import CLIPS, DEMO, ROOT, warm_up
from benchmarks.speed._frame_parts import ONCE, PARTS, REST, SAMPLED
from benchmarks.tables import markdown
from clusterer.media.stream import exact

QUICK: Mapping[str, object] = {"heights": [90], "repeats": 1}


@dataclass(frozen=True, slots=True)
class Cost:
    """The processor's time of an analysis.

    Attributes
    ----------
    seconds : by part
    alone_s : to decode all frames on one thread
    decoded, sampled : number of frames
    peak_bytes : memory
    """

    seconds: Mapping[str, float]
    alone_s: float
    decoded: int
    sampled: int
    peak_bytes: int

    @property
    def whole_s(self) -> float:
        """All parts."""
        return sum(self.seconds.values())

    @property
    def once_s(self) -> float:
        """What does not grow with the film."""
        return sum(self.seconds[part] for part in ONCE)


def scaled(video: Path, height_px: int, target: Path) -> None:
    """Write a copy of another height."""
    with av.open(str(video)) as source, av.open(str(target), "w") as sink:
        stream = source.streams.video[0]
        width_px = round(stream.width * height_px / stream.height / 2) * 2
        rate = exact(stream.average_rate) or Fraction(25)
        copy = sink.add_stream("libx264", rate, options={"crf": "20", "preset": "veryfast"})
        copy.width, copy.height, copy.pix_fmt = width_px, height_px, "yuv420p"
        for number, frame in enumerate(source.decode(stream)):
            picture = frame.reformat(width_px, height_px, "yuv420p", interpolation="BICUBIC")
            picture.pts, picture.time_base, picture.pict_type = number, 1 / rate, 0
            sink.mux(copy.encode(picture))
        sink.mux(copy.encode(None))


def cost(video: Path, folder: Path) -> Cost:
    """Analyse a video in a process of its own; see `_frame_parts.py`."""
    command = [sys.executable, "-m", "benchmarks.speed._frame_parts", str(video), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return Cost(**json.loads(done.stdout))


def cheapest(video: Path, folder: Path, repeats: int) -> Cost:
    """The repeat that took least."""
    return min(
        (cost(video, folder / f"{video.stem} {turn}") for turn in range(repeats)),
        key=lambda each: each.whole_s,
    )


def ratio_rows(costs: Sequence[Cost]) -> list[list[str]]:
    """The whole analysis, what is paid once, and decoding alone."""
    return [
        ["whole analysis, s", *(f"{each.whole_s:.2f}" for each in costs)],
        *([f"{part}, s", *(f"{each.seconds[part]:.2f}" for each in costs)] for part in ONCE),
        ["decoding alone, s", *(f"{each.alone_s:.2f}" for each in costs)],
        ["whole / decoding alone", *(f"{each.whole_s / each.alone_s:.1f}" for each in costs)],
        [
            "the same without what is paid once",
            *(f"{(each.whole_s - each.once_s) / each.alone_s:.1f}" for each in costs),
        ],
        ["frames decoded, sampled", *(f"{each.decoded}, {each.sampled}" for each in costs)],
        ["peak memory, MiB", *(f"{each.peak_bytes / 2**20:.0f}" for each in costs)],
    ]


def decoded_rows(costs: Sequence[Cost]) -> list[list[str]]:
    """Milliseconds of each part by decoded frame, and their share."""
    rows = []
    for part in (*(part for part in PARTS if part not in ONCE), REST):
        shares = (
            (1e3 * each.seconds[part] / each.decoded, each.seconds[part] / each.whole_s)
            for each in costs
        )
        rows.append([part, *(f"{ms:.3f} ({share:.1%})" for ms, share in shares)])
    return rows


def sampled_rows(costs: Sequence[Cost]) -> list[list[str]]:
    """Milliseconds of the parts that only sampled frames need, by sampled frame."""
    return [
        [part, *(f"{1e3 * each.seconds[part] / each.sampled:.2f}" for each in costs)]
        for part in SAMPLED
    ]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    wide = CLIPS / "stiller_wilson.mp4"
    parser.add_argument("clip", type=Path, nargs="?", default=wide if wide.exists() else DEMO)
    parser.add_argument("--heights", type=int, nargs="+", default=[360, 720, 1080, 2160])
    parser.add_argument("--repeats", type=int, default=3)


def main(given: argparse.Namespace) -> None:
    """Print the tables."""
    warm_up(given.clip)  # converts the models
    costs = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for height_px in given.heights:
            video = folder / f"{height_px}.mp4"
            scaled(given.clip, height_px, video)
            costs.append(cheapest(video, folder, given.repeats))
    heights = [f"{height_px}p" for height_px in given.heights]
    print(markdown(["processor's time", *heights], ratio_rows(costs)))
    print()
    print(markdown(["ms per decoded frame (share)", *heights], decoded_rows(costs)))
    print()
    print(markdown(["ms per sampled frame", *heights], sampled_rows(costs)))
