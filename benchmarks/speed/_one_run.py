"""Run the library on one video in a separate process; print its times and peak memory as JSON.

    python -m benchmarks.speed._one_run (analyse | process) VIDEO FOLDER [--times N]

The part of `speed pipeline` that needs a fresh process. A folder that holds the analysis of the
video is reused.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import clusterer
from benchmarks.speed._memory import peak_bytes


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
