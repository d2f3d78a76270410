"""What a format is, and the registry of formats."""

from __future__ import annotations

from typing import Protocol

from clusterer.models.registry import Entry, Registry
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
            The format cannot express the timeline, such as its rate.
        """
        ...


FORMATS = Registry(
    "format",
    "cluster_video.formats",
    Entry,
    {
        "avid": Entry(
            "clusterer.outputs.export.avid:Avid", summary="Avid Media Composer: markers as text"
        ),
        "chapters": Entry(
            "clusterer.outputs.export.chapters:Chapters", summary="players: chapters by FFmpeg"
        ),
        "csv": Entry(
            "clusterer.outputs.export.csv:Csv", summary="spreadsheets: appearances and people"
        ),
        "edl": Entry(
            "clusterer.outputs.export.edl:Edl", summary="most programs: cut lists, CMX 3600"
        ),
        "fcpxml": Entry(
            "clusterer.outputs.export.fcpxml:Fcpxml", summary="Final Cut Pro: markers and keywords"
        ),
        "json": Entry(
            "clusterer.outputs.export.json:Json", summary="programs: one documented object"
        ),
        "otio": Entry(
            "clusterer.outputs.export.otio:Otio",
            summary="any program with OpenTimelineIO",
            library="opentimelineio",
        ),
        "parquet": Entry(
            "clusterer.outputs.export.parquet:Parquet",
            summary="data frames: appearances",
            extra="parquet",
            library="pyarrow",
        ),
        "premiere-csv": Entry(
            "clusterer.outputs.export.premiere_csv:PremiereCsv",
            summary="the layout of Premiere's marker list",
        ),
        "premiere-xml": Entry(
            "clusterer.outputs.export.premiere_xml:PremiereXml",
            summary="Premiere Pro: a sequence with markers",
        ),
        "resolve-edl": Entry(
            "clusterer.outputs.export.resolve_edl:ResolveEdl",
            summary="DaVinci Resolve: timeline markers",
        ),
        "srt": Entry(
            "clusterer.outputs.export.srt:Srt", summary="players: subtitles with the names"
        ),
        "vtt": Entry(
            "clusterer.outputs.export.vtt:Vtt", summary="web pages: captions with the names"
        ),
        "xlsx": Entry(
            "clusterer.outputs.export.xlsx:Xlsx", summary="Excel: appearances and people"
        ),
    },
)
"""Each class is called without arguments."""

names = FORMATS.names


def create(name: str) -> Exporter:
    """Make the exporter of a format.

    Raises
    ------
    ConfigError
        There is no format of that name.
    DependencyError
        It needs a library that is not installed, or is a plug-in that fails.
    """
    exporter: Exporter = FORMATS.create(name)
    return exporter
