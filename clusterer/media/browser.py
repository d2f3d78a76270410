"""Whether a browser can show a film as it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from clusterer.media.opening import open_video, video_stream

_CONTAINERS = {"mov": "an MP4", "matroska": "a Matroska file"}
"""What a browser opens, by the first of FFmpeg's names."""
_NAMES = {
    "asf": "a WMV file", "avi": "an AVI", "flv": "an FLV", "gif": "a GIF", "mpeg": "an MPEG file",
    "mpegts": "a transport stream", "mxf": "an MXF file", "ogg": "an Ogg file",
}  # fmt: skip
"""How other containers are called."""
_PICTURES = {
    "h264": frozenset({"yuv420p", "yuvj420p"}),
    "vp8": frozenset({"yuv420p"}),
    "vp9": frozenset({"yuv420p", "yuvj420p", "yuv420p10le"}),
    "av1": frozenset({"yuv420p", "yuvj420p", "yuv420p10le"}),
}
"""Codecs of pictures, and the kinds of samples that every decoder of a browser takes."""
_SOUNDS = frozenset({"aac", "mp3", "mp3float", "opus", "vorbis", "flac"})
_CODECS = {
    "ac3": "Dolby Digital", "av1": "AV1", "dnxhd": "DNxHD", "dvvideo": "DV",
    "eac3": "Dolby Digital Plus", "ffv1": "FFV1", "h264": "H.264", "hevc": "HEVC",
    "mjpeg": "Motion JPEG", "mpeg1video": "MPEG-1", "mpeg2video": "MPEG-2",
    "mpeg4": "MPEG-4 Part 2", "prores": "ProRes", "vc1": "VC-1", "vp8": "VP8", "vp9": "VP9",
}  # fmt: skip
_OLDER = {"libdav1d": "av1", "libaom-av1": "av1", "libvpx": "vp8", "libvpx-vp9": "vp9"}
"""Names of decoders that are not those of their codec."""
_WEB = frozenset({"vp8", "vp9", "av1"}), frozenset({"opus", "vorbis"})
"""Pictures and sounds of WebM, which every browser opens; other Matroska files only some do."""


@dataclass(frozen=True, slots=True)
class Playable:
    """Whether a browser shows a film.

    Attributes
    ----------
    ok : whether it does
    reason : why it does not, in a sentence without a full stop; empty if it does
    everywhere : whether every current browser does: Chromium, Firefox and Safari
    """

    ok: bool
    reason: str = ""
    everywhere: bool = True

    def __bool__(self) -> bool:
        """As `ok`."""
        return self.ok


def can_play(path: str | Path, stream: int | None = None) -> Playable:
    """Tell whether browsers play a file without help, with its sound.

    Judged by what the file states; no picture is decoded. A film whose sound alone can be played is
    not playable, because one would hear it over black; nor is one whose picture alone can.

    Parameters
    ----------
    path
        Of the video.
    stream
        The video stream that is meant, as of `VideoInfo.stream`; None = the first.

    Raises
    ------
    VideoError
        The file is not a video.
    ConfigError
        It has no such stream.
    """
    with open_video(path) as container:
        picture = video_stream(container, path, stream)
        file = _container(container)
        if reason := _unseen(container, picture, file):
            return Playable(False, reason, False)
        sounds = list(container.streams.audio)
        if sounds and (name := _sound(sounds[0])) not in _SOUNDS:
            called = "PCM" if name.startswith("pcm_") else _CODECS.get(name, name.upper())
            return Playable(False, f"The sound ({called}) cannot be played by a browser", False)
        heard = {_sound(sound) for sound in sounds[:1]}
        everywhere = file != _CONTAINERS["matroska"] or (
            _codec(picture) in _WEB[0] and heard <= _WEB[1]
        )
    return Playable(True, "", everywhere)


def _unseen(container: InputContainer, picture: VideoStream, file: str) -> str:
    """Why the picture cannot be shown; empty if it can."""
    codec = _codec(picture)
    called = _CODECS.get(codec, codec.upper())
    known = container.format.name.partition(",")[0] in _CONTAINERS
    if codec not in _PICTURES or not known:
        return f"{called} in {file} cannot be shown by a browser"
    samples = picture.codec_context.pix_fmt
    if samples not in _PICTURES[codec]:
        return f"{called} with samples of the kind {samples} cannot be shown by a browser"
    if picture is not container.streams.video[0]:
        return "A browser would show another picture of this file, its first"
    return ""


def _container(container: InputContainer) -> str:
    """How the kind of file is called, with its article."""
    name = container.format.name.partition(",")[0]
    if name == "mov" and container.metadata.get("major_brand", "").strip() in {"qt", ""}:
        return "a MOV"
    return _CONTAINERS.get(name) or _NAMES.get(name) or f"a file of the kind {name}"


def _codec(picture: VideoStream) -> str:
    name = picture.codec_context.name
    return _OLDER.get(name, name)


def _sound(stream: AudioStream) -> str:
    """Name of a codec of sound; a stream without a decoder has none."""
    context = stream.codec_context
    return "unknown" if context is None else str(context.name).removeprefix("lib")
