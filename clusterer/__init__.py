"""Group every face of a video into people, offline: who appears, and when.

There are two phases. `analyse` finds, tracks and encodes the faces; it is slow, and its result is
stored. `decide` groups them into people; it takes about a second and does not open the video.
`process` does both and writes the result folder, which `load` reads. `Editor` makes corrections and
`amend` applies them; `export` writes the formats of other programs.

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
    from clusterer.gallery.who import FaceHits, who
    from clusterer.outputs.export.choose import Choice
    from clusterer.outputs.export.write import export
    from clusterer.people.amend import amend
    from clusterer.people.decide import decide
    from clusterer.people.editor import Editor
    from clusterer.pipeline.analyse import analyse
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
    from clusterer.store.folder import ResultFolder, load
    from clusterer.store.scratch import Scratch

__all__ = [
    "Action",
    "Analysis",
    "AnalysisConfig",
    "Anchor",
    "Appearance",
    "Calibration",
    "CastAction",
    "CastDoubt",
    "CastEdit",
    "CastImpure",
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
    "Member",
    "Move",
    "Outcome",
    "Person",
    "Project",
    "ProjectFilm",
    "ProjectTables",
    "Reason",
    "ResultFolder",
    "RunHook",
    "RunOutcome",
    "RunStatus",
    "Scope",
    "Scratch",
    "Shot",
    "ShotConfig",
    "Sighting",
    "Table",
    "Tables",
    "Track",
    "TrackFeatures",
    "TrackingConfig",
    "Verdict",
    "VideoConfig",
    "VideoInfo",
    "__version__",
    "amend",
    "analyse",
    "decide",
    "export",
    "find_films",
    "load",
    "process",
    "process_all",
    "read_table",
    "who",
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
    "gallery.who": "FaceHits who",
    "store.scratch": "Scratch",
    "outputs.export.choose": "Choice",
    "outputs.export.write": "export",
    "people.amend": "amend",
    "people.decide": "decide",
    "people.editor": "Editor",
    "pipeline.analyse": "analyse",
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
