"""A small copy of a film that every browser plays, frame for frame.

**Times.** Every frame that an analysis sees is in the copy, in the same order, and none is added.
The time base of the copy is that of the film, where MP4 can state it (a denominator of at most
2^31), and a frame with `pts` in the film has ``pts - info.zero_pts`` in the copy: the copy's clock
begins where a player shows 0:00, so ``info.seconds(pts)`` is the time in it. Sound keeps its place
on that clock; where the film has none before its first sound, there is silence.

**Parts.** The picture is made in parts, each a file of its own that begins with a key frame. A kill
loses the part that is being made; the next call goes on after the last that was finished. At the
end they are joined without coding them again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from clusterer.core.errors import ResultError, VideoError
from clusterer.core.files import is_plain_file, read_file, write_atomic, writing
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
from clusterer.media.picture import Converter
from clusterer.media.sound import write_sound
from clusterer.media.still import HEIGHT_PX

PART_S = 20.0
"""Length of a part; lost by a kill."""
LISTED = "parts.json"
"""Name of the list of finished parts, in the folder of the parts."""
_SCHEMA = 1
_OPTIONS = {"preset": "veryfast", "crf": "23", "bf": "0", "g": "12"}
"""Half a second from key frame to key frame."""


@dataclass(frozen=True, slots=True)
class _Done:
    """A finished part: its number of frames, and its first and last pts in the copy."""

    frames: int
    first: int
    last: int
    length: int


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy is made of, and where.

    Attributes
    ----------
    info : of the film, from `probe`
    made_of : text that identifies the film; parts made of another are not used, and the copy states
        it, see `made_of`
    parts : folder for the parts; it must exist
    height_px : of the picture; that of a smaller film is as high as it is
    """

    info: VideoInfo
    made_of: str
    parts: Path
    height_px: int = HEIGHT_PX

    @property
    def time_base(self) -> Fraction:
        """Seconds per tick of the copy."""
        return mp4_time_base(self.info)

    def pts(self, pts: int) -> int:
        """The time in the copy of a frame of the film, ticks of `time_base`."""
        return round((pts - self.info.zero_pts) * self.info.time_base / self.time_base)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture: even, as H.264 needs them."""
        return even_size(self.info, self.height_px)


def part_name(number: int) -> str:
    """Name of a part's file in the folder of the parts."""
    return f"{number:06d}.mp4"


SOUND, JOINED = "sound.mp4", "joined.mp4"
"""Names, in that folder, of the sound and of the copy before it is in its place."""


def make_proxy(
    copy: Copy,
    out: Path,
    on_progress: Callable[[float], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    threads: int | None = None,
) -> bool:
    """Make a copy of a film: H.264 and AAC in an MP4 whose index comes first.

    Parameters
    ----------
    copy
    out
        The copy; replaced as a whole once it is done. On the disk of the parts.
    on_progress
        Called with the share that is done, 0 to 1, a few times a second of work.
    stop
        Asked after each frame; once true, this returns with the part unfinished.
    threads
        Of decoding and of coding; None = as many as FFmpeg takes.

    Returns
    -------
    Whether it is done; False if it was stopped.

    Raises
    ------
    DependencyError
        PyAV comes without an encoder for H.264.
    VideoError
        The film cannot be read, or nothing in it can be decoded.
    ResultError
        The disk is full, or the folder cannot be written to.
    """
    with writing(out, elsewhere=""), coding():
        done = _Maker(copy, on_progress, stop, threads).make()
        if done:
            (copy.parts / JOINED).replace(out)
    return done


def made_of(path: Path) -> str:
    """The text that identifies the film of a copy; empty if it is none."""
    try:
        with open_video(path) as container:
            tags = container.metadata
            return str(tags.get("comment") or tags.get("COMMENT", ""))  # Matroska: upper case
    except VideoError:
        return ""


class _Maker:
    """Makes the parts that are missing, then the sound, then joins them."""

    def __init__(
        self,
        copy: Copy,
        on_progress: Callable[[float], None],
        stop: Callable[[], bool],
        threads: int | None,
    ) -> None:
        self._copy, self._info = copy, copy.info
        self._progress, self._stop, self._threads = on_progress, stop, threads
        self._converter = Converter(*copy.size, 160)

    def make(self) -> bool:
        """Whether the copy is whole."""
        done, following = self._resumed()
        if not self._has_ended(following) and not self._make_parts(done, following):
            return False
        if not done:
            raise VideoError(
                f"nothing in {self._info.path} can be decoded", "Copy or export it again completely"
            )
        sound = self._copy.parts / SOUND
        has_sound = write_sound(self._info, _private(sound), self._stop)
        if self._stop():
            return False
        self._join(done, sound if has_sound else None)
        return True

    @staticmethod
    def _has_ended(following: Start | None) -> bool:
        return following is not None and following.pts < 0 and following.index == -1

    def _make_parts(self, done: list[_Done], following: Start | None) -> bool:
        """Make parts up to the end of the film; False if stopped."""
        reader = Reader(self._info, following, threads=self._threads)
        frames = iter(reader)
        waiting = next(frames, None)
        if following is not None and not _is(waiting, following):
            done.clear()  # the film cannot be entered there: from its beginning
            reader = Reader(self._info, threads=self._threads)
            frames = iter(reader)
            waiting = next(frames, None)
        while waiting is not None:
            begins = self._copy.pts(waiting.pts)
            until = begins + round(PART_S / self._copy.time_base)
            part = _Part(self._copy, len(done), self._converter, self._threads)
            try:
                while waiting is not None and self._copy.pts(waiting.pts) < until:
                    if self._stop():
                        reader.cancel()
                        return False
                    part.add(waiting)
                    self._tell(waiting)
                    waiting = next(frames, None)
            finally:
                finished = part.close()
            done.append(finished)
            self._list(done, waiting)
        return True

    def _tell(self, decoded: Decoded) -> None:
        length_s = max(self._info.duration_s, 1e-3)
        since_s = float((decoded.pts - self._info.start_pts) * self._info.time_base)
        self._progress(min(0.97, 0.97 * since_s / length_s))

    def _list(self, done: list[_Done], following: Decoded | None) -> None:
        content = self._facts() | {
            "parts": [asdict(each) for each in done],
            "next": None if following is None else [following.index, following.pts],
        }
        write_atomic(self._copy.parts / LISTED, json.dumps(content) + "\n", private=True)

    def _facts(self) -> dict[str, Any]:
        """What parts must have been made of to be used."""
        return {
            "schema": _SCHEMA,
            "av": av.__version__,
            "film": self._copy.made_of,
            "size": list(self._copy.size),
            "time_base": str(self._copy.time_base),
            "zero": self._info.zero_pts,
            "stream": self._info.stream,
        }

    def _resumed(self) -> tuple[list[_Done], Start | None]:
        """Finished parts, and where to go on; a start before all pts: nowhere, they are whole."""
        try:
            content = json.loads(read_file(self._copy.parts / LISTED, 1 << 24))
            facts = self._facts()
            if {name: content[name] for name in facts} != facts:
                return [], None
            done = [_Done(**{k: int(v) for k, v in each.items()}) for each in content["parts"]]
            following = content["next"]
            start = Start(-1, -1) if following is None else Start(following[1], following[0])
        except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError):
            return [], None
        names = (self._copy.parts / part_name(i) for i in range(len(done)))
        return (done, start) if done and all(map(is_plain_file, names)) else ([], None)

    def _join(self, done: list[_Done], sound: Path | None) -> None:
        path = _private(self._copy.parts / JOINED)
        options = {"movflags": "+faststart"} | timescale(self._copy.time_base)
        first = self._copy.parts / part_name(0)
        with create_video(path, options=options) as out:
            out.metadata["comment"] = self._copy.made_of
            with open_video(first) as source:
                picture = out.add_stream_from_template(source.streams.video[0])
            picture.time_base = self._copy.time_base
            sounds: Iterator[Any] = iter(())
            if sound is not None:
                heard = open_video(sound)
                voice = out.add_stream_from_template(heard.streams.audio[0])
                sounds = (packet for packet in heard.demux(audio=0) if packet.dts is not None)
            waiting = next(sounds, None)
            for packet in _packets(self._copy, done):
                at_s = packet.pts * self._copy.time_base
                while waiting is not None and waiting.dts * _base(waiting) <= at_s:
                    waiting.stream = voice
                    out.mux_one(waiting)
                    waiting = next(sounds, None)
                packet.stream = picture
                out.mux_one(packet)
            while waiting is not None:
                waiting.stream = voice
                out.mux_one(waiting)
                waiting = next(sounds, None)
        if sound is not None:
            heard.close()


def _is(decoded: Decoded | None, start: Start) -> bool:
    return decoded is not None and (decoded.pts, decoded.index) == (start.pts, start.index)


def _base(packet: Any) -> Fraction:
    return Fraction(packet.time_base.numerator, packet.time_base.denominator)


def _packets(copy: Copy, done: list[_Done]) -> Iterator[Any]:
    """Coded frames of all parts, at their times in the copy."""
    for number, part in enumerate(done):
        path = copy.parts / part_name(number)
        with open_video(path) as source:
            packets: list[Any] = [each for each in source.demux(video=0) if each.size]
            if len(packets) != part.frames:
                raise ResultError(f"{path} is damaged", "Delete its folder, and try again")
            for packet, follower in zip(packets, [*packets[1:], None], strict=True):
                base = _base(packet)
                at = part.first + round(packet.pts * base / copy.time_base)
                if follower is None:
                    length = part.length
                else:
                    length = round((follower.pts - packet.pts) * base / copy.time_base)
                packet.pts = packet.dts = at
                packet.duration = length
                packet.time_base = copy.time_base
                yield packet


class _Part:
    """One part while it is being made."""

    def __init__(self, copy: Copy, number: int, converter: Converter, threads: int | None) -> None:
        self._copy, self._converter = copy, converter
        path = _private(copy.parts / part_name(number))
        self._file = create_video(path, options=timescale(copy.time_base))
        self._stream = add_picture(
            self._file,
            copy.size,
            copy.info.frame_rate,
            copy.time_base,
            _OPTIONS | {"threads": str(threads or 0)},
        )
        self._pts: list[int] = []
        self._length = 1

    def add(self, decoded: Decoded) -> None:
        """Add a frame."""
        at = self._copy.pts(decoded.pts)
        if self._pts:
            at = max(at, self._pts[-1] + 1)
        self._pts.append(at)
        length = decoded.duration_pts * self._copy.info.time_base / self._copy.time_base
        self._length = max(1, round(length))
        image = self._converter.rgb(decoded.raw)
        frame = coded(image, at - self._pts[0], self._copy.time_base)
        self._file.mux(self._stream.encode(frame))

    def close(self) -> _Done:
        """Finish the file."""
        try:
            if self._pts:
                self._file.mux(self._stream.encode())
        finally:
            self._file.close()
        first, last = (self._pts[0], self._pts[-1]) if self._pts else (0, 0)
        return _Done(len(self._pts), first, last, self._length)


def _private(path: Path) -> Path:
    """An empty file that only the user can read."""
    write_atomic(path, b"", private=True)
    return path
