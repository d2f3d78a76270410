"""Exactly the named file is opened, whatever its name looks like and whatever is in it."""

from __future__ import annotations

import errno
import gzip
import os
import re
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import islice
from pathlib import Path
from queue import Queue
from threading import Thread

import av
import cv2
import pytest

import clusterer
from clusterer.core.errors import VideoError
from clusterer.media import probe
from clusterer.media.decode import Reader
from clusterer.media.formats import FORMATS, HEAD_BYTES, OPTIONS, kind_of_picture, playlist
from clusterer.media.opening import open_video
from clusterer.media.picture import Converter
from clusterer.store.film import film_of
from tests.video_files import HEIGHT_PX, WIDTH_PX, picture, read_number, write_video

NAMED, OTHER = 300, 700
"""Numbers that the first pictures of the two films show."""

needs_posix = pytest.mark.skipif(os.name != "posix", reason="no such file names here")

ADDRESSES = (
    "http:127.0.0.1:PORT?a.mp4",
    "https:127.0.0.1:PORT?a.mp4",
    "httpproxy:127.0.0.1:PORT?a.mp4",
    "tcp:127.0.0.1:PORT?a.mp4",
    "tls:127.0.0.1:PORT?a.mp4",
    "udp:127.0.0.1:PORT?a.mp4",
    "rtmp:127.0.0.1:PORT?a.mp4",
    "rtmpt:127.0.0.1:PORT?a.mp4",
    "rtmps:127.0.0.1:PORT?a.mp4",
    "rtsp:127.0.0.1:PORT?a.mp4",
    "ftp:127.0.0.1:PORT?a.mp4",
    "gopher:127.0.0.1:PORT?a.mp4",
    "mmsh:127.0.0.1:PORT?a.mp4",
    "mmst:127.0.0.1:PORT?a.mp4",
    "icecast:127.0.0.1:PORT?a.mp4",
    "ipfs:127.0.0.1:PORT?a.mp4",
    "hls+http:127.0.0.1:PORT?a.mp4",
    "async:http:127.0.0.1:PORT?a.mp4",
    "cache:tcp:127.0.0.1:PORT?a.mp4",
    "unix:here.mp4",
    "data:video;base64,AAAA.mp4",
    "concat:other.mp4",
    "concat:other.mp4|other.mp4",
    "concatf:other.mp4",
    "file:other.mp4",
    "crypto:other.mp4",
    "crypto+file:other.mp4",
    "cache:other.mp4",
    "async:other.mp4",
    "subfile,,start,0,end,0,,:other.mp4",
    "pipe:0.mp4",
    "fd:0.mp4",
    "md5:a.mp4",
    "tee:a.mp4",
    "-",
    "12:30 interview.mp4",
    "C:film.mp4",
    "film%03d.mp4",
    "100%25 true.mp4",
    "who?#1.mp4",
    "take*[1-3]{a,b}.mp4",
    "back\\slash.mp4",
    " two\nlines.mp4",
    "caf\udce9.mp4",
)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """Two films of four pictures."""
    folder = tmp_path_factory.mktemp("films")
    named, other = (
        write_video(folder / f"{first}.mp4", (picture(first + i) for i in range(4)))
        for first in (NAMED, OTHER)
    )
    return named.read_bytes(), other.read_bytes()


class Port:
    """A local port that must not be contacted; connections are closed at once."""

    def __init__(self, listener: socket.socket, datagrams: socket.socket) -> None:
        self.number = listener.getsockname()[1]
        self.calls: Queue[str] = Queue()
        self._datagrams = datagrams
        Thread(target=self._answer, args=[listener], daemon=True).start()

    def _answer(self, listener: socket.socket) -> None:
        with suppress(OSError):  # closed at the end of the test
            while True:
                listener.accept()[0].close()
                self.calls.put("tcp")

    @property
    def called(self) -> bool:
        """Whether anything has connected."""
        with suppress(BlockingIOError):
            self._datagrams.recv(100)
            self.calls.put("udp")
        return not self.calls.empty()


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Port]:
    monkeypatch.chdir(tmp_path)
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.socket(type=socket.SOCK_DGRAM) as datagrams,
    ):
        datagrams.bind(listener.getsockname())
        datagrams.setblocking(False)
        yield Port(listener, datagrams)
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def first_number(path: Path | str) -> int:
    """Number that the first picture of a film shows, decoded as an analysis does it."""
    info = probe(path)
    (first,) = islice(Reader(info), 1)
    return read_number(Converter(info.width_px, info.height_px, WIDTH_PX).rgb(first.raw))


@needs_posix
@pytest.mark.parametrize("name", ADDRESSES)
def test_a_name_like_an_address_is_opened_as_a_file(
    port: Port, films: tuple[bytes, bytes], name: str
) -> None:
    name = name.replace("PORT", str(port.number))
    for path, content in zip((Path(name), Path("other.mp4")), films, strict=True):
        path.write_bytes(content)
    assert first_number(name) == NAMED
    assert first_number(Path(name)) == NAMED
    assert first_number(Path(name).absolute()) == NAMED
    assert not port.called


def test_the_port_records_connections(port: Port) -> None:
    assert not port.called
    with socket.create_connection(("127.0.0.1", port.number)):
        assert port.calls.get(timeout=20) == "tcp"
    assert not port.called
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.sendto(b"x", ("127.0.0.1", port.number))
    assert port.called


@needs_posix
@pytest.mark.parametrize("name", ["walk.gif", "walk%03d.gif", "walk*.gif", "walk?.gif", "walk"])
def test_an_animation_is_not_opened_as_a_pattern_of_files(tmp_path: Path, name: str) -> None:
    made = write_video(
        tmp_path / "made.gif",
        (picture(NAMED + i) for i in range(4)),
        codec="gif",
        pixel_format="rgb8",
    )
    path = made.rename(tmp_path / name)
    assert first_number(path) == NAMED


@needs_posix
def test_the_hashed_file_is_the_opened_file(tmp_path: Path, films: tuple[bytes, bytes]) -> None:
    """``link/../film.mp4`` is next to the target of the link, not next to the link."""
    target = tmp_path / "archive" / "season"
    target.mkdir(parents=True)
    (tmp_path / "link").symlink_to(target)
    (tmp_path / "archive" / "film.mp4").write_bytes(films[0])
    (tmp_path / "film.mp4").write_bytes(films[1])
    named = tmp_path / "link" / ".." / "film.mp4"
    assert first_number(named) == NAMED
    assert film_of(named) == film_of(tmp_path / "archive" / "film.mp4")


@needs_posix
def test_a_deleted_current_folder(
    tmp_path: Path, films: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(films[0])
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert first_number(film) == NAMED
    with pytest.raises(VideoError):
        probe("film.mp4")


PLAYLISTS = {
    "HLS": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:4,\nPLACE\n#EXT-X-ENDLIST\n",
    "HLS of HLS": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nPLACE\n",
    "M3U": "\ufeff#EXTM3U\n#EXTINF:4,A film\nPLACE\n",
    "M3U without a head": "PLACE\nPLACE\n",
    "ffconcat": "ffconcat version 1.0\nfile 'PLACE'\n",
    "concat": "file 'PLACE'\nfile 'PLACE'\n",
    "concat with directives": "# a\nstream\nexact_stream_id 0x3\n\nfile PLACE\nduration 3\n",
    "DASH": '<?xml version="1.0"?>\n<!-- a -->\n<MPD profiles="urn:mpeg:dash:profile:isoff-live:'
    '2011"><Period><AdaptationSet><Representation><BaseURL>PLACE</BaseURL>'
    "</Representation></AdaptationSet></Period></MPD>\n",
    "Smooth Streaming": "<SmoothStreamingMedia MajorVersion='2'></SmoothStreamingMedia>",
    "SDP": "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=video PORT RTP/AVP 96\r\n",
    "IMF": '<?xml version="1.0"?>\n<CompositionPlaylist xmlns="x"><Id>PLACE</Id>\n',
    "XSPF": '<?xml version="1.0"?><playlist version="1"><trackList><track><location>PLACE',
    "PLS": "[playlist]\nFile1=PLACE\nNumberOfEntries=1\n",
    "ASX": '<ASX version="3.0"><Entry><Ref href="PLACE"/></Entry></ASX>',
    "ASF reference": "[Reference]\nRef1=PLACE\n",
    "SMIL": '<smil><body><video src="PLACE"/></body></smil>',
    "Windows shortcut": "[InternetShortcut]\r\nURL=PLACE\r\n",
    "QuickTime": '<?xml version="1.0"?>\n'
    '<?quicktime type="application/x-qtl"?>\n<embed src="PLACE"/>',
    "QuickTime text": "RTSPtextPLACE",
    "RealMedia": "# old\nrtsp://127.0.0.1:PORT/a.rm\n",
    "DVD": "DVDVIDEO-VMG\0\0PLACE",
    "Blu-ray": "MPLS0200\0\0PLACE",
    "Final Cut": '<?xml version="1.0"?>\n<!DOCTYPE fcpxml>\n'
    '<fcpxml version="1.9"><asset src="PLACE"/>',
    "Premiere": '<?xml version="1.0"?>\n<!DOCTYPE xmeml>\n'
    '<xmeml version="4"><pathurl>PLACE</pathurl>',
}


@pytest.mark.parametrize("ending", ["m3u8", "mp4", "h264"])
@pytest.mark.parametrize("place", ["other.mp4", "http://127.0.0.1:PORT/other.mp4"])
@pytest.mark.parametrize("kind", PLAYLISTS)
def test_playlists_are_rejected_by_content(
    port: Port, films: tuple[bytes, bytes], kind: str, place: str, ending: str
) -> None:
    Path("other.mp4").write_bytes(films[1])
    content = PLAYLISTS[kind].replace("PLACE", place).replace("PORT", str(port.number))
    path = Path(f"list.{ending}")
    path.write_text(content, "utf-8", newline="")
    with pytest.raises(VideoError) as caught:
        open_video(path)
    assert re.fullmatch(
        rf"list\.{ending} is a playlist \([^)\n]+\), which only names other files\. "
        "Give the videos themselves",
        str(caught.value),
    )
    assert not port.called


HLS = PLAYLISTS["HLS"]


@pytest.mark.parametrize(
    "content",
    [
        HLS.encode("utf-16"),
        b"\xfe\xff" + HLS.encode("utf-16-be"),
        HLS.encode("utf-16-le"),
        HLS.encode("utf-16-be"),
        HLS.encode("utf-32"),
        b"\xef\xbb\xbf" * 2 + HLS.encode(),
        b"\n" * 5000 + HLS.encode(),
        HLS.replace("\n", "\r").encode(),
        b"# mine\n# it is\n" + PLAYLISTS["ffconcat"].encode(),
        b"# mine\n" * 1000 + PLAYLISTS["concat"].encode(),
        b'<?wpl version="1.0"?>\n<smil><body><seq><media src="other.mp4"/></seq></body></smil>',
    ],
)
def test_playlists_are_recognised_in_any_text_encoding(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(VideoError, match=r"film\.mp4 is a playlist"):
        open_video(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.m3u8", gzip.compress(HLS.encode())),
        ("LIST.M3U", b"other\n"),
        ("list.pls", b"; mine\n[playlist]\nFile1=other.mp4\n"),
        ("cut.edl", b"# mpv EDL v0\nother.mp4,10,5\n"),
        ("cut.prproj", gzip.compress(b"<PremiereData>")),
        ("cut.otio", b'{"OTIO_SCHEMA": "Timeline.1"}'),
    ],
)
def test_unrecognised_playlists_are_rejected_by_name(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(VideoError, match=r"is a playlist \(by its name\)"):
        open_video(path)


ANIMATED_WEBP = b"RIFF\x62\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x09\0\0\x09\0\0ANIM\x06\0\0\0" + bytes(
    60
)


@pytest.mark.parametrize("name", ["film.webp", "film.mp4"])
def test_an_animated_webp_is_said_to_be_one(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(ANIMATED_WEBP)
    with pytest.raises(VideoError, match="it is an animated WebP") as caught:
        open_video(path)
    assert caught.value.remedy == "Save it as MP4 or GIF"


@pytest.mark.parametrize(
    ("ending", "kind"),
    [("png", "PNG"), ("jpg", "JPEG"), ("webp", "WebP"), ("bmp", "BMP"), ("tiff", "TIFF")],
)
def test_pictures_are_said_to_be_pictures(tmp_path: Path, ending: str, kind: str) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(cv2.imencode(f".{ending}", picture(1))[1].tobytes())
    with pytest.raises(VideoError, match=rf"as a video \(it is a picture: {kind}"):
        open_video(path)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x20ftypheic", "it is a picture: HEIF or AVIF"),
        (b"\0\0\0\x20ftypavif", "it is a picture: HEIF or AVIF"),
        (b"\xff\x0a\0", "it is a picture: JPEG XL"),
        (b"8BPS\0\1", "it is a picture: Photoshop"),
        (b"\x8aMNG\r\n\x1a\n", "it is a picture: MNG or JNG"),
        (b"<?xml version='1.0'?>\n<svg>", "it is a picture: SVG"),
        (b"\0\0\0\x20ftypisom", ""),
        (b"GIF89a", ""),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(17) + b"\0\0\0\x08acTL", ""),
        (b"RIFF\0\0\0\0AVI LIST", ""),
        (b"", ""),
    ],
)
def test_kinds_of_pictures(head: bytes, kind: str) -> None:
    assert kind_of_picture(head) == kind


def test_a_refusal_of_ffmpeg_is_not_one_of_the_system(
    tmp_path: Path, films: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise av.error.PermissionError(errno.EPERM, "Operation not permitted")

    path = tmp_path / "film.mp4"
    path.write_bytes(films[0])
    monkeypatch.setattr(av, "open", refuse)
    with pytest.raises(VideoError, match=r"as a video \(Operation not permitted\)"):
        open_video(path)


def test_a_video_named_like_a_playlist_is_opened(
    tmp_path: Path, films: tuple[bytes, bytes]
) -> None:
    path = tmp_path / "film.m3u8"
    path.write_bytes(films[0])
    assert first_number(path) == NAMED


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sound first.mp4", "hello\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n"),  # SDP
        ("letter.mp4", "Dear film,\nthis is not a list.\n"),
        ("drawing.svg", '<svg xmlns="http://www.w3.org/2000/svg"><image href="other.png"/></svg>'),
        ("data.json", "{}"),
    ],
)
def test_other_formats_are_rejected(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(VideoError, match="cannot be opened as a video") as caught:
        open_video(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("number", "cause"), [(1, "cannot be opened"), (13, "may not be read")])
def test_a_failure_of_ffmpeg_is_not_a_lack_of_permission(
    films: tuple[bytes, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    cause: str,
) -> None:
    """Its formats return -1, which is EPERM, for any failure."""
    monkeypatch.chdir(tmp_path)
    Path("film.mp4").write_bytes(films[0])

    def fail(*args: object, **options: object) -> None:
        raise av.error.PermissionError(number, os.strerror(number), "film.mp4")

    monkeypatch.setattr(av, "open", fail)
    with pytest.raises(VideoError, match=cause):
        open_video("film.mp4")


@pytest.mark.parametrize(
    "unit",
    [
        " ",
        "\n",
        "stream \n",
        "duration 1\n",
        "option a b",
        "<!--",
        "<!---->",
        "<?xml>",
        "#",
        "# \n",
        "# a\n \n",
        ".mp4x",
        "a.",
        "a+",
    ],
)
def test_crafted_files_do_not_stall_the_playlist_check(unit: str) -> None:
    head = (unit.encode() * HEAD_BYTES)[:HEAD_BYTES]
    started_s = time.monotonic()
    assert playlist(head) == ""
    assert time.monotonic() - started_s < 1


def referring(content: bytes, to: Path) -> bytes:
    """A QuickTime film whose pictures are in another file, at the same offsets.

    Its data reference becomes an alias (QuickTime File Format, dref) with a relative and an
    absolute path, as libavformat/mov.c reads it.
    """
    name, path = to.name.encode(), str(to).encode()
    path += b"\0" * (len(path) % 2)
    alias = b"".join(
        (bytes(10 + 28 + 12), bytes([len(name)]), name.ljust(63, b"\0"), bytes(16),
         struct.pack(">HH", 1, 1), bytes(16), struct.pack(">HH", 2, len(path)), path,
         struct.pack(">HH", 0xFFFF, 0))
    )  # fmt: skip
    entry = b"alis" + bytes(4) + alias
    entries = struct.pack(">I", 4 + len(entry)) + entry
    start = content.index(b"dref") - 4
    (size,) = struct.unpack_from(">I", content, start)
    changed = bytearray(content)
    changed[start + 16 : start + size] = entries
    for box in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        at = changed.index(box) - 4
        (length,) = struct.unpack_from(">I", changed, at)
        struct.pack_into(">I", changed, at, length + 16 + len(entries) - size)
    return bytes(changed)


def test_a_film_that_refers_to_another_file_does_not_open_it(tmp_path: Path) -> None:
    named, other = (
        write_video(
            tmp_path / f"{first}.mov",
            (picture(first + i) for i in range(4)),
            codec="rawvideo",
            pixel_format="rgb24",
        )
        for first in (NAMED, OTHER)
    )
    assert first_number(named) == NAMED
    path = tmp_path / "trap.mov"
    path.write_bytes(referring(named.read_bytes(), other))
    lured = {"enable_drefs": "1", "use_absolute_path": "1"}
    with av.open(f"file:{path}", container_options=lured) as container:
        image = next(container.decode(video=0)).to_ndarray(format="rgb24")
        assert read_number(image) == OTHER, "the trap works"
    assert not lured.keys() & OPTIONS.keys()
    with pytest.raises(VideoError, match="or refers to another file"):
        probe(path)


def test_pyav_enforces_the_whitelists(port: Port, films: tuple[bytes, bytes]) -> None:
    """Both options reach FFmpeg: excluded formats are rejected before anything is opened."""
    Path("film.mp4").write_bytes(films[0])
    with av.open("file:film.mp4", container_options=dict(OPTIONS)) as container:
        assert container.format.name.startswith("mov,")
    without = OPTIONS | {"format_whitelist": "matroska"}
    with pytest.raises(av.error.FFmpegError):
        av.open("file:film.mp4", container_options=without)
    for address in ("http://127.0.0.1:{}/a.mp4", "tcp://127.0.0.1:{}", "concat:film.mp4"):
        with pytest.raises(av.error.FFmpegError):
            av.open(address.format(port.number), container_options=dict(OPTIONS))
    assert not port.called


def test_formats_exist_in_ffmpeg_and_exclude_those_that_open_others() -> None:
    allowed = set(FORMATS.split(","))
    supported = {part for name in av.formats_available for part in name.split(",")}
    assert len(allowed - supported) <= 3, "old builds lack a few"
    elsewhere = {
        "hls", "dash", "concat", "imf", "webm_dash_manifest", "image2", "image2pipe", "sdp", "rtsp",
        "rtp", "sap", "lavfi", "vobsub", "avisynth", "vapoursynth", "tee", "dvdvideo", "applehttp",
        "bluray", "v4l2", "video4linux2", "x11grab", "kmsgrab", "fbdev", "avfoundation", "gdigrab",
        "dshow", "mlv", "svg_pipe", "rawvideo", "data", "bin", "ffmetadata",
    }  # fmt: skip
    assert allowed.isdisjoint(elsewhere)


@pytest.mark.parametrize(
    ("ending", "codec"),
    [
        ("mp4", "libx264"), ("mov", "prores"), ("mkv", "libx264"), ("webm", "libvpx"),
        ("avi", "mpeg4"), ("ts", "libx264"), ("m2ts", "libx264"), ("mpg", "mpeg2video"),
        ("vob", "mpeg2video"), ("mxf", "mpeg2video"), ("wmv", "msmpeg4"), ("flv", "flv"),
        ("ogv", "libtheora"), ("nut", "libx264"), ("rm", "rv10"), ("3gp", "mpeg4"),
        ("y4m", "rawvideo"), ("ivf", "libvpx"), ("h264", "libx264"), ("hevc", "libx265"),
        ("obu", "libsvtav1"), ("m4v", "mpeg4"), ("mjpeg", "mjpeg"), ("gif", "gif"),
        ("apng", "apng"), ("dnxhd", "dnxhd"), ("gxf", "mpeg2video"), ("wtv", "mpeg2video"),
        ("webp", "libwebp_anim"),
    ],
)  # fmt: skip
def test_the_containers_of_film_editors_are_opened(tmp_path: Path, ending: str, codec: str) -> None:
    """Each as FFmpeg writes it, and without its extension, recognised by content."""
    path = tmp_path / f"film.{ending}"
    if ending == "webp" and "webp_anim" not in av.formats_available:
        pytest.skip("this FFmpeg reads none")
    try:
        _write(path, codec)
    except (ValueError, OSError, av.error.FFmpegError) as error:
        pytest.skip(f"this FFmpeg writes none ({error})")
    for one in (path, path.rename(tmp_path / "film")):
        if one.exists():
            with open_video(one) as container:
                assert len(container.streams.video) == 1
    assert probe(tmp_path / "film").width_px


def _write(path: Path, codec: str) -> None:
    sizes = {"dnxhd": (1920, 1080), "gxf": (720, 576)}
    width_px, height_px = sizes.get(path.suffix[1:], (WIDTH_PX, HEIGHT_PX))
    pixels = {"prores": "yuv422p10le", "gif": "rgb8", "apng": "rgb24", "mjpeg": "yuvj420p",
              "dnxhd": "yuv422p"}  # fmt: skip
    options = {"b": "120M"} if codec == "dnxhd" else None
    write_video(
        path,
        (picture(i, 0, width_px, height_px) for i in range(6)),
        rate=Fraction(25),
        codec=codec,
        pixel_format=pixels.get(codec, "yuv420p"),
        options=options,
    )


def test_videos_are_opened_in_one_place() -> None:
    root = Path(clusterer.__file__).parent
    opens = re.compile(r"\bav\.open\(|VideoCapture|\bimread\b|VideoFileClip|ffmpeg\b.*subprocess")
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if opens.search(path.read_text("utf-8"))
    }
    assert found == {"media/opening.py"}
