"""Number of CPU cores available."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """Cores that this process may use: the thread budget, shared by the models in turn."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
