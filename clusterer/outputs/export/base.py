"""What a format is, and the registry of those there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from clusterer.core.errors import ConfigError, DependencyError
from clusterer.outputs.export.timeline import Timeline


class Exporter(Protocol):
    """One format. The same timeline gives the same bytes."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline.

        Parameters
        ----------
        timeline
            May have no part.

        Returns
        -------
        Content by file name; names begin with `Timeline.stem`.

        Raises
        ------
        ConfigError
            The format cannot say this, such as a rate that it does not know.
        """
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """An entry of the registry.

    Attributes
    ----------
    home : ``module:class``; imported when it is asked for
    use : what it is for, in a few words
    extra : of this package, which installs what it needs; empty = everybody has it
    """

    home: str
    use: str
    extra: str = ""


FORMATS: Mapping[str, Format] = {
    "avid": Format("clusterer.outputs.export.avid:Avid", "Avid Media Composer: markers as text"),
    "chapters": Format("clusterer.outputs.export.chapters:Chapters", "players: chapters by FFmpeg"),
    "csv": Format("clusterer.outputs.export.csv:Csv", "spreadsheets: appearances and people"),
    "edl": Format("clusterer.outputs.export.edl:Edl", "most programs: cut lists, CMX 3600"),
    "fcpxml": Format(
        "clusterer.outputs.export.fcpxml:Fcpxml", "Final Cut Pro: markers and keywords"
    ),
    "json": Format("clusterer.outputs.export.json:Json", "programs: one documented object"),
    "otio": Format("clusterer.outputs.export.otio:Otio", "any program with OpenTimelineIO"),
    "parquet": Format(
        "clusterer.outputs.export.parquet:Parquet", "data frames: appearances", "parquet"
    ),
    "premiere-csv": Format(
        "clusterer.outputs.export.premiere_csv:PremiereCsv", "the layout of Premiere's marker list"
    ),
    "premiere-xml": Format(
        "clusterer.outputs.export.premiere_xml:PremiereXml", "Premiere Pro: a sequence with markers"
    ),
    "resolve-edl": Format(
        "clusterer.outputs.export.resolve_edl:ResolveEdl", "DaVinci Resolve: timeline markers"
    ),
    "srt": Format("clusterer.outputs.export.srt:Srt", "players: subtitles with the names"),
    "vtt": Format("clusterer.outputs.export.vtt:Vtt", "web pages: captions with the names"),
    "xlsx": Format("clusterer.outputs.export.xlsx:Xlsx", "Excel: appearances and people"),
}
"""By name, sorted."""


def names() -> tuple[str, ...]:
    """Names of all formats, sorted."""
    return tuple(sorted(FORMATS))


def create(name: str) -> Exporter:
    """Make the exporter of a format.

    Raises
    ------
    ConfigError
        There is no format of that name.
    DependencyError
        It needs a library that is not installed.
    """
    if name not in FORMATS:
        raise ConfigError(f"unknown format {name!r}", f"Known: {', '.join(names())}")
    module, _, kind = FORMATS[name].home.partition(":")
    extra = FORMATS[name].extra
    try:
        exporter: type[Exporter] = getattr(import_module(module), kind)
    except ModuleNotFoundError as error:
        raise DependencyError(
            f"the format {name} needs the library {error.name}",
            f'pip install ".[{extra}]"' if extra else f"pip install {error.name}",
        ) from None
    return exporter()
