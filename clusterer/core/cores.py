"""CPU cores and memory that this process may use."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")
MEMORY = Path("/proc/meminfo")


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


def usable_memory_bytes() -> int | None:
    """Memory that this process may still take: of the machine, and of its control groups.

    What the system can free counts as free, such as files that it keeps in memory.

    Returns
    -------
    None if it is not known, as on macOS and Windows
    """
    known = []
    for line in _lines(MEMORY):
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            known.append(int(value.split()[0]) * 1024)
    for folder in _groups("memory"):
        try:
            known.append(_left_bytes(folder))
        except (OSError, ValueError, KeyError):  # not limited, or written in another way
            continue
    return max(0, min(known)) if known else None


def _left_bytes(group: Path) -> int:
    """Limit of a control group less what its processes hold; ValueError if there is none."""
    version_2 = (group / "memory.max").is_file()
    limit, held = ("memory.max", "anon") if version_2 else ("memory.limit_in_bytes", "total_rss")
    facts = dict(line.split() for line in _lines(group / "memory.stat"))
    return int((group / limit).read_text("ascii")) - int(facts[held])


def _quotas() -> Iterator[float]:
    """CPU time that this process and all others of each of its control groups may use, in cores."""
    for folder in _groups("cpu"):
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


def _lines(path: Path) -> list[str]:
    """Lines of a file of the kernel; none if it cannot be read."""
    try:
        return path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []


def _groups(controller: str) -> Iterator[Path]:
    """Folders of the control groups of a controller, those above them included."""
    for line in _lines(MEMBERSHIP):
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and controller not in controllers.split(","):
            continue
        root = CGROUPS / controllers if controllers else CGROUPS
        place = root / path.lstrip("/")
        yield place
        yield from (above for above in place.parents if above.is_relative_to(root))
