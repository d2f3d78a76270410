"""Which frames of a film show a person best: candidates by the analysis, the best by their look."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from clusterer.core.certainty import Word
from clusterer.core.clock import Clock
from clusterer.core.errors import ConfigError
from clusterer.core.types import ClusteringResult, FloatArray, Identity, IntArray, VideoInfo
from clusterer.outputs.export.choose import Choice, choose_some, named
from clusterer.outputs.export.timeline import Span

Form: TypeAlias = Literal["jpeg", "png"]
Metadata: TypeAlias = Literal["embed", "sidecar", "none"]
FORMS: tuple[Form, ...] = get_args(Form)
METADATA: tuple[Metadata, ...] = get_args(Metadata)
MOST = 100
"""Stills of a person."""
_APART_S = 2.0
"""Shortest time between two stills of one shot: nearer ones look the same."""
_LOOKED_APART_S = 0.4
"""The same for candidates: a blink is over by then (0.1 to 0.4 s)."""
_LOOKS = 3
"""Candidates of a shot, at least."""
_SPARE = 2
"""Times as many shots are looked at as stills are wanted."""
_EDGE_FRAMES = 3
"""Frames at either end of a shot that may be part of a dissolve."""
_AT_EDGE, _DOUBTFUL = 0.5, 0.1
"""Factors of the rating of such a face, and of one that may not be the person's."""
_LARGE = 0.3
"""Height of a face, as a share of the picture's, from which it is not rated higher."""


@dataclass(frozen=True, slots=True)
class StillsChoice:
    """Which stills to take, and how they are written.

    Attributes
    ----------
    people
        Names or ids, in any case, or several separated by commas. Empty = everybody who is not
        hidden.
    begin, end
        Part of the film, half-open, as of `Choice`.
    together
        Only where all of `people`, at least two, are on screen at once.
    best
        Stills of each person, 1 to 100; fewer if there are not so many that differ.
    crop
        Head and shoulders, not the whole frame.
    form
        ``"jpeg"`` or ``"png"``.
    metadata
        Where names and regions go, as XMP: ``"embed"``, in the picture; ``"sidecar"``, in a file
        beside it; ``"none"``.
    stem
        What the names of the files begin with; empty = name of the film. In one folder, films of
        one name need different ones.

    Raises
    ------
    ConfigError
        A value is out of its range.

    Examples
    --------
    >>> clusterer.StillsChoice("Anna", best=6).best
    6
    >>> clusterer.StillsChoice(best=0)
    Traceback (most recent call last):
        ...
    clusterer.core.errors.ConfigError: best is 0. Give 1 to 100
    """

    people: Sequence[str] = ()
    begin: float | str | None = None
    end: float | str | None = None
    together: bool = False
    best: int = 12
    crop: bool = False
    form: Form = "jpeg"
    metadata: Metadata = "embed"
    stem: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.best <= MOST:
            raise ConfigError(f"best is {self.best}", f"Give 1 to {MOST}")
        for name, value, known in (
            ("form", self.form, FORMS),
            ("metadata", self.metadata, METADATA),
        ):
            if value not in known:
                raise ConfigError(f"{name} is {value!r}", f"Choose from {', '.join(known)}")
        object.__setattr__(self, "people", self.exported.people)

    @property
    def exported(self) -> Choice:
        """The same people and part, as an export takes them."""
        return Choice(people=self.people, begin=self.begin, end=self.end, together=self.together)


@dataclass(frozen=True, slots=True)
class Still:
    """A frame that shows a person.

    Attributes
    ----------
    person
    row : of the face in the analysis's detections
    pts : of the frame
    timecode : of the frame, as an export counts
    shot_index
    rating : by what the analysis measured, 0 to 1
    """

    person: Identity
    row: int
    pts: int
    timecode: str
    shot_index: int
    rating: float


def people_of(result: ClusteringResult, choice: StillsChoice) -> list[Identity]:
    """The people of whom stills are taken, longest on screen first.

    Raises
    ------
    ConfigError
        There is nobody of that name, or nobody at all.
    """
    wanted = named(result.people, choice.people)
    people = [who for who in result.people if (who in wanted if wanted else not who.hidden)]
    if not people:
        raise ConfigError("There is nobody to show", "Choose other people, or show hidden ones")
    return people


def candidates(result: ClusteringResult, choice: StillsChoice) -> Iterator[Still]:
    """Frames to look at more closely, of each person; the film is not opened.

    Parameters
    ----------
    result
    choice

    Yields
    ------
    of each person's best shots, some frames apart from one another

    Raises
    ------
    ConfigError
        There is nobody of that name, they are not seen there, or the part of the film is empty.
    """
    people, clock = people_of(result, choice), Clock.of(result.analysis)
    analysis = result.analysis
    timeline = choose_some(result, choice.exported)
    spans = {part.id: part.spans for part in timeline.parts}
    rated = _ratings(result)
    for person in people:
        rows = np.flatnonzero(np.isin(analysis.track_of_row, person.track_ids))
        frames = [clock.frame(pts) for pts in analysis.detections.pts[rows].tolist()]
        rows = rows[_within(frames, spans.get(person.id, ()))]
        for row in _in_shots(result, rows, rated, choice.best):
            pts = int(analysis.detections.pts[row])
            shot = _shot(result, row)
            yield Still(person, row, pts, clock.timecode(pts), shot, float(rated[row]))


def pick(
    stills: Sequence[Still], ratings: Sequence[float], best: int, video: VideoInfo
) -> list[Still]:
    """The best stills of one person, different shots first.

    In each round, the best still of every shot is taken that is at least two seconds away from
    those taken before; if that is more than are wanted, the best of them.

    Parameters
    ----------
    stills
        Of one person.
    ratings
        Of each.
    best
        How many.
    video
        For its clock.

    Returns
    -------
    in time order
    """
    apart = _APART_S / float(video.time_base)
    order = sorted(range(len(stills)), key=lambda i: (-ratings[i], stills[i].pts, stills[i].row))
    left, taken = [stills[i] for i in order], list[Still]()
    while left and len(taken) < best:
        seen, later = set[int](), list[Still]()
        for still in left:
            if any(
                one.shot_index == still.shot_index and abs(one.pts - still.pts) < apart
                for one in taken
            ):
                continue
            if still.shot_index in seen or len(taken) == best:
                later.append(still)
                continue
            seen.add(still.shot_index)
            taken.append(still)
        left = later
    return sorted(taken, key=lambda still: (still.pts, still.row))


def rate_height(height_px: float | FloatArray, of_px: int) -> FloatArray:
    """Rate faces by the share of the picture's height that they have.

    Parameters
    ----------
    height_px
        Of faces.
    of_px
        Of the picture.

    Returns
    -------
    array of the shape of `height_px`: its square root, 1 from 30 % of the picture on
    """
    rating: FloatArray = np.sqrt(np.clip(np.asarray(height_px) / (_LARGE * of_px), 0.0, 1.0))
    return rating


def _ratings(result: ClusteringResult) -> FloatArray:
    """How well each detection may look, by what the analysis measured, shape (n,)."""
    analysis = result.analysis
    quality, seen = analysis.quality, analysis.detections
    rating = quality.sharpness * quality.score * quality.pose
    rating = rating * rate_height(seen.heights_px, analysis.video.height_px)
    shots = np.array([_shot(result, row) for row in range(len(seen))], np.int64)
    starts = np.array([shot.start_frame for shot in analysis.shots], np.int64)
    ends = np.array([shot.end_frame for shot in analysis.shots], np.int64)
    if len(shots):
        at = seen.frame_index
        near = (at - starts[shots] < _EDGE_FRAMES) | (ends[shots] - at <= _EDGE_FRAMES)
        rating = np.where(near, _AT_EDGE * rating, rating)
    doubtful = [i for i, sure in enumerate(result.sure) if sure.word is Word.DOUBTFUL]
    rating = np.where(np.isin(analysis.track_of_row, doubtful), _DOUBTFUL * rating, rating)
    checked: FloatArray = np.nan_to_num(rating)
    return checked


def _within(frames: Sequence[int], spans: Sequence[Span]) -> IntArray:
    """Positions of the frames that lie in a span; the spans are in order."""
    starts = [span.start for span in spans]
    last = [bisect_right(starts, frame) - 1 for frame in frames]
    inside = [i for i, at in enumerate(last) if at >= 0 and frames[i] < spans[at].end]
    return np.array(inside, np.int64)


def _shot(result: ClusteringResult, row: int) -> int:
    """Of a detection; -1 if it is in no track."""
    track = int(result.analysis.track_of_row[row])
    return result.analysis.tracks[track].shot_index if track >= 0 else -1


def _in_shots(result: ClusteringResult, rows: IntArray, rated: FloatArray, best: int) -> list[int]:
    """The best rows of the best shots, apart from one another in each, in time order."""
    seen, video = result.analysis.detections, result.analysis.video
    order = sorted(rows.tolist(), key=lambda row: (-rated[row], row))
    by_shot: dict[int, list[int]] = {}
    for row in order:
        by_shot.setdefault(_shot(result, row), []).append(row)
    shots = list(by_shot.values())[: _SPARE * best]
    looks = max(_LOOKS, -(-_SPARE * best // max(1, len(shots))))
    apart = _LOOKED_APART_S / float(video.time_base)
    found: list[int] = []
    for ranked in shots:
        kept: list[int] = []
        for row in ranked:
            if len(kept) == looks:
                break
            if all(abs(int(seen.pts[row]) - int(seen.pts[one])) >= apart for one in kept):
                kept.append(row)
        found += kept
    return sorted(found)
