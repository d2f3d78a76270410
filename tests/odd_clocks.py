"""Small videos whose clocks are odd: late, joined, with pauses or edit lists. Written by PyAV."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.packet import Packet

from clusterer.core.types import ImageArray

CLOCK = Fraction(1, 1000)
"""Of the encoder: every time in these videos is a whole number of milliseconds."""
_SOUND_HZ = 48_000
_QUICK = {
    "libx264": {"preset": "veryfast", "bf": "2", "b_strategy": "0", "g": "12"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8"},
    "mpeg2video": {"g": "12", "bf": "2"},
}
_BOX = 8
"""Bytes of the head of an MP4 box: its size and its name."""


def write_film(
    path: Path,
    pictures: Sequence[ImageArray],
    *,
    rate: Fraction = Fraction(25),
    times_s: Sequence[Fraction | float] | None = None,
    start_s: float = 0.0,
    sound_s: tuple[float, float] | None = None,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    metadata: dict[str, str] | None = None,
) -> Path:
    """Write a video with chosen times.

    Parameters
    ----------
    pictures, rate, times_s
        Frames, and the time of each since the first; None = at the rate.
    start_s
        Time of the first frame on the clock of the file.
    sound_s
        Start and end of a silent sound on that clock; None = no sound.
    """
    shown = [i / rate for i in range(len(pictures))] if times_s is None else times_s
    with av.open(str(path), "w", options=container_options or {}) as container:
        container.metadata.update(metadata or {})
        picture = container.add_stream(codec, rate=rate, options=options or _QUICK[codec])
        picture.pix_fmt = "rgba" if codec == "png" else "yuv420p"
        # MPEG-2 knows its rate only.
        picture.codec_context.time_base = 1 / rate if codec == "mpeg2video" else CLOCK
        picture.height, picture.width = pictures[0].shape[:2]
        sound = None
        if sound_s is not None:
            name = {".ts": "mp2", ".mpg": "mp2", ".webm": "libopus"}.get(path.suffix, "aac")
            sound = container.add_stream(name, rate=_SOUND_HZ, layout="mono")
        packets: list[Packet] = []
        for image, time_s in zip(pictures, shown, strict=True):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = round(time_s / CLOCK), CLOCK
            packets += picture.encode(frame)
        packets += picture.encode()
        _delay(packets, start_s)
        if sound is not None and sound_s is not None:
            heard = [*_silence(sound, sound_s[1] - sound_s[0])]
            _delay(heard, sound_s[0])
            packets += heard
        for packet in sorted(packets, key=_decoded_s):
            container.mux_one(packet)
    return path


def _silence(stream: av.AudioStream, length_s: float) -> Iterator[Packet]:
    frame_size = 1152
    plane = "fltp" if stream.codec_context.name == "aac" else "s16"
    for start in range(0, round(length_s * _SOUND_HZ), frame_size):
        silence = np.zeros((1, frame_size), np.float32 if plane == "fltp" else np.int16)
        frame = av.AudioFrame.from_ndarray(silence, plane, "mono")
        frame.sample_rate, frame.pts, frame.time_base = _SOUND_HZ, start, Fraction(1, _SOUND_HZ)
        yield from stream.encode(frame)
    yield from stream.encode()


def _delay(packets: Iterable[Packet], seconds: float) -> None:
    for packet in packets:
        base = packet.time_base
        ticks = round(Fraction(seconds) / Fraction(base.numerator, base.denominator))
        packet.pts += ticks
        packet.dts += ticks


def _decoded_s(packet: Packet) -> tuple[Fraction, int]:
    base = packet.time_base
    return Fraction(packet.dts * base.numerator, base.denominator), packet.stream.index


def join(path: Path, *parts: Path) -> Path:
    """Write files one behind the other, as ``cat`` does."""
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def set_edit_list(path: Path, entries: Sequence[tuple[Fraction, Fraction]]) -> Path:
    """Give an MP4's only track an edit list (ISO 14496-12, 8.6.6): start and length of each, s."""
    content = path.read_bytes()
    moov = content.index(b"moov") - 4
    trak = content.index(b"trak", moov) - 4
    ticks = struct.unpack(">I", content[moov + 28 : moov + 32])[0]  # mvhd version 0: per second
    mdhd = content.index(b"mdhd", trak) - 4
    media_ticks = struct.unpack(">I", content[mdhd + 20 : mdhd + 24])[0]
    rows = b"".join(
        struct.pack(">IiI", round(length_s * ticks), round(start_s * media_ticks), 1 << 16)
        for start_s, length_s in entries
    )
    elst = _box(b"elst", struct.pack(">II", 0, len(entries)) + rows)
    inside = content[trak + _BOX : trak + _size(content, trak)]
    kept = b"".join(box for box in _boxes(inside) if box[4:8] != b"edts")
    end = inside.index(b"mdia") - 4 - (len(inside) - len(kept))
    new = _box(b"trak", kept[:end] + _box(b"edts", elst) + kept[end:])
    rest = content[trak + _size(content, trak) : moov + _size(content, moov)]
    after = content[moov + _size(content, moov) :]
    path.write_bytes(
        content[:moov] + _box(b"moov", content[moov + _BOX : trak] + new + rest) + after
    )
    return path


def _boxes(content: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        yield content[at : at + _size(content, at)]
        at += _size(content, at)


def _size(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 4], "big")


def _box(name: bytes, inside: bytes) -> bytes:
    return struct.pack(">I", _BOX + len(inside)) + name + inside
