"""Who is in this video, and when: every face grouped into people, offline.

Two phases: `analyse` looks at the video once and keeps what it saw; `decide` says who is who, in a
moment, as often as you like. `process` does both and writes the result folder, `load` reads it.
`decide` and `amend` take a reviewer's corrections into account.

>>> import clusterer
>>> result = clusterer.process("episode.mp4").result  # doctest: +SKIP
>>> [(p.name, p.screen_time_s) for p in result.people]  # doctest: +SKIP
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

    from clusterer.core.config import AnalysisConfig, ClusteringConfig, Config
    from clusterer.core.errors import ClustererError
    from clusterer.core.types import Action, Analysis, ClusteringResult, Edit
    from clusterer.people.amend import amend
    from clusterer.people.decide import decide
    from clusterer.pipeline.analyse import analyse
    from clusterer.pipeline.process import Outcome, process
    from clusterer.store.folder import ResultFolder, load

__all__ = [
    "Action",
    "Analysis",
    "AnalysisConfig",
    "ClustererError",
    "ClusteringConfig",
    "ClusteringResult",
    "Config",
    "Edit",
    "Outcome",
    "ResultFolder",
    "__version__",
    "amend",
    "analyse",
    "decide",
    "load",
    "process",
]

_HOMES = {
    "Action": "core.types",
    "Analysis": "core.types",
    "AnalysisConfig": "core.config",
    "ClustererError": "core.errors",
    "ClusteringConfig": "core.config",
    "ClusteringResult": "core.types",
    "Config": "core.config",
    "Edit": "core.types",
    "Outcome": "pipeline.process",
    "ResultFolder": "store.folder",
    "amend": "people.amend",
    "analyse": "pipeline.analyse",
    "decide": "people.decide",
    "load": "store.folder",
    "process": "pipeline.process",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only then, so that ``import clusterer`` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
