"""Files as ``analysis.npz`` is one, with any content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clusterer.store.analysis_npz import Arrays, pack


def write_arrays(path: Path, arrays: Arrays, meta: dict[str, Any]) -> None:
    """Write arrays and JSON-ready facts."""
    path.write_bytes(pack(arrays, meta))
