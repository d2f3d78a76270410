"""Decide which parts of a video are looked at apart from each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from clusterer.core.config import AnalysisConfig
from clusterer.core.types import VideoInfo
from clusterer.media import Part, context_frames, divide, entries, span
from clusterer.pipeline.chain import Chain
from clusterer.store.finished import FinishedPart

Range = tuple[int, int]
"""First and last tick, half-open."""


def plan(
    video: VideoInfo,
    config: AnalysisConfig,
    chain: Chain,
    finished: Iterable[FinishedPart],
    workers: int,
) -> tuple[dict[Part, int], int]:
    """Divide what is not finished.

    Parameters
    ----------
    video, config
        The video, and the settings of the first phase.
    chain, finished
        What an earlier run finished, joined as far as it reaches, and all of it.
    workers
        How many work at once.

    Returns
    -------
    parts
        Part → its length in ticks, in order.
    done_pts
        The pts at which the video would be if what is finished were at its beginning.
    """
    first, end = span(video, config.video)
    if end is None:
        end = video.start_pts + round(video.duration_s / video.time_base)
    reached = first if chain.end_pts is None else chain.end_pts
    done = [(first, reached)]
    for part in finished:
        begins = [pts for pts in (part.entry_pts, part.after_pts) if pts is not None]
        begin = max(begins, default=first)
        if part.stop_pts is not None or part.entry_pts is not None:
            done.append((begin, end if part.stop_pts is None else part.stop_pts))
    left = list(gaps((first, end), done))
    if not left:
        return {}, end
    # One more frame, so that it can be seen that none is missing at the beginning.
    places = entries(video, context_frames(video, config.shots) + 1)
    entry_at = {place.pts: place for place in places}
    parts: dict[Part, int] = {}
    for begin, stop in left:
        chosen = [begin, *(place.pts for place in divide(video, places, (begin, stop), workers))]
        for at, until in zip(chosen, [*chosen[1:], stop], strict=True):
            stop_pts = None if until == end else until
            if at == reached:
                parts[Part(after=chain.last, stop_pts=stop_pts)] = until - at
            elif at in entry_at:
                parts[Part(entry=entry_at[at], stop_pts=stop_pts)] = until - at
    return parts, end - sum(stop - begin for begin, stop in left)


def gaps(whole: Range, done: Iterable[Range]) -> Iterator[Range]:
    """What of a range is not done, in order."""
    at, end = whole
    for begin, stop in sorted(done):
        if min(begin, end) > at:
            yield at, min(begin, end)
        at = max(at, stop)
    if at < end:
        yield at, end
