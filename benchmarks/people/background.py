"""Who is folded away as background, by the height from which a face stands in the foreground.

    python -m benchmarks people background [CLIP.mp4 ...] [--encoders dlib sface ...] [--rates 2 4]

A person of a result is who most of its faces show, and an extra if that is one of `EXTRAS` or
nobody labelled: people behind, faces on posters, false detections. All others are main people, none
of whom may be folded away.

The first table counts over all encoders and rates. In the second, each clip is judged by the height
that is chosen on the others: the largest of the grid by which none of their main people is folded
away, less `ROOM`. The third lists other facts of a person, whose ranges overlap: they would not
separate extras from main people.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.footage import (
    ENCODER,
    AnalysedClip,
    add_clips,
    add_results,
    analysed,
    read_clips,
    results_folder,
)
from benchmarks.tables import print_table
from clusterer.core.config import Config
from clusterer.core.types import Identity
from clusterer.people.background import relative_heights
from clusterer.people.decide import decide

QUICK: Mapping[str, object] = {"rates": [4.0]}
GRID = tuple(round(0.25 + 0.05 * i, 2) for i in range(13))
ROOM = 0.1
EXTRAS = {
    "casablanca": {"woman_door", "man_door"},
    "stiller_wilson": {"bg_shades", "bg_photographer", "bg_cap", "bg_leftman", "bg_woman"},
    "sweden": {"s17", "s20"},
}
"""Labelled people who stand behind others in every shot, by clip; looked at by hand."""
FACTS = ("sharpness of the sharpest track", "screen time, s", "shots")


@dataclass(frozen=True, slots=True)
class Seen:
    """A person of a result: largest height of a track, other `FACTS`, and whether an extra."""

    clip: str
    height: float
    facts: tuple[float, ...]
    extra: bool


def seen(one: AnalysedClip) -> list[Seen]:
    """The people of a clip at the defaults."""
    result = decide(one.analysis, Config())
    heights, owners = relative_heights(one.analysis), one.track_people
    sharpness = one.analysis.quality.sharpness
    found = []
    for who in result.people:
        faces: Counter[str] = Counter()
        for track in who.track_ids:
            faces[owners[track]] += len(one.analysis.tracks[track])
        tracks = [one.analysis.tracks[track] for track in who.track_ids]
        facts = (
            max(float(np.median(sharpness[track.detection_rows])) for track in tracks),
            who.screen_time_s,
            float(len({track.shot_index for track in tracks})),
        )
        found.append(Seen(one.name, _height(who, heights), facts, _is_extra(one.name, faces)))
    return found


def _height(who: Identity, heights: np.typing.NDArray[np.float64]) -> float:
    return float(heights[list(who.track_ids)].max())


def _is_extra(clip: str, faces: Counter[str]) -> bool:
    shown = faces.most_common(1)[0][0]
    return not shown or shown in EXTRAS.get(clip, ())


def chosen(people: Sequence[Seen]) -> float:
    """The largest height by which no main person is folded away, less `ROOM`."""
    least = min((who.height for who in people if not who.extra), default=1.0)
    return round(max(height for height in (0.0, *GRID) if height <= least) - ROOM, 2)


def folded(people: Sequence[Seen], foreground: float) -> list[str]:
    """Main people and extras who are folded away, of all."""
    cells = []
    for extra in (False, True):
        some = [who for who in people if who.extra is extra]
        cells.append(f"{sum(who.height < foreground for who in some)} of {len(some)}")
    return cells


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add its options."""
    add_clips(parser)
    add_results(parser)
    parser.add_argument("--encoders", nargs="+", default=[ENCODER], metavar="NAME")
    parser.add_argument("--rates", nargs="+", type=float, default=[2.0, 4.0], metavar="HZ")


def main(given: argparse.Namespace) -> None:
    """Measure, and print the tables."""
    people: list[Seen] = []
    with results_folder(given.results) as results:
        for encoder in given.encoders:
            for rate_hz in given.rates:
                for clip in read_clips(given.clips):
                    people += seen(analysed(clip, results, rate_hz, encoder))
    print_table(
        ("foreground from", "main people folded away", "extras folded away"),
        ([f"{height:g}", *folded(people, height)] for height in GRID),
    )
    print()
    clips = list(dict.fromkeys(who.clip for who in people))
    print_table(
        ("clip", "chosen on the others", "main people folded away", "extras folded away"),
        (_left_out(people, clip) for clip in clips),
    )
    print()
    print_table(("fact", "extras, least to most", "main people, least to most"), _ranges(people))


def _left_out(people: Sequence[Seen], clip: str) -> list[str]:
    foreground = chosen([who for who in people if who.clip != clip])
    own = [who for who in people if who.clip == clip]
    return [clip, f"{foreground:g}", *folded(own, foreground)]


def _ranges(people: Sequence[Seen]) -> list[list[str]]:
    rows = []
    for at, name in enumerate(FACTS):
        cells = []
        for extra in (True, False):
            values = [who.facts[at] for who in people if who.extra is extra]
            cells.append(f"{min(values):.2f} to {max(values):.2f}" if values else "")
        rows.append([name, *cells])
    return rows
