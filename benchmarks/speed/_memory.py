"""Peak memory of this process; not on Windows."""

from __future__ import annotations

import sys
from pathlib import Path


def peak_bytes() -> int:
    """Largest resident memory of this process so far.

    On Linux getrusage also counts what the process that started this one held at that moment, so
    the kernel's own figure for this program alone is preferred.
    """
    import resource  # noqa: PLC0415 (Windows has none)

    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text("utf-8").splitlines())
        if "VmHWM" in lines:
            return int(lines["VmHWM"].split()[0]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
