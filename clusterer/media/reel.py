"""Render parts of a film, one behind the other, as an MP4 that every player reads.

**Picture.** Every frame of each part is in the reel, in order and at its distance from the one
before, and none is added: films of variable rate keep theirs. A part ends where the film's next
frame would begin. **Sound.** Where a part begins, so does its sound; by the end of each part the
reel has as many samples as its picture is long, to the sample, so that they never drift apart.
Where the film has no sound, there is silence.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, repeat
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer

from clusterer.core.errors import VideoError
from clusterer.core.hook import GoOn
from clusterer.core.types import VideoInfo
from clusterer.media.decode import Decoded, Reader, Start
from clusterer.media.h264 import (
    add_picture,
    coded,
    coding,
    even_size,
    mp4_time_base,
    timescale,
)
from clusterer.media.opening import create_video, open_video
from clusterer.media.parts import entries
from clusterer.media.picture import Converter
from clusterer.media.sound import HZ, Samples, Sound, SoundTrack

MADE_BY = "Reel by cluster-video"
"""The comment in every reel, by which it is known as ours."""
_OPTIONS = {"preset": "veryfast", "crf": "20", "bf": "0", "threads": "4"}
"""As many threads on every machine, because the bytes depend on their number."""
_KEY_S = 2
"""Most seconds from key frame to key frame."""
_NEAR = 5 * HZ
"""Samples ahead that are reached by decoding on, which is quicker than opening the film again."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a film: seconds since its first frame, half-open, exact."""

    begin_s: Fraction
    end_s: Fraction


def render(
    info: VideoInfo,
    stretches: Sequence[Stretch],
    out: Path,
    height_px: int | None = None,
    go_on: GoOn = lambda _: True,
) -> bool:
    """Write the frames of some parts of a film, and their sound, as H.264 and AAC in an MP4.

    Parameters
    ----------
    info
        From `probe`.
    stretches
        In order, apart from one another. A frame belongs to the one in which it begins.
    out
        The file; its content is replaced.
    height_px
        Of the picture, at most; None = as high as the film.
    go_on
        Asked before each frame; once false, this returns with the file unfinished.

    Returns
    -------
    Whether it is done; False if it was stopped.

    Raises
    ------
    DependencyError
        PyAV comes without an encoder for H.264.
    VideoError
        The film cannot be read, or has none of these frames.
    OSError
        The disk is full, or the file cannot be written to.
    """
    size = even_size(info, height_px or info.square_px[1])
    with coding():
        return _Renderer(info, size, go_on).render(stretches, out)


class _Film:
    """The frames of a film, sought from their key frames where its times are clear."""

    def __init__(self, info: VideoInfo) -> None:
        self._info = info
        self._entries = entries(info, 1)
        self._frames: Iterator[Decoded] | None = None
        self.next: Decoded | None = None

    @property
    def is_clear(self) -> bool:
        """Whether the times of the file are clear, so that it can be entered in the middle."""
        return bool(self._entries)

    def go_to(self, pts: int) -> None:
        """Go on to the first frame that begins at a time or later."""
        number = bisect_right(self._entries, pts, key=lambda entry: entry.pts)
        key_pts = self._entries[number - 1].key_pts if number else None
        at = None if self.next is None else self.next.pts
        is_far = key_pts is not None and at is not None and at < key_pts
        if self._frames is None or is_far:
            self._open(pts, key_pts)
        while self.next is not None and self.next.pts < pts:
            self.advance()

    def advance(self) -> None:
        """Go on to the next frame; None behind the last."""
        self.next = None if self._frames is None else next(self._frames, None)

    def _open(self, pts: int, key_pts: int | None) -> None:
        start = None if key_pts is None else Start(pts, key_pts=key_pts)
        self._frames = iter(Reader(self._info, start))
        self.advance()
        if self.next is None and key_pts is not None:  # it could not be sought
            self._frames = iter(Reader(self._info, Start(pts)))
            self.advance()


class _Voice:
    """The sound of a film, taken in parts that follow one another."""

    def __init__(self, info: VideoInfo, seek: bool) -> None:
        self._info, self._seek = info, seek
        self._at = 0
        self._source: Iterator[Samples] = iter(())
        self._is_open = False
        self._left: Samples = np.zeros((2, 0), np.float32)

    def go_to(self, start: int) -> None:
        """Go on to a sample, counted from 0:00 of the film."""
        ahead = start - self._at
        if not self._is_open or ahead < 0 or (self._seek and ahead > _NEAR):
            self._at, self._is_open = start if self._seek else 0, True
            self._left = self._left[:, :0]
            sound = Sound(self._info).samples(self._at, seek=self._seek)
            self._source = chain(sound, repeat(np.zeros((2, HZ), np.float32)))
        while self._at < start:
            self.take(min(start - self._at, HZ))

    def take(self, number: int) -> Samples:
        """The next samples; silence behind the end of the sound."""
        pieces, found = [self._left], self._left.shape[1]
        while found < number:
            pieces.append(next(self._source))
            found += pieces[-1].shape[1]
        samples = np.concatenate(pieces, axis=1)
        self._left = samples[:, number:]
        self._at += number
        return samples[:, :number]


class _Renderer:
    """Writes one reel."""

    def __init__(
        self,
        info: VideoInfo,
        size: tuple[int, int],
        go_on: GoOn,
    ) -> None:
        self._info, self._size, self._go_on = info, size, go_on
        self._film = _Film(info)
        self._voice = _Voice(info, self._film.is_clear)
        self._converter = Converter(*size, 160)
        self._base = mp4_time_base(info)
        self._length_s = Fraction(0)
        self._last_pts = -1

    def render(self, stretches: Sequence[Stretch], out: Path) -> bool:
        """Whether it is whole."""
        planned_s = sum((each.end_s - each.begin_s for each in stretches), Fraction(1, 1000))
        options = {"movflags": "+faststart"} | timescale(self._base)
        with create_video(out, options=options) as file:
            file.metadata["comment"] = MADE_BY
            gop = {"g": str(max(1, round(self._info.frame_rate * _KEY_S)))}
            picture = add_picture(
                file, self._size, self._info.frame_rate, self._base, _OPTIONS | gop
            )
            track = SoundTrack(file) if _has_sound(self._info) else None
            for stretch in stretches:
                for image_pts, decoded in self._frames(stretch, track):
                    if not self._go_on(min(1.0, float(image_pts * self._base / planned_s))):
                        return False
                    image = self._converter.rgb(decoded.raw)
                    file.mux(picture.encode(coded(image, image_pts, self._base)))
            self._finish(file, picture, track)
        return True

    def _frames(self, stretch: Stretch, track: SoundTrack | None) -> Iterator[tuple[int, Decoded]]:
        """Time in the reel of each frame of a part; the sound before it is written."""
        begin, end = self._tick(stretch.begin_s), self._tick(stretch.end_s)
        self._film.go_to(begin)
        first = last = self._film.next
        if first is None or first.pts >= end:
            return
        if track is not None:
            self._voice.go_to(round(self._info.delay_s * HZ + self._since_s(first.pts) * HZ))
        while (shown := self._film.next) is not None and shown.pts < end:
            at_s = self._length_s + (shown.pts - first.pts) * self._info.time_base
            self._sound_until(track, at_s)
            self._last_pts = max(self._last_pts + 1, round(at_s / self._base))
            yield self._last_pts, shown
            last = shown
            self._film.advance()
        assert last is not None
        self._length_s += (self._behind(last, end) - first.pts) * self._info.time_base
        self._sound_until(track, self._length_s)

    def _behind(self, last: Decoded, end: int) -> int:
        """When a part ends whose last frame is this: with the frame, or in a pause behind it."""
        frame_pts = max(1, round(1 / (self._info.frame_rate * self._info.time_base)))
        following = self._film.next
        shown_until = last.pts + last.duration_pts if following is None else following.pts
        return min(shown_until, max(end, last.pts) + frame_pts)

    def _sound_until(self, track: SoundTrack | None, at_s: Fraction) -> None:
        if track is not None and (missing := round(at_s * HZ) - track.length) > 0:
            track.add(self._voice.take(missing))

    def _finish(
        self, file: OutputContainer, picture: av.VideoStream, track: SoundTrack | None
    ) -> None:
        """Code what is left."""
        if self._last_pts < 0:
            raise VideoError(
                f"{self._info.path} has no picture there that can be decoded",
                "Copy or export it again completely, or choose another part",
            )
        file.mux(picture.encode())
        if track is not None:
            track.close()

    def _tick(self, since_s: Fraction) -> int:
        return self._info.start_pts + since_s // self._info.time_base

    def _since_s(self, pts: int) -> Fraction:
        return (pts - self._info.start_pts) * self._info.time_base


def _has_sound(info: VideoInfo) -> bool:
    with open_video(info.path) as container:
        return any(stream.codec_context is not None for stream in container.streams.audio[:1])
