"""The files that are opened as videos: those that contain their pictures themselves."""

from __future__ import annotations

import re
from pathlib import PurePath

_CONTAINERS = (
    "asf", "avi", "dhav", "dv", "dxa", "flv", "gxf", "ifv", "iv8", "ivf", "ivr", "kux",
    "live_flv", "lxf", "matroska", "mgsts", "mods", "moflex", "mov", "mpeg", "mpegts",
    "mpjpeg", "mtv", "mvi", "mxf", "mxg", "nsv", "nut", "nuv", "ogg", "pmp", "pva", "r3d", "rm",
    "rpl", "smjpeg", "ty", "usm", "vividas", "vivo", "wtv", "xmv",
)  # fmt: skip
_STREAMS = (
    "apv", "av1", "avs2", "avs3", "cavsvideo", "dirac", "dnxhd", "evc", "h261", "h263", "h264",
    "hevc", "ingenient", "ipu", "m4v", "mjpeg", "mjpeg_2000", "mpegvideo", "obu", "vc1", "vc1test",
    "vvc", "yuv4mpegpipe",
)  # fmt: skip
_ANIMATIONS = (
    "apng", "bfi", "bink", "bmv", "c93", "cdxl", "cine", "dsicin", "ea", "ea_cdata", "film_cpk",
    "filmstrip", "flic", "gdv", "gif", "hnm", "idcin", "iff", "ipmovie", "jpegxl_anim", "jv",
    "lmlm4", "lvf", "mm", "mv", "paf", "psxstr", "roq", "sdr2", "ser", "sga", "siff", "smk",
    "swf", "thp", "tiertexseq", "tmv", "vmd", "wc3movie", "webp_anim", "wsvqa", "yop", "4xm",
)  # fmt: skip
_SOUND = ("aac", "ac3", "aiff", "flac", "mp3", "wav")
"""Opened only so that the message can say that they have no picture."""

FORMATS = ",".join((*_CONTAINERS, *_STREAMS, *_ANIMATIONS, *_SOUND))
"""FFmpeg's names of the allowed formats, comma-separated.

All formats that contain moving pictures in one file. Excluded: those that open other files or the
network (hls, dash, concat, imf, webm_dash_manifest, image2, vobsub, mlv, sdp, rtsp, rtp, sap,
scripts), generate or record (lavfi, devices), single pictures, subtitles, and raw samples, whose
dimensions are not stated."""

OPTIONS = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
"""For FFmpeg: only files, and only in these formats."""

FILM_ENDINGS = frozenset(
    {
        "3g2", "3gp", "amv", "asf", "av1", "avi", "avs2", "cavs", "dav", "dif", "divx", "dv",
        "evo", "f4v", "flv", "gxf", "h261", "h263", "h264", "264", "h265", "hevc", "265", "h266",
        "vvc", "266", "ismv", "ivf", "ivr", "kux", "lxf", "m1v", "m2p", "m2t", "m2ts", "m2v",
        "m4v", "mjpeg", "mjpg", "mk3d", "mkv", "mod", "moflex", "mov", "mp4", "mpe", "mpeg",
        "mpg", "mpv", "mts", "mxf", "nsv", "nut", "nuv", "obu", "ogm", "ogv", "pva", "qt", "r3d",
        "rec", "rm", "rmvb", "rpl", "tod", "tp", "trp", "ts", "ty", "vc1", "vdr", "vob", "vro",
        "webm", "wmv", "wtv", "xmv", "y4m",
    }
)  # fmt: skip
"""Endings of files in these formats that are films, in lower case: where files are chosen by name.
Without animations and sound."""
AMBIGUOUS_ENDINGS = frozenset({"dif", "mod", "mts", "rec", "rm", "tod", "ts", "ty", "vdr"})
"""Those of them that other files have, too, such as TypeScript: the content decides."""
SNIFFED_BYTES = 4096
"""Bytes in which `is_film_head` recognises a film."""
_HEADS = re.compile(
    rb".{4}(?:ftyp(?!M4[AB] |avi[fs]|mif1|msf1|hei[cxms])|moov|mdat|wide|free|skip)|\x1aE\xdf\xa3"
    rb"|RIFF.{4}AVI |\x30\x26\xb2\x75\x8e\x66\xcf\x11|FLV\x01"
    rb"|\0\0\x01[\xba\xb3]|\0\0\0?\x01[\x09\x67]|\x06\x0e\x2b\x34\x02\x05\x01\x01|\.RMF|YUV4MPEG2|DKIF|\x1f\x07\0[\x3f\xbf]",
    re.DOTALL,
)
_PACKETS = (188, 192, 204)
"""Bytes from one packet of MPEG-TS to the next: plain, with time codes (M2TS), with parity."""

HEAD_BYTES = 65_536
"""Bytes examined to recognise a playlist."""

_ENDINGS = (
    "asx", "avs", "b4s", "bdmv", "concat", "cue", "desktop", "dpl", "edl", "f4m", "fcpxml",
    "ffconcat", "ifo", "ism", "kdenlive", "m3u", "m3u8", "mlt", "mpcpl", "mpd", "mpls", "otio",
    "pls", "prproj", "ram", "sdp", "smi", "smil", "strm", "torrent", "url", "vpy", "wax", "webloc",
    "wpl", "wvx", "xspf", "zpl",
)  # fmt: skip
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")

_XML = rb"(?:<\?(?:xml|wpl|zpl)\b[^>]*+>|<!--(?:(?!-->).)*+-->|<!DOCTYPE[^>]*+>|\s++)*+<(?:\w+:)?"
_REMARKS = rb"(?:#[^\r\n\x00]*+\s++)*+"
_DIRECTIVES = (
    rb"(?:(?:#|(?:duration|inpoint|outpoint|stream|exact_stream_id|stream_\w++|chapter|option"
    rb"|file_packet_\w++)\b)[^\r\n\x00]*+\s++)*+"
)
# Possessive quantifiers (``*+``): with backtracking, a crafted file could stall this for hours.
_PLAYLISTS = tuple(
    (re.compile(rb"(?:\xef\xbb\xbf)*+\s*+" + pattern, re.DOTALL | re.IGNORECASE), name)
    for pattern, name in (
        (rb"#EXT(?:M3U|INF|-X-)", "M3U or HLS"),
        (_DIRECTIVES + rb"(?:ffconcat\b|file\s+['\"]?[^\s\x00])", "FFmpeg's concat"),
        (_XML + rb"MPD\b", "DASH"),
        (_XML + rb"SmoothStreamingMedia\b", "Smooth Streaming"),
        (_XML + rb"(?:CompositionPlaylist|PackingList|AssetMap)\b", "IMF"),
        (_XML + rb"playlist\b", "XSPF"),
        (_XML + rb"(?:smil|asx)\b", "SMIL or ASX"),
        (_XML + rb"(?:fcpxml|xmeml)\b", "a timeline of an editing program"),
        (rb"(?:<\?xml[^>]*+>\s*+)?<\?quicktime\b|(?:RTSP|SMIL)text", "QuickTime"),
        (rb"\[(?:playlist|Reference|InternetShortcut)\]", "a list of references"),
        (rb"v=0\r?\n[a-z]=", "SDP"),
        (rb"DVDVIDEO-V[MT][GS]|MPLS\d|INDX\d", "of a disc"),
        (_REMARKS + rb"[a-z][a-z0-9+.-]*+://[^\s\x00]", "a list"),
        (
            _REMARKS + rb"[^\x00-\x1f]+\.(?:mp4|m4v|mov|mkv|webm|avi|ts|m2ts|mts|mpe?g|"
            rb"vob|wmv|asf|flv|mxf|ogv|rm|3gp|m3u8?|mp3|m4a|aac|wav|flac)[ \t]*(?:[\r\n]|$)",
            "a list",
        ),
    )
)

_PICTURES = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), name)
    for pattern, name in (
        (rb"RIFF.{4}WEBP", "WebP"),
        (rb"\x89PNG(?!.*acTL)", "PNG"),
        (rb"[\x8a\x8b][MJ]NG\r\n", "MNG or JNG"),
        (rb"\xff\xd8\xff", "JPEG"),
        (rb"BM.{4}\0{4}", "BMP"),
        (rb"II[*+]\0|MM\0[*+]", "TIFF, or of a camera"),
        (rb"\xff\x0a|\0\0\0\x0cJXL ", "JPEG XL"),
        (rb"\0\0\0\x0cjP  ", "JPEG 2000"),
        (rb".{4}ftyp(?:avi[fs]|mif[12]|msf1|hei[cxms]|hev[cmsx])", "HEIF or AVIF"),
        (rb"8BP[SB]", "Photoshop"),
        (rb"\x76\x2f\x31\x01", "OpenEXR"),
        (_XML + rb"svg\b", "SVG"),
    )
)
"""Of pictures that are not opened as videos; GIF and APNG are."""


def playlist(head: bytes) -> str:
    """Recognise a playlist by its content.

    Parameters
    ----------
    head
        The first `HEAD_BYTES` of the file.

    Returns
    -------
    name of the kind; empty if it is not a playlist
    """
    text = head
    if head.startswith(_UTF_16) or head[:2].count(b"\0") == 1:  # two or four bytes per character
        text = head.removeprefix(b"\0\0").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
        text = text.replace(b"\0", b"")
    return next((name for pattern, name in _PLAYLISTS if pattern.match(text)), "")


def kind_of_picture(head: bytes) -> str:
    """Recognise a picture by its content; use only if the file is not a video.

    Parameters
    ----------
    head
        The first `HEAD_BYTES` of the file.

    Returns
    -------
    what it is, as part of a sentence; empty if it is not a picture
    """
    if animated_webp(head):
        return "it is an animated WebP, which FFmpeg does not decode"
    kind = next((name for pattern, name in _PICTURES if pattern.match(head)), "")
    return f"it is a picture: {kind}" if kind else ""


def animated_webp(head: bytes) -> bool:
    """Whether a file is a WebP with more than one picture (bit 1 of the flags in ``VP8X``)."""
    is_extended = head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X" and len(head) > 20
    return is_extended and bool(head[20] & 2)


def is_film_head(head: bytes) -> bool:
    """Recognise the common films by content, where a name says nothing.

    Parameters
    ----------
    head
        The first `SNIFFED_BYTES` of the file.
    """
    if _HEADS.match(head):
        return True
    return any(
        len(head) > start + 3 * step and all(head[start + i * step] == 0x47 for i in range(4))
        for step in _PACKETS
        for start in (0, step - 188 if step == 192 else 0)
    )


def is_called_playlist(name: str) -> bool:
    """Whether a file name has the extension of a playlist, timeline or script.

    Use only if the file is not a video: a video may have any name.
    """
    return PurePath(name).suffix.lower().removeprefix(".") in _ENDINGS


def forced(head: bytes) -> str | None:
    """FFmpeg's name of a format that it would otherwise guess from the file name.

    FFmpeg treats a picture's name with ``%03d``, ``*``, ``?`` or ``{`` as a pattern of many files;
    so animations, which share their extensions with pictures, are recognised by content.

    Returns
    -------
    None if FFmpeg decides by content anyway
    """
    if head.startswith(b"GIF8"):
        return "gif"
    return "apng" if head.startswith(b"\x89PNG") and b"acTL" in head else None
