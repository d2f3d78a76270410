"""A video several times over, its packets copied, not encoded again."""

from __future__ import annotations

from pathlib import Path

import av


def loop(video: Path, times: int, target: Path) -> None:
    """Write a video that shows another one several times.

    Parameters
    ----------
    video
        Its first video stream is taken.
    times
        How often it is shown.
    target
        File of the same format; overwritten.
    """
    with av.open(str(video)) as source:
        stream = source.streams.video[0]
        packets = [packet for packet in source.demux(stream) if packet.pts is not None]
        times_pts = [packet.pts for packet in packets if packet.pts is not None]
        step = (max(times_pts) - min(times_pts)) // (len(times_pts) - 1)
        length = max(times_pts) - min(times_pts) + step
    with av.open(str(target), "w") as sink, av.open(str(video)) as source:
        copy = sink.add_stream_from_template(source.streams.video[0])
        for turn in range(times):
            _append(video, sink, copy, turn * length)


def _append(
    video: Path, sink: av.container.OutputContainer, copy: av.VideoStream, offset_pts: int
) -> None:
    with av.open(str(video)) as source:
        for packet in source.demux(source.streams.video[0]):
            if packet.pts is None or packet.dts is None:
                continue
            packet.pts += offset_pts
            packet.dts += offset_pts
            packet.stream = copy
            sink.mux(packet)
