"""Run the library on one video in a process of its own; print its times and peak memory as JSON.

    python benchmarks/one_run.py (analyse | process) VIDEO FOLDER [--times N]

The part of `speed.py` that needs a fresh process. With a folder that holds the analysis of the
video, it is used again.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import clusterer


def peak_bytes() -> int:
    """Largest resident memory of this process so far.

    On Linux getrusage also counts what the process that started this one held at that moment, so
    the kernel's own figure for this program alone is preferred.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text("utf-8").splitlines())
        if "VmHWM" in lines:
            return int(lines["VmHWM"].split()[0]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> None:
    """Run, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=("analyse", "process"))
    parser.add_argument("video", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=1)
    given = parser.parse_args()
    seconds = []
    frames = 0
    for _ in range(given.times):
        started_s = time.perf_counter()
        if given.action == "analyse":
            analysis = clusterer.analyse(given.video, clusterer.AnalysisConfig(), given.folder)
        else:
            analysis = clusterer.process(given.video, folder=given.folder).result.analysis
        seconds.append(time.perf_counter() - started_s)
        frames = len(analysis.sampled_frames)
    print(json.dumps({"seconds": seconds, "frames": frames, "peak_bytes": peak_bytes()}))


if __name__ == "__main__":
    main()
