"""The sound of a film as stereo of 48 kHz, on the clock that begins at 0:00 of a player."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av
import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler
from av.container import InputContainer, OutputContainer

from clusterer.core.types import VideoInfo
from clusterer.media.frames import decodable
from clusterer.media.opening import create_video, open_video
from clusterer.media.packets import GAP_S, may_jump
from clusterer.media.stream import exact

HZ = 48_000
FRAME = 1024
"""Samples that AAC codes together."""
_JITTER = HZ // 20
"""Samples by which a time may be off before silence is put in or sound is left out."""
_BIT_RATE = 128_000
_EARLIER_S = (1, 10)
"""How far before the first sample each seek aims: decoders need some sound before to be right, and
a seek may land too late."""

Samples: TypeAlias = npt.NDArray[np.float32]
"""Shape (2, number): left and right."""


class Sound:
    """The first sound of a film, without gaps: silence where the film has none between sounds.

    Parameters
    ----------
    info
        From `probe`.
    stop
        Asked after each packet; once true, the samples end.
    """

    def __init__(self, info: VideoInfo, stop: Callable[[], bool] = lambda: False) -> None:
        self._info, self._stop = info, stop
        self._zero_s = info.zero_pts * info.time_base
        self._at = 0
        self._begun = False
        self._offset = 0

    def samples(self, start: int = 0, *, seek: bool = True) -> Iterator[Samples]:
        """Sound from a sample on, up to the end of the sound.

        Parameters
        ----------
        start
            Number of the first sample, counted from 0:00.
        seek
            Whether the times of the file are clear, so that it can be entered in the middle.
        """
        self._at, self._begun, self._offset = start, False, 0
        with open_video(self._info.path) as container:
            if not container.streams.audio or container.streams.audio[0].codec_context is None:
                return
            resampler = AudioResampler("fltp", "stereo", HZ)
            jumps = may_jump(container)
            for frame in self._from(container, start if seek else 0):
                at = self._place(frame)
                frame.pts = None
                pieces = [each.to_ndarray() for each in resampler.resample(frame)]
                if pieces:
                    yield from self._placed(np.concatenate(pieces, axis=1), at, jumps)

    def _from(self, container: InputContainer, start: int) -> Iterator[Any]:
        """Decoded frames, of which the first begins at this sample or before if there is one."""
        stream = container.streams.audio[0]
        base = exact(stream.time_base) or Fraction(1, HZ)
        begins = stream.start_time or 0
        moved = False
        for earlier_s in _EARLIER_S:
            aim = round((Fraction(start, HZ) - earlier_s + self._zero_s) / base)
            if aim <= begins:
                break
            try:
                container.seek(aim, stream=stream)
            except av.error.FFmpegError:
                break
            moved = True
            frames = decodable(container, stream, stop=self._stop)
            first = next(frames, None)
            at = None if first is None else self._place(first)
            if at is not None and at <= start:
                yield first
                yield from frames
                return
        if moved:
            container.seek(begins, stream=stream)
        yield from decodable(container, stream, stop=self._stop)

    def _place(self, frame: Any) -> int | None:
        """Number of a frame's first sample."""
        if frame.pts is None or frame.time_base is None:
            return None
        base = Fraction(frame.time_base.numerator, frame.time_base.denominator)
        at: Fraction = frame.pts * base - self._zero_s
        return round(at * HZ)

    def _placed(self, samples: Samples, at: int | None, jumps: bool) -> Iterator[Samples]:
        """Samples at their time: after silence, or without those that come too late."""
        if at is not None:
            late = at + self._offset - self._at
            if jumps and self._begun and abs(late) > GAP_S * HZ:
                self._offset -= late  # the clock was set anew
                late = 0
            if late > _JITTER or (late > 0 and not self._begun):
                for start in range(0, late, HZ):
                    yield self._count(np.zeros((2, min(HZ, late - start)), np.float32))
            elif late < -_JITTER or (late < 0 and not self._begun):
                samples = samples[:, -late:]
        if samples.shape[1]:
            yield self._count(samples)

    def _count(self, samples: Samples) -> Samples:
        self._at += samples.shape[1]
        self._begun = True
        return samples


class SoundTrack:
    """Codes samples as AAC into a file."""

    def __init__(self, out: OutputContainer) -> None:
        self._out = out
        self._stream: Any = out.add_stream("aac", rate=HZ, layout="stereo")
        self._stream.bit_rate = _BIT_RATE
        self._waiting: Samples = np.zeros((2, 0), np.float32)
        self._coded = 0

    @property
    def length(self) -> int:
        """Samples added so far."""
        return self._coded + int(self._waiting.shape[1])

    def add(self, samples: Samples) -> None:
        """Add samples behind those before."""
        self._waiting = np.concatenate([self._waiting, samples], axis=1)
        whole = self._waiting.shape[1] // FRAME * FRAME
        for start in range(0, whole, FRAME):
            self._code(self._waiting[:, start : start + FRAME])
        self._waiting = self._waiting[:, whole:]

    def close(self) -> None:
        """Code the rest."""
        if self._waiting.shape[1]:
            self._code(self._waiting)
        if self._coded:
            self._out.mux(self._stream.encode())

    def _code(self, samples: Samples) -> None:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = HZ, self._coded, Fraction(1, HZ)
        self._out.mux(self._stream.encode(frame))
        self._coded += samples.shape[1]


def write_sound(info: VideoInfo, path: Path, stop: Callable[[], bool]) -> bool:
    """Write the first sound of a film as AAC, from 0:00 on; False if it has none to decode.

    Parameters
    ----------
    info
        From `probe`.
    path
    stop
        Asked after each packet; once true, this returns with the file unfinished.
    """
    with create_video(path) as out:
        track = SoundTrack(out)
        for samples in Sound(info, stop).samples():
            track.add(samples)
        track.close()
    return track.length > 0
