"""Which number a frame in the middle has, without decoding what comes before it."""

from __future__ import annotations

from collections import deque

import av

from clusterer.media.probe import open_video, video_stream

_REORDERED = 32
"""Packets among which a repeated pts is looked for; H.264 reorders at most 16 frames."""


def count_frames_before(path: str, pts: int) -> int | None:
    """Count the frames that are shown before a pts, by reading packets only.

    Left out are packets that the container marks as not to be shown, and those before the first
    key frame, which no decoder can show.

    Parameters
    ----------
    path
        The video.
    pts
        In ticks of the video stream's time base.

    Returns
    -------
    int or None
        None where the packets do not tell: a pts is missing or repeated, the clock goes back, or
        a packet cannot be read.
    """
    count = 0
    key_pts: int | None = None
    last_dts: int | None = None
    recent: deque[int] = deque(maxlen=_REORDERED)
    with open_video(path) as container:
        try:
            for packet in container.demux(video_stream(container, path)):
                if not packet.size:
                    continue
                if packet.pts is None or packet.pts in recent or packet.is_corrupt:
                    return None
                recent.append(packet.pts)
                if packet.dts is not None:
                    if last_dts is not None and packet.dts < last_dts:
                        return None
                    last_dts = packet.dts
                    if packet.dts >= pts:
                        break  # shown no earlier than decoded, like everything after it
                if key_pts is None and packet.is_keyframe:
                    key_pts = packet.pts
                shown = key_pts is not None and packet.pts >= key_pts and not packet.is_discard
                count += shown and packet.pts < pts
        except av.error.FFmpegError:
            return None
    return count
