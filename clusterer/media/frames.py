"""Frames of a stream as FFmpeg outputs them; what cannot be decoded is skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import av
from av.container import InputContainer

FAILURES = 1000
"""Consecutive undecodable packets after which the rest of the file is given up."""


def _never() -> bool:
    return False


def _nothing() -> None:
    return None


def decodable(
    container: InputContainer,
    stream: Any,
    *,
    stop: Callable[[], bool] = _never,
    on_damage: Callable[[], None] = _nothing,
) -> Iterator[Any]:
    """Decode a stream from where the container is; an error ends only the packet that it is of.

    Parameters
    ----------
    container, stream
        The stream is of pictures or of sound.
    stop
        Asked before each packet; once true, no more are decoded.
    on_damage
        Called for each packet that cannot be read or decoded.

    Yields
    ------
    PyAV's frames
    """
    packets, failures = container.demux(stream), 0
    while failures < FAILURES and not stop():
        try:
            packet = next(packets, None)
            if packet is None:
                return
            frames = packet.decode()
            failures = 0
        except av.error.EOFError:
            return
        except (av.error.FFmpegError, ValueError):
            failures += 1
            on_damage()
            packets = container.demux(stream)  # the error ended the old iterator
            continue
        yield from frames
