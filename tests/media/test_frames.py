"""Packets that cannot be decoded are skipped, until there are too many in a row."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import av
import pytest

from clusterer.media.frames import FAILURES, decodable


class Packet:
    """Decodes to frames, or fails."""

    def __init__(self, *frames: int, error: Exception | None = None) -> None:
        self._frames, self._error = frames, error

    def decode(self) -> list[int]:
        if self._error is not None:
            raise self._error
        return [*self._frames]


class Container:
    """Hands out its packets; an error ends an iterator, and the next one goes on behind it."""

    def __init__(self, *packets: Packet | Exception) -> None:
        self._packets = iter(packets)

    def demux(self, _stream: object) -> Iterator[Packet]:
        for packet in self._packets:
            if isinstance(packet, Exception):
                raise packet
            yield packet


def damaged() -> Exception:
    return av.error.InvalidDataError(1094995529, "damaged")


def frames(*packets: Packet | Exception, **more: Any) -> list[int]:
    container: Any = Container(*packets)
    return list(decodable(container, None, **more))


@pytest.mark.parametrize("error", [damaged(), ValueError("no packet of this stream")])
def test_what_cannot_be_decoded_or_read_is_skipped(error: Exception) -> None:
    noted: list[int] = []
    found = frames(
        Packet(1, 2),
        Packet(error=error),
        error,
        Packet(),
        Packet(3),
        on_damage=lambda: noted.append(len(noted)),
    )
    assert (found, noted) == ([1, 2, 3], [0, 1])


def test_the_end_ends_it() -> None:
    end = av.error.EOFError(541478725, "end")
    assert frames(Packet(1), Packet(error=end), Packet(2)) == [1]


def test_too_many_in_a_row() -> None:
    bad = [Packet(error=damaged()) for _ in range(FAILURES)]
    assert frames(Packet(1), *bad[1:], Packet(2), *bad[1:], Packet(3)) == [1, 2, 3]
    assert frames(Packet(1), *bad, Packet(2)) == [1]


def test_asked_before_each_packet() -> None:
    asked = itertools.count()
    assert frames(Packet(1, 2), Packet(3), Packet(4), stop=lambda: next(asked) == 2) == [1, 2, 3]
