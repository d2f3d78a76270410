"""Render the page from a result and its payload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from clusterer.core.text import printable
from clusterer.core.timecode import spoken
from clusterer.core.types import ClusteringResult, Identity, Reason, VideoInfo
from clusterer.outputs import pages
from clusterer.outputs.report.axis import Axis, short
from clusterer.outputs.report.wording import Setting, flatten, licence
from clusterer.store.names import APPEARANCES_CSV, FACES_CSV, PEOPLE_CSV, RESULT
from clusterer.store.result_json import config_dict

STYLES = ("report.css", "review.css")
SCRIPTS = (
    "theme.js",
    "state.js",
    "people_of.js",
    "store.js",
    "stage.js",
    "time.js",
    "chips.js",
    "card.js",
    "people.js",
    "unknown.js",
    "dialog.js",
    "desk.js",
    "choose.js",
    "act.js",
    "drag.js",
    "ask.js",
    "viewer.js",
    "main.js",
)
"""In the order in which they are concatenated."""
SOURCES: Mapping[str, Mapping[str, str]] = {
    "disk": {"media-src": "blob:"},
    "live": {"img-src": "'self'", "media-src": "'self'", "connect-src": "'self'"},
}
"""Mode → what the page may load: a video that the user opens, or anything from its server."""
FILES = (
    (PEOPLE_CSV, "People", "one row per person"),
    (APPEARANCES_CSV, "Appearances", "one row per appearance, with in and out points"),
    (FACES_CSV, "Faces", "one row per face found"),
    (RESULT, "All data", "for other programs"),
)


@dataclass(frozen=True, slots=True)
class Header:
    """The top of the page: the video's name and facts, counts, warnings."""

    title: str
    facts: tuple[str, ...]
    counts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A network that was used."""

    name: str
    licence: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PageView:
    """What the page shows even without JavaScript.

    Attributes
    ----------
    mode : ``disk`` or ``live``
    people : name, screen time as text, number of appearances, confidence in percent, timecode of
        the first frame
    files : file name, title, description
    project : name of the project whose page is two folders above; empty = none
    """

    mode: str
    header: Header
    people: tuple[tuple[str, str, int, int, str], ...]
    settings: tuple[Setting, ...]
    models: tuple[Model, ...]
    files: tuple[tuple[str, str, str], ...] = FILES
    project: str = ""


def render_page(result: ClusteringResult, data: Mapping[str, Any], project: str = "") -> str:
    """Fill the template of the report.

    Parameters
    ----------
    result
    data
        The payload; its ``mode`` decides what the page may load.
    project
        As of `PageView`.

    Returns
    -------
    A complete HTML document that can be written as UTF-8.
    """
    mode = data["mode"]
    return pages.fill(
        "report.html",
        STYLES,
        SCRIPTS,
        sources=SOURCES[mode],
        page=replace(_view(result, mode), project=project),
        data=pages.embed(data),
    )


def file_name(path: str) -> str:
    """Last part of a path of any operating system."""
    return printable(path).replace("\\", "/").rstrip("/").rpartition("/")[2] or "Video"


def _view(result: ClusteringResult, mode: str) -> PageView:
    analysis, axis = result.analysis, Axis.of(result.analysis)
    return PageView(
        mode=mode,
        header=_header(result),
        people=tuple(_person(person, axis) for person in result.people if not person.hidden),
        settings=tuple(flatten(config_dict(result))),
        models=tuple(
            Model(name, licence(name, _own_licence(result)), sha256)
            for name, sha256 in sorted(analysis.models.items())
        ),
    )


def _own_licence(result: ClusteringResult) -> str:
    """Of an encoder of the user's own; empty where none is stated."""
    return result.config.analysis.encoding.licence


def _person(person: Identity, axis: Axis) -> tuple[str, str, int, int, str]:
    return (
        person.name,
        spoken(person.screen_time_s),
        len(person.appearances),
        round(100 * person.confidence),
        axis.timecode(person.appearances[0].start_pts),
    )


def _header(result: ClusteringResult) -> Header:
    analysis = result.analysis
    counts = (
        (sum(not person.hidden for person in result.people), "person", "people"),
        (sum(u.reason is not Reason.NOT_A_FACE for u in result.unknowns), "unknown", "unknown"),
        (len(analysis.detections), "face", "faces"),
        (len(analysis.shots), "shot", "shots"),
    )
    return Header(
        title=file_name(analysis.video.path),
        facts=_facts(analysis.video),
        counts=tuple((f"{n:,}", one if n == 1 else many) for n, one, many in counts),
        warnings=analysis.warnings,
    )


def _facts(video: VideoInfo) -> tuple[str, ...]:
    shown = "" if video.pixel_aspect == 1 else f", shown as {_size(*video.square_px)}"
    facts = [
        spoken(video.duration_s),
        f"{_size(video.width_px, video.height_px)}{shown}",
        f"{short(float(video.frame_rate))} fps",
    ]
    if video.start_timecode:
        facts.append(f"starts at {video.start_timecode}")
    return tuple(facts)


def _size(width_px: int, height_px: int) -> str:
    return f"{width_px} × {height_px}"  # noqa: RUF001 (the sign for sizes)
