"""Render the page from a result and its payload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from clusterer.core.tables import in_words
from clusterer.core.text import printable
from clusterer.core.timecode import spoken
from clusterer.core.types import ClusteringResult, Identity, VideoInfo
from clusterer.outputs import pages
from clusterer.outputs.report.axis import Axis, short
from clusterer.outputs.report.wording import Setting, flatten, licence
from clusterer.store.names import APPEARANCES_CSV, FACES_CSV, PEOPLE_CSV, RESULT
from clusterer.store.result_json import config_dict

SOURCES: Mapping[str, Mapping[str, str]] = {
    "disk": {"media-src": "blob:"},
    "live": {"img-src": "'self'", "media-src": "'self' blob:", "connect-src": "'self'"},
}
"""Mode → what the page may load: a video that the user opens, or anything from its server."""
FILES = (PEOPLE_CSV, APPEARANCES_CSV, FACES_CSV, RESULT)
"""Tables beside a page on disk, which it links."""


@dataclass(frozen=True, slots=True)
class Model:
    """A network that was used."""

    name: str
    licence: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PageView:
    """What the page says of a result beside its data.

    Attributes
    ----------
    mode : ``disk`` or ``live``
    title : name of the video's file
    facts : length, size, frame rate and start of the video
    warnings : of the analysis
    people : name, screen time as text, number of appearances, how sure it is, timecode of the first
        frame: what is seen where no script runs
    settings
    models
    project : name of the project whose page is two folders above; empty = none
    """

    mode: str
    title: str
    facts: tuple[str, ...]
    warnings: tuple[str, ...]
    people: tuple[tuple[str, str, int, str, str], ...]
    settings: tuple[Setting, ...]
    models: tuple[Model, ...]
    project: str = ""


def render_page(
    result: ClusteringResult,
    data: Mapping[str, Any],
    kept: Mapping[str, Mapping[str, Any]] | None = None,
    project: str = "",
) -> str:
    """Fill the template of the page, whose script and style are built from ``web``.

    Parameters
    ----------
    result
    data
        The payload; its ``mode`` decides what the page may load.
    kept
        Pictures, which follow the script, so that the page is shown before they are read; None =
        a server sends them.
    project
        As of `PageView`.

    Returns
    -------
    A complete HTML document that can be written as UTF-8. Its data also contain `about`, what the
    page says of the result.
    """
    page = replace(_view(result, data["mode"]), project=project)
    return pages.fill(
        "workspace.html",
        ("workspace.css",),
        ("workspace.js",),
        sources=SOURCES[data["mode"]],
        page=page,
        data=pages.embed({**data, "about": about(page)}),
        kept=None if kept is None else pages.embed(kept),
    )


def about(page: PageView) -> dict[str, Any]:
    """What the page says of a film and its analysis, JSON-ready."""
    return {
        "facts": list(page.facts),
        "warnings": list(page.warnings),
        "settings": [[setting.name, setting.value] for setting in page.settings],
        "models": [[model.name, model.licence, model.sha256] for model in page.models],
        "project": page.project,
        "files": list(FILES) if page.mode == "disk" else [],
    }


def file_name(path: str) -> str:
    """Last part of a path of any operating system."""
    return printable(path).replace("\\", "/").rstrip("/").rpartition("/")[2] or "Video"


def _view(result: ClusteringResult, mode: str) -> PageView:
    analysis, axis = result.analysis, Axis.of(result.analysis)
    return PageView(
        mode=mode,
        title=file_name(analysis.video.path),
        facts=_facts(analysis.video),
        warnings=analysis.warnings,
        people=tuple(_person(result, who, axis) for who in result.people if not who.hidden),
        settings=tuple(flatten(config_dict(result))),
        models=tuple(
            Model(name, licence(name, _own_licence(result)), sha256)
            for name, sha256 in sorted(analysis.models.items())
        ),
    )


def _own_licence(result: ClusteringResult) -> str:
    """Of an encoder of the user's own; empty where none is stated."""
    return result.config.analysis.encoding.licence


def _person(
    result: ClusteringResult, person: Identity, axis: Axis
) -> tuple[str, str, int, str, str]:
    word, _ = in_words(result, person.track_ids)
    return (
        person.name,
        spoken(person.screen_time_s),
        len(person.appearances),
        word or f"{person.confidence:.0%}",
        axis.timecode(person.appearances[0].start_pts),
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
