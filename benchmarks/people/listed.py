"""Names by a list of the cast: right, wrong and none, the less the list says.

    python -m benchmarks people listed [CLIP.mp4 ...]

The list is made of the labelled faces of a clip: a person is listed from a labelled frame until the
next. It is then made worse: ends moved by chance (normal, standard deviation half a second),
stretches left out, single frames, two seconds added at both ends. A name is right if most labelled
faces of whoever gets it are that person's. Means of some draws.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

import numpy as np

import clusterer
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
from clusterer.core.config import AnalysisConfig, Config, EncodingConfig
from clusterer.core.types import ClusteringResult
from clusterer.gallery.cast_list.overlap import Spans, assign
from clusterer.outputs.export.choose import choose, joined
from clusterer.outputs.export.timeline import Span

QUICK: Mapping[str, object] = {"draws": 1}
OFF_S, HANDLES_S = 0.5, 2.0
HEADER = ("clip", "list", "names", "right", "wrong", "none")

Spoil = Callable[[list[Span], float, random.Random], list[Span]]


def _moved(spans: list[Span], rate: float, chance: random.Random) -> list[Span]:
    ends = [
        sorted(max(0, round(end + chance.gauss(0.0, OFF_S) * rate)) for end in (s.start, s.end))
        for s in spans
    ]
    return [Span(start, max(start + 1, end), 0) for start, end in ends]


def _some(spans: list[Span], part: float, chance: random.Random) -> list[Span]:
    return [span for span in spans if chance.random() < part] or [chance.choice(spans)]


KINDS: Mapping[str, Spoil] = {
    "as labelled": lambda spans, _rate, _chance: spans,
    "half a second off": _moved,
    "every second stretch": lambda spans, _rate, chance: _some(spans, 0.5, chance),
    "every third, half a second off": lambda spans, rate, chance: _moved(
        _some(spans, 1 / 3, chance), rate, chance
    ),
    "first frame of each stretch": lambda spans, _rate, _chance: [
        Span(span.start, span.start + 1, 0) for span in spans
    ],
    "one stretch each": lambda spans, _rate, chance: [chance.choice(spans)],
    "two seconds more at both ends": lambda spans, rate, _chance: [
        Span(max(0, s.start - round(HANDLES_S * rate)), s.end + round(HANDLES_S * rate), 0)
        for s in spans
    ],
}


def listed(clip: AnalysedClip) -> dict[str, list[Span]]:
    """Stretches of each person of the truth."""
    truth = clip.clip.truth
    step = int(truth.frames[1] - truth.frames[0]) if len(truth.frames) > 1 else 1
    found: dict[str, list[Span]] = {}
    for row in truth.known.tolist():
        frame = int(truth.frame[row])
        found.setdefault(truth.people[row], []).append(Span(frame, frame + step, 0))
    return {name: joined(spans, Fraction(0)) for name, spans in found.items()}


def true_names(clip: AnalysedClip, result: ClusteringResult) -> dict[str, str]:
    """Id of each person → whose labelled faces most are; empty = nobody's."""
    people = Counter(
        (int(result.labels[track]), name)
        for track, name in zip(clip.matching.track.tolist(), clip.matching.people, strict=True)
        if track >= 0
    )
    found = {}
    for who in result.people:
        own = [(count, name) for (label, name), count in people.items() if label == who.label]
        found[who.id] = max(own, default=(0, ""))[1]
    return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    parser.add_argument("--draws", type=int, default=10)
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print the table."""
    with results_folder(given.results) as folder:
        clips = [analysed(clip, folder) for clip in read_clips(given.clips)]
    print_table(HEADER, (row for clip in clips for row in _rows(clip, given.draws)))


def _rows(clip: AnalysedClip, draws: int) -> Iterator[tuple[str, ...]]:
    config = Config(AnalysisConfig(encoding=EncodingConfig(ENCODER)))
    result = clusterer.decide(clip.analysis, config)
    timeline, truly = choose(result), true_names(clip, result)
    seen = [_array(part.spans) for part in timeline.parts]
    names = listed(clip)
    for kind, spoil in KINDS.items():
        chance, right, wrong = random.Random(1), 0, 0
        for _ in range(draws):
            spoilt = [
                _array(joined(spoil(spans, float(timeline.rate), chance), Fraction(0)))
                for spans in names.values()
            ]
            for row, column in assign(seen, spoilt).given.items():
                is_right = truly[timeline.parts[row].id] == [*names][column]
                right, wrong = right + is_right, wrong + (not is_right)
        counts = (right, wrong, len(names) * draws - right - wrong)
        yield (clip.name, kind, str(len(names)), *(f"{count / draws:.1f}" for count in counts))


def _array(spans: list[Span] | tuple[Span, ...]) -> Spans:
    return np.array([(span.start, span.end) for span in spans], np.int64).reshape(-1, 2)
