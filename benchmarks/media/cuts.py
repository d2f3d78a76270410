"""Cuts found and false ones, on films that it renders itself and on labelled clips.

    python -m benchmarks media cuts [CLIP.mp4 ...] [--films NAME ...] [--copies NAME ...]

Every film is written with H.264 in several copies: as it is, grey, with a quarter of the light,
with bars, with patterned pillars, heavily compressed. A clip needs NAME.shots.csv beside it, with
the first frame of each shot in the column `first`. A cut is found if a shot begins at most one
frame from it, or anywhere within a dissolve or the dark half of a fade; any other is false. The
first table shows the share found, the second the false cuts per minute.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import av

from benchmarks.footage import CLIPS
from benchmarks.media._films import COPIES, FILMS, FPS, HEIGHT_PX, WIDTH_PX, Cut, Film, filmed
from benchmarks.tables import print_table
from clusterer.core.config import ShotConfig, VideoConfig
from clusterer.core.types import ImageArray, VideoInfo
from clusterer.media import Sampler, ShotEnd, probe

QUICK: Mapping[str, object] = {
    "films": ["hard cuts", "flashes"],
    "copies": ["as it is", "grey"],
    "clips": [],
}
QUALITY = {"compressed": "38"}
"""Constant rate factor of libx264; 20 otherwise."""
CLEARANCE = 1
"""Frames between a cut and where it is found."""


@dataclass(frozen=True, slots=True)
class Found:
    """How many of a film's cuts were found, and what else."""

    cuts: int
    found: int
    false: int
    minutes: float

    @property
    def recall(self) -> str:
        """Share found; empty without cuts."""
        return f"{self.found / self.cuts:.3f}" if self.cuts else ""

    @property
    def false_per_minute(self) -> float:
        """False cuts per minute."""
        return self.false / self.minutes


def compare(truth: Sequence[Cut], starts: Iterable[int], minutes: float) -> Found:
    """Match starts of shots to cuts, each to one."""
    left = list(truth)
    false = 0
    for start in starts:
        at = [cut for cut in left if cut[0] - CLEARANCE <= start <= cut[1] + CLEARANCE]
        if at:
            left.remove(at[0])
        else:
            false += 1
    return Found(len(truth), len(truth) - len(left), false, minutes)


def starts_in(video: Path) -> tuple[VideoInfo, list[int]]:
    """First frames of the shots after the first one."""
    info = probe(video)
    with Sampler(info, VideoConfig(sample_rate_hz=0.1), ShotConfig()) as events:
        starts = [event.shot.start_frame for event in events if isinstance(event, ShotEnd)]
    return info, starts[1:]


def write(path: Path, pictures: Iterable[ImageArray], quality: str) -> None:
    """Write a film."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": quality})
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        for index, image in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def rendered(film: Film, copy: str, folder: Path) -> Found:
    """One copy of a film."""
    path = folder / "film.mp4"
    write(path, map(COPIES[copy], film.pictures), QUALITY.get(copy, "20"))
    return compare(film.cuts, starts_in(path)[1], len(film.pictures) / FPS / 60)


def labelled(clip: Path) -> Found:
    """A clip, and its NAME.shots.csv."""
    with clip.with_suffix(".shots.csv").open(encoding="utf-8") as file:
        firsts = [int(row["first"]) for row in csv.DictReader(file)]
    info, starts = starts_in(clip)
    return compare([(first, first) for first in firsts[1:]], starts, info.duration_s / 60)


def measured(films: Sequence[str], copies: Sequence[str]) -> dict[str, list[Found]]:
    """All copies of each film."""
    people = filmed()
    with tempfile.TemporaryDirectory() as folder:
        return {
            name: [rendered(film, copy, Path(folder)) for copy in copies]
            for name in films
            for film in [FILMS[name](people)]
        }


def print_found(rows: Mapping[str, Sequence[Found]], copies: Sequence[str]) -> None:
    """Share found and false cuts per minute, by film and copy."""
    columns = [*zip(*rows.values(), strict=True)]
    recalls = [[one.found / one.cuts for one in column if one.cuts] for column in columns]
    false = [[one.false_per_minute for one in column] for column in columns]
    print_table(
        ["found", "cuts", *copies],
        [
            *(
                [n, str(row[0].cuts), *(o.recall for o in row)]
                for n, row in rows.items()
                if row[0].cuts
            ),
            *summary({"mean": fmean, "worst": min}, recalls, "{:.3f}"),
        ],
    )
    print()
    print_table(
        ["false per minute", "minutes", *copies],
        [
            *(
                [n, f"{row[0].minutes:.1f}", *(f"{o.false_per_minute:.1f}" for o in row)]
                for n, row in rows.items()
            ),
            *summary({"mean": fmean, "worst": max}, false, "{:.1f}"),
        ],
    )


def summary(
    of: Mapping[str, Callable[[Sequence[float]], float]],
    columns: Sequence[Sequence[float]],
    form: str,
) -> Iterable[list[str]]:
    """Rows over all films."""
    for name, function in of.items():
        yield [name, "", *(form.format(function(column)) for column in columns)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    shots = sorted(CLIPS.glob("*.shots.csv"))
    known = [path.with_name(path.name.removesuffix(".shots.csv") + ".mp4") for path in shots]
    parser.add_argument("clips", nargs="*", type=Path, default=known, metavar="CLIP.mp4")
    parser.add_argument("--films", nargs="+", default=list(FILMS), choices=FILMS, metavar="NAME")
    parser.add_argument("--copies", nargs="+", default=list(COPIES), choices=COPIES, metavar="NAME")


def main(given: argparse.Namespace) -> None:
    """Print the tables."""
    print_found(measured(given.films, given.copies), given.copies)
    if given.clips:
        print()
        results = ((clip.stem, labelled(clip)) for clip in given.clips)
        print_table(
            ["clip", "cuts", "found", "false"],
            ([name, str(one.cuts), str(one.found), str(one.false)] for name, one in results),
        )
