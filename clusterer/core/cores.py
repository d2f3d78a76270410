"""Number of CPU cores available."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")


def usable_cores() -> int:
    """Cores that this process may use: the thread budget, shared by the models in turn.

    Both the cores that it is bound to and the CPU time that its control groups may use count, such
    as those of a container (cgroup v2, ``cpu.max``; v1, ``cpu.cfs_quota_us``).
    """
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return max(1, min([cores, *map(math.ceil, _quotas())]))


def _quotas() -> Iterator[float]:
    """CPU time that this process and all others of each of its control groups may use, in cores."""
    for folder in _groups():
        try:
            if (folder / "cpu.max").is_file():
                quota, period = (folder / "cpu.max").read_text("ascii").split()
            else:
                quota = (folder / "cpu.cfs_quota_us").read_text("ascii")
                period = (folder / "cpu.cfs_period_us").read_text("ascii")
            if quota != "max" and int(quota) > 0 and int(period) > 0:
                yield int(quota) / int(period)
        except (OSError, ValueError):  # not limited, or written in a way that we do not know
            continue


def _groups() -> Iterator[Path]:
    """Folders of the control groups that limit CPU time, those above them included."""
    try:
        lines = MEMBERSHIP.read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and "cpu" not in controllers.split(","):
            continue
        root = CGROUPS / controllers if controllers else CGROUPS
        place = root / path.lstrip("/")
        yield place
        yield from (above for above in place.parents if above.is_relative_to(root))
