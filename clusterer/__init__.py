"""Group every face of a video into people, offline: who appears, and when.

There are two phases. `analyse` finds, tracks and encodes the faces; it is slow, and its result is
stored. `decide` groups them into people; it takes about a second and does not open the video.
`process` does both and writes the result folder, which `load` reads. `Editor` makes corrections and
`amend` applies them; `export` writes the formats of other programs, `reel` renders parts of the
film, and `anonymise` the film with faces made unrecognisable.

>>> import clusterer
>>> result = clusterer.process("episode.mp4").result  # doctest: +SKIP
>>> [(person.name, person.screen_time_s) for person in result]  # doctest: +SKIP
>>> result.tables.appearances.to_pandas()  # doctest: +SKIP
"""

from __future__ import annotations

import os
from importlib import import_module

from clusterer._version import __version__

# ONNX Runtime 1.29 and later reports to Microsoft unless this is set before its first import. A
# user's own 0 is overruled: nothing is sent, whatever other programs were told.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

TYPE_CHECKING = False  # typing's own would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

    from clusterer.core.config import (
        AnalysisConfig,
        ChipConfig,
        ClothingConfig,
        ClusteringConfig,
        Config,
        DetectionConfig,
        EncodingConfig,
        EvidenceConfig,
        LinkConfig,
        ShotConfig,
        TrackingConfig,
        VideoConfig,
    )
    from clusterer.core.errors import ClustererError
    from clusterer.core.hook import Hook
    from clusterer.core.tables import Table, Tables, read_table
    from clusterer.core.types import (
        Action,
        Analysis,
        Appearance,
        Calibration,
        ChipQuality,
        ClothingDecision,
        ClusteringResult,
        Detections,
        Edit,
        Faces,
        Identity,
        Move,
        Reason,
        Shot,
        Track,
        TrackFeatures,
        Verdict,
        VideoInfo,
    )
    from clusterer.edits.log import EditLog
    from clusterer.gallery.cast_list.in_project import ProjectNaming, name_project_by_list
    from clusterer.gallery.cast_list.naming import ListedName, ListNaming, name_by_list
    from clusterer.gallery.cast_list.read import read_cast_list
    from clusterer.gallery.cast_list.table import read_dates
    from clusterer.gallery.cast_list.types import CastEntry, CastList
    from clusterer.gallery.find import FaceHits, find, find_track
    from clusterer.outputs.anonymise.choice import AnonymiseChoice
    from clusterer.outputs.anonymise.paths import Check, Doubt
    from clusterer.outputs.anonymise.write import Anonymised, anonymise
    from clusterer.outputs.export.choose import Choice
    from clusterer.outputs.export.write import export
    from clusterer.outputs.reel import ReelChoice, reel
    from clusterer.outputs.stills.choose import StillsChoice
    from clusterer.outputs.stills.sheet import SheetLayout, sheet
    from clusterer.outputs.stills.write import stills
    from clusterer.people.amend import amend
    from clusterer.people.decide import decide
    from clusterer.people.editor import Editor
    from clusterer.pipeline.added import MissedFace
    from clusterer.pipeline.analyse import analyse
    from clusterer.pipeline.missed import add_face, find_face
    from clusterer.pipeline.process import Outcome, process
    from clusterer.project.cluster import Cluster
    from clusterer.project.find import FoundFilms, find_films
    from clusterer.project.project import Project
    from clusterer.project.run import process_all
    from clusterer.project.run_outcome import FilmOutcome, RunHook, RunOutcome, RunStatus
    from clusterer.project.search import Hit, Hits, Sighting
    from clusterer.project.tables import ProjectTables
    from clusterer.project.types import (
        Anchor,
        CastAction,
        CastDoubt,
        CastEdit,
        CastImpure,
        FilmState,
        Member,
        Person,
        ProjectFilm,
        Scope,
    )
    from clusterer.project.watcher import Watcher, watch
    from clusterer.removal.purge import purge
    from clusterer.removal.types import Purged, PurgedFolder, PurgedKind
    from clusterer.store.folder import ResultFolder, load
    from clusterer.store.scratch import Scratch

__all__ = [
    "Action",
    "Analysis",
    "AnalysisConfig",
    "Anchor",
    "AnonymiseChoice",
    "Anonymised",
    "Appearance",
    "Calibration",
    "CastAction",
    "CastDoubt",
    "CastEdit",
    "CastEntry",
    "CastImpure",
    "CastList",
    "Check",
    "ChipConfig",
    "ChipQuality",
    "Choice",
    "ClothingConfig",
    "ClothingDecision",
    "Cluster",
    "ClustererError",
    "ClusteringConfig",
    "ClusteringResult",
    "Config",
    "DetectionConfig",
    "Detections",
    "Doubt",
    "Edit",
    "EditLog",
    "Editor",
    "EncodingConfig",
    "EvidenceConfig",
    "FaceHits",
    "Faces",
    "FilmOutcome",
    "FilmState",
    "FoundFilms",
    "Hit",
    "Hits",
    "Hook",
    "Identity",
    "LinkConfig",
    "ListNaming",
    "ListedName",
    "Member",
    "MissedFace",
    "Move",
    "Outcome",
    "Person",
    "Project",
    "ProjectFilm",
    "ProjectNaming",
    "ProjectTables",
    "Purged",
    "PurgedFolder",
    "PurgedKind",
    "Reason",
    "ReelChoice",
    "ResultFolder",
    "RunHook",
    "RunOutcome",
    "RunStatus",
    "Scope",
    "Scratch",
    "SheetLayout",
    "Shot",
    "ShotConfig",
    "Sighting",
    "StillsChoice",
    "Table",
    "Tables",
    "Track",
    "TrackFeatures",
    "TrackingConfig",
    "Verdict",
    "VideoConfig",
    "VideoInfo",
    "Watcher",
    "__version__",
    "add_face",
    "amend",
    "analyse",
    "anonymise",
    "decide",
    "export",
    "find",
    "find_face",
    "find_films",
    "find_track",
    "load",
    "name_by_list",
    "name_project_by_list",
    "process",
    "process_all",
    "purge",
    "read_cast_list",
    "read_dates",
    "read_table",
    "reel",
    "sheet",
    "stills",
    "watch",
]

_NAMES = {
    "core.config": "AnalysisConfig ChipConfig ClothingConfig ClusteringConfig Config"
    " DetectionConfig EncodingConfig EvidenceConfig LinkConfig ShotConfig TrackingConfig"
    " VideoConfig",
    "core.errors": "ClustererError",
    "core.hook": "Hook",
    "core.tables": "Table Tables read_table",
    "core.types": "Action Analysis Appearance Calibration ChipQuality ClothingDecision"
    " ClusteringResult Detections Edit Faces Identity Move Reason Shot Track TrackFeatures Verdict"
    " VideoInfo",
    "edits.log": "EditLog",
    "gallery.find": "FaceHits find find_track",
    "gallery.cast_list.in_project": "ProjectNaming name_project_by_list",
    "gallery.cast_list.naming": "ListNaming ListedName name_by_list",
    "gallery.cast_list.read": "read_cast_list",
    "gallery.cast_list.table": "read_dates",
    "gallery.cast_list.types": "CastEntry CastList",
    "store.scratch": "Scratch",
    "outputs.anonymise.choice": "AnonymiseChoice",
    "outputs.anonymise.paths": "Check Doubt",
    "outputs.anonymise.write": "Anonymised anonymise",
    "outputs.export.choose": "Choice",
    "outputs.export.write": "export",
    "outputs.reel": "ReelChoice reel",
    "outputs.stills.choose": "StillsChoice",
    "outputs.stills.sheet": "SheetLayout sheet",
    "outputs.stills.write": "stills",
    "people.amend": "amend",
    "people.decide": "decide",
    "people.editor": "Editor",
    "pipeline.added": "MissedFace",
    "pipeline.analyse": "analyse",
    "pipeline.missed": "add_face find_face",
    "pipeline.process": "Outcome process",
    "project.cluster": "Cluster",
    "project.find": "FoundFilms find_films",
    "project.project": "Project",
    "project.run": "process_all",
    "project.run_outcome": "FilmOutcome RunHook RunOutcome RunStatus",
    "project.search": "Hit Hits Sighting",
    "project.tables": "ProjectTables",
    "project.types": "Anchor CastAction CastDoubt CastEdit CastImpure FilmState Member Person"
    " ProjectFilm Scope",
    "removal.purge": "purge",
    "removal.types": "Purged PurgedFolder PurgedKind",
    "project.watcher": "Watcher watch",
    "store.folder": "ResultFolder load",
}
"""Module → the public names that it holds."""
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}


if not TYPE_CHECKING:  # else type checkers would take any misspelt name

    def __getattr__(name: str) -> Any:
        """Import what is asked for only then, so that ``import clusterer`` costs nothing."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """The public names, and what every module has."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
