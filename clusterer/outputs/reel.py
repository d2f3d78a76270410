"""A reel: the parts of a film in which some people are seen, rendered as one MP4."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from clusterer.core.clock import Clock
from clusterer.core.errors import ConfigError
from clusterer.core.files import writing
from clusterer.core.hook import GoOn
from clusterer.core.types import Appearance, ClusteringResult, VideoInfo
from clusterer.outputs.export.choose import Choice, choose_some, part_of, seen_by
from clusterer.outputs.export.timeline import Span
from clusterer.outputs.footage import EARLY, probe_film
from clusterer.outputs.replaced import check_replaceable
from clusterer.store.output import output_file

ENDING = ".reel.mp4"
LONGEST_HANDLES_S = 600.0
HEIGHTS_PX = (16, 4320)


@dataclass(frozen=True, slots=True)
class ReelChoice:
    """What goes into a reel.

    Attributes
    ----------
    people
        Names or ids, in any case, or several separated by commas: where any of them is seen. Empty
        = everybody who is not hidden.
    begin, end
        Part of the film, as of `Choice`: appearances are cut to it, before handles.
    together
        Only where all of `people`, at least two, are on screen at once.
    handles_s
        Seconds added before and after each appearance, to the nearest frame, as far as the film
        goes. What is left out between two cuts is kept in if it is shorter than this.
    longest_s
        Length of the reel, to the nearest frame: later cuts are left out, and the last is cut
        short. None = any.
    height_px
        Of the picture, at most; a film is never enlarged. None = as high as the film.

    Raises
    ------
    ConfigError
        A value is out of its range.

    Examples
    --------
    >>> clusterer.ReelChoice(people="Person 1", handles_s=0.5).handles_s
    0.5
    """

    people: Sequence[str] = ()
    begin: float | str | None = None
    end: float | str | None = None
    together: bool = False
    handles_s: float = 1.0
    longest_s: float | None = None
    height_px: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.handles_s <= LONGEST_HANDLES_S:
            raise ConfigError(
                f"handles are {self.handles_s:g} s", f"Give 0 to {LONGEST_HANDLES_S:g} seconds"
            )
        if self.longest_s is not None and not 0 < self.longest_s < 1e6:
            raise ConfigError(
                f"the largest length is {self.longest_s:g} s", "Give more than 0 seconds"
            )
        low, high = HEIGHTS_PX
        if self.height_px is not None and not low <= self.height_px <= high:
            raise ConfigError(f"height is {self.height_px} px", f"Give {low} to {high}")
        object.__setattr__(self, "people", self.exported.people)

    @property
    def exported(self) -> Choice:
        """The same people and part, as an export takes them."""
        return Choice(people=self.people, begin=self.begin, end=self.end, together=self.together)


EVERYBODY = ReelChoice()


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a film: the frames whose pts are in it, half-open.

    Attributes
    ----------
    start_pts, end_pts : ticks of the film
    """

    start_pts: int
    end_pts: int


@dataclass(frozen=True, slots=True)
class CutList:
    """The cuts of a reel.

    Attributes
    ----------
    video : the film that they are of
    cuts : in time order, apart from one another, at least one
    name : of a file for the reel, safe on every system
    """

    video: VideoInfo
    cuts: tuple[Cut, ...]
    name: str

    @property
    def length_s(self) -> float:
        """Seconds of all cuts together, in whole frames."""
        rate = self.video.frame_rate
        ticks = 1 / (rate * self.video.time_base)
        return float(sum(round((cut.end_pts - cut.start_pts) / ticks) for cut in self.cuts) / rate)


def cut_list(result: ClusteringResult, choice: ReelChoice = EVERYBODY) -> CutList:
    """The cuts of a reel of some people; the film is not opened.

    Parameters
    ----------
    result
        With its corrections.
    choice
        People, part of the film, handles and length.

    Raises
    ------
    ConfigError
        There is nobody of that name, they are not seen there, or the part of the film is empty.
    """
    analysis, wanted = result.analysis, choice.exported
    video = analysis.video
    timeline = choose_some(result, wanted)
    clock = Clock(video, timeline.rate)
    begin, end = (_first_tick(frame, clock) for frame in part_of(wanted, clock, clock.start))
    found = seen_by(result, wanted, lambda seen: _in_ticks(seen, video), (begin, end))
    length = max(
        math.ceil(Fraction(video.duration_s) / video.time_base),
        *(shot.end_pts - video.start_pts for shot in analysis.shots),
    )
    per_s = 1 / video.time_base
    cuts = fitted(
        [(span.start, span.end) for _, _, spans in found for span in spans],
        handles=Fraction(str(choice.handles_s)) * per_s,
        frame=per_s / video.frame_rate,
        length=length,
        longest=None if choice.longest_s is None else Fraction(str(choice.longest_s)) * per_s,
    )
    return CutList(
        video,
        tuple(Cut(video.start_pts + start, video.start_pts + end) for start, end in cuts),
        f"{timeline.stem}{ENDING}",
    )


def fitted(
    spans: Iterable[tuple[int, int]],
    *,
    handles: Fraction,
    frame: Fraction,
    length: int,
    longest: Fraction | None = None,
) -> list[tuple[int, int]]:
    """Widen spans, join those that are near, and end where the reel is long enough.

    All times are ticks since the film's first frame.

    Parameters
    ----------
    spans
        Half-open, in any order.
    handles
        Added before and after each, to the nearest frame.
    frame
        Length of a frame.
    length
        Of the film; a span that ends later is kept.
    longest
        Of all cuts together; None = any.

    Returns
    -------
    In order, and apart from one another by `handles` at least.
    """
    joined: list[list[int]] = []
    handles = math.floor(handles / frame + Fraction(1, 2)) * frame
    early = frame * EARLY if handles else Fraction(0)
    for start, end in sorted(spans):
        begins = max(0, min(start, math.ceil(start - handles - early)))
        ends = max(end, min(length, math.ceil(end + handles - early)))
        if joined and (begins <= joined[-1][1] or begins - joined[-1][1] < handles - early):
            joined[-1][1] = max(joined[-1][1], ends)
        else:
            joined.append([begins, ends])
    kept: list[tuple[int, int]] = []
    for begins, ends in joined:
        left = None if longest is None else longest - sum(end - start for start, end in kept)
        if left is not None and ends - begins > left:
            if left >= frame or not kept:
                kept.append((begins, begins + max(1, math.ceil(left - frame / 2))))
            break
        kept.append((begins, ends))
    return kept


def reel(
    result: ClusteringResult,
    video: Path | str,
    file: Path | str,
    choice: ReelChoice = EVERYBODY,
    go_on: GoOn = lambda _: True,
) -> bool:
    """Render the parts of a film in which some people are seen, with its sound, as an MP4.

    Parameters
    ----------
    result
        With its corrections.
    video
        The film that was analysed, or a copy.
    file
        Where to write; an earlier reel is replaced. It is there only once it is whole.
    choice
        People, part of the film, handles, length and size.
    go_on
        Called before each frame with the share that is done, 0 to 1; once it returns False,
        nothing is written.

    Returns
    -------
    Whether it was written; False if `go_on` ended it.

    Raises
    ------
    ConfigError
        There is nobody of that name, they are not seen there, or `file` exists and is not a reel.
    VideoError
        The film is missing, is another one, or cannot be read.
    DependencyError
        PyAV comes without an encoder for H.264.
    ResultError
        The disk is full, or the folder cannot be written to. What was there before stays.

    Examples
    --------
    >>> anna = clusterer.ReelChoice("Anna")
    >>> clusterer.reel(result, "episode.mp4", "anna.mp4", anna)  # doctest: +SKIP
    True
    """
    cuts = cut_list(result, choice)
    check_place(Path(file), Path(video))
    return write_reel(cuts, Path(video), Path(file), choice.height_px, go_on)


def write_reel(
    cuts: CutList,
    video: Path,
    file: Path,
    height_px: int | None = None,
    go_on: GoOn = lambda _: True,
) -> bool:
    """Render a cut list; whatever `file` is, it is replaced. See `reel` for the rest."""
    from clusterer.media.reel import Stretch, render  # noqa: PLC0415 (loads FFmpeg)

    film = cuts.video
    info = probe_film(video, film)
    stretches = [
        Stretch(*((pts - film.start_pts) * film.time_base for pts in (cut.start_pts, cut.end_pts)))
        for cut in cuts.cuts
    ]
    with output_file(file) as draft, writing(file, elsewhere=""):
        draft.is_kept = render(info, stretches, draft.path, height_px, go_on)
    return draft.is_kept


def check_place(file: Path, video: Path, *, overwrite: bool = False) -> None:
    """Raise ConfigError if a reel may not be written to this file."""
    from clusterer.media.proxy import made_of  # noqa: PLC0415 (loads FFmpeg)
    from clusterer.media.reel import MADE_BY  # noqa: PLC0415 (likewise)

    check_replaceable(
        file, video, "a reel", lambda path: made_of(path) == MADE_BY, overwrite=overwrite
    )


def _in_ticks(seen: Appearance, video: VideoInfo) -> Span:
    return Span(seen.start_pts - video.start_pts, seen.end_pts - video.start_pts, seen.shot_index)


def _first_tick(frame: int, clock: Clock) -> int:
    """A tick shortly before a frame, counted from the first."""
    at = (frame - EARLY) / (clock.video.time_base * clock.rate)
    return max(0, math.ceil(at))
