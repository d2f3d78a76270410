"""Where a video can be cut so that its parts can be analysed apart from each other.

A part begins inside a shot whose beginning it does not see, and ends with the shot that begins
after its stop. So the parts overlap, and where the shots of one end, the next has one that begins
there: both saw its first frame, and it says whether they agree.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import av

from clusterer.core.types import ImageArray, Mark, Shot, VideoInfo
from clusterer.media.opening import open_video, video_stream
from clusterer.media.packets import Clock, may_jump
from clusterer.media.stream import FORMATS_WITHOUT_PTS

LONGEST_S, SHORTEST_S = 30.0, 6.0
"""Length of parts. Short ones cost: each looks for its first shot, about as long as a shot lasts,
at a fifth of the price of analysing it. Long ones are lost by an interruption, and keep the last
worker busy alone."""
_DRAWN_OVER = ("apng", "flic", "gif", "webp")
"""Codecs whose pictures are drawn over the one before, whatever their packets say of key frames."""


def mark(pts: int, picture: ImageArray) -> Mark:
    """The mark of a shot that begins with this frame, of which this is a small picture."""
    return Mark(pts, zlib.crc32(picture.tobytes()))


@dataclass(frozen=True, slots=True)
class Entry:
    """A place inside a video at which a pass can begin.

    Attributes
    ----------
    key_pts : of the key frame from which to decode
    pts : of the first frame that counts; those before it are context for the cuts
    """

    key_pts: int
    pts: int


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a video for one pass; the default is all of it.

    Attributes
    ----------
    after : begin with the frame after this shot, with the same result as a pass from the start
    entry : begin with the first shot that begins here or later; frames are counted from here
    stop_pts : end with the shot before the first that begins here or later; the first shot of a
        pass that is not of an `entry` is complete all the same
    known : beginnings of shots that were analysed before; end before the first of them
    """

    after: Shot | None = None
    entry: Entry | None = None
    stop_pts: int | None = None
    known: frozenset[Mark] = frozenset()

    def ends_before(self, begins: Mark) -> bool:
        """Whether a shot that begins here is not of this part any more."""
        return begins in self.known or (self.stop_pts is not None and begins.pts >= self.stop_pts)


def entries(info: VideoInfo, context: int) -> list[Entry]:
    """All places at which a pass can begin, in order; reads all packets, and decodes none.

    Parameters
    ----------
    info
        From `probe`.
    context
        Number of frames between a key frame and the first that counts.

    Returns
    -------
    Empty if the packets do not say plainly which frames there are: a time is missing or repeated,
    the clock is set anew, an edit list leaves out frames in the middle, or a packet is damaged.
    """
    with open_video(info.path) as container:
        stream = video_stream(container, info.path, info.stream)
        unclear = container.format.name in FORMATS_WITHOUT_PTS
        if unclear or stream.codec_context.name in _DRAWN_OVER:
            return []
        clock = Clock(info.time_base if may_jump(container) else None)
        shown: list[int] = []
        hidden: list[int] = []
        keys: list[int] = []
        try:
            for packet in container.demux(stream):
                if not packet.size:
                    continue
                if not clock.is_clear(packet):
                    return []
                assert packet.pts is not None
                if packet.is_keyframe:
                    keys.append(packet.pts)
                if packet.is_discard:
                    hidden.append(packet.pts)
                elif keys:
                    shown.append(packet.pts)
        except av.error.FFmpegError:
            return []
    shown.sort()
    if shown and any(shown[0] < pts < shown[-1] for pts in hidden):
        return []
    return [
        Entry(key, shown[at])
        for key in sorted(keys)
        if (at := bisect_left(shown, key) + context) < len(shown)
    ]


def divide(
    info: VideoInfo, places: Sequence[Entry], span_pts: tuple[int, int], workers: int
) -> list[Entry]:
    """Choose where parts begin: large ones first, so that all workers end at about the same time.

    For one worker, which looks at other films besides, all are as long as may be.

    Parameters
    ----------
    info
        Time base.
    places
        From `entries`.
    span_pts
        First and last tick of what is to be divided.
    workers
        How many work at once.

    Returns
    -------
    Beginnings of all parts but the first, which begins with the span
    """
    per_s = float(1 / info.time_base)
    at, end = span_pts
    chosen: list[Entry] = []
    all_pts = [place.pts for place in places]
    while True:
        share_s = (end - at) / per_s / (2 * workers) if workers > 1 else LONGEST_S
        length_s = min(LONGEST_S, max(SHORTEST_S, share_s))
        number = bisect_left(all_pts, at + length_s * per_s)
        if number == len(places) or (end - all_pts[number]) / per_s < SHORTEST_S / 2:
            return chosen
        chosen.append(places[number])
        at = all_pts[number]
