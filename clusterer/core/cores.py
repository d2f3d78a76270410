"""How many cores there are to be used."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """Cores that this process may use: one thread budget, which the models take turns to spend."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
