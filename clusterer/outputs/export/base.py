"""What a format is, and the registry of formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from clusterer.models.registry import Entry, Registry
from clusterer.outputs.export.timeline import Timeline

_APART = set("/\\\0")
"""Characters that no name of a file may contain."""


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


@dataclass(frozen=True, slots=True)
class FormatEntry(Entry):
    """One format.

    Attributes
    ----------
    ending : of the names of its files, as ``.edl``; empty if unknown
    """

    ending: str = ""


FORMATS = Registry(
    "format",
    "cluster_video.formats",
    FormatEntry,
    {
        "avid": FormatEntry(
            "clusterer.outputs.export.avid:Avid",
            ending=".txt",
            summary="Avid Media Composer: markers as text",
        ),
        "chapters": FormatEntry(
            "clusterer.outputs.export.chapters:Chapters",
            ending=".txt",
            summary="players: chapters by FFmpeg",
        ),
        "csv": FormatEntry(
            "clusterer.outputs.export.csv:Csv",
            ending=".csv",
            summary="spreadsheets: appearances and people",
        ),
        "edl": FormatEntry(
            "clusterer.outputs.export.edl:Edl",
            ending=".edl",
            summary="most programs: cut lists, CMX 3600",
        ),
        "fcpxml": FormatEntry(
            "clusterer.outputs.export.fcpxml:Fcpxml",
            ending=".fcpxml",
            summary="Final Cut Pro: markers and keywords",
        ),
        "iiif": FormatEntry(
            "clusterer.outputs.export.iiif:Iiif",
            ending=".json",
            summary="archives: W3C annotations, and a manifest for viewers",
        ),
        "json": FormatEntry(
            "clusterer.outputs.export.json:Json",
            ending=".json",
            summary="programs: one documented object",
        ),
        "kodi": FormatEntry(
            "clusterer.outputs.export.kodi:Kodi",
            ending=".nfo",
            summary="Kodi, Jellyfin: the cast, and who is on screen when",
        ),
        "otio": FormatEntry(
            "clusterer.outputs.export.otio:Otio",
            ending=".otio",
            summary="any program with OpenTimelineIO",
            library="opentimelineio",
        ),
        "parquet": FormatEntry(
            "clusterer.outputs.export.parquet:Parquet",
            ending=".parquet",
            summary="data frames: appearances",
            extra="parquet",
            library="pyarrow",
        ),
        "premiere-csv": FormatEntry(
            "clusterer.outputs.export.premiere_csv:PremiereCsv",
            ending=".csv",
            summary="the layout of Premiere's marker list",
        ),
        "premiere-xml": FormatEntry(
            "clusterer.outputs.export.premiere_xml:PremiereXml",
            ending=".xml",
            summary="Premiere Pro: a sequence with markers",
        ),
        "resolve-edl": FormatEntry(
            "clusterer.outputs.export.resolve_edl:ResolveEdl",
            ending=".edl",
            summary="DaVinci Resolve: timeline markers",
        ),
        "srt": FormatEntry(
            "clusterer.outputs.export.srt:Srt",
            ending=".srt",
            summary="players: subtitles with the names",
        ),
        "vtt": FormatEntry(
            "clusterer.outputs.export.vtt:Vtt",
            ending=".vtt",
            summary="web pages: captions with the names",
        ),
        "xlsx": FormatEntry(
            "clusterer.outputs.export.xlsx:Xlsx",
            ending=".xlsx",
            summary="Excel: appearances and people",
        ),
        "xmp": FormatEntry(
            "clusterer.outputs.export.xmp:Xmp",
            ending=".xmp",
            summary="archives: a sidecar of the film, XMP",
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
        It needs a library that is not installed, or is a plug-in that cannot be loaded.
    """
    exporter: Exporter = FORMATS.create(name)
    return _PlugIn(name, exporter) if FORMATS.has_plug_in(name) else exporter


class _PlugIn:
    """A format of another package; errors name it, and what it returns is checked."""

    def __init__(self, name: str, exporter: Any) -> None:
        self._name, self._exporter = name, exporter

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """As `Exporter.files`; PlugInError where it fails or breaks that contract."""
        with FORMATS.running(self._name):
            files = dict(self._exporter.files(timeline))
        for name, content in files.items():
            if not isinstance(name, str) or not name.startswith(timeline.stem) or {*name} & _APART:
                raise FORMATS.failure(
                    self._name, f"names a file {name!r}; names begin with {timeline.stem!r}"
                )
            if not isinstance(content, bytes):
                raise FORMATS.failure(self._name, f"returned {type(content).__name__} as content")
        return files
