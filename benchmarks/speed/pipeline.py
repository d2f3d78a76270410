"""Time and peak memory of the library, as ratios from one run on one machine.

    python -m benchmarks speed pipeline [CLIP.mp4] [--parts analysis memory] [--repeats 3]

Every figure is the median of the repeats (memory is measured once). Whole analyses run in separate
processes, so their time includes loading libraries and models; models are converted before.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import av

from benchmarks.footage import CLIPS, DEMO, ROOT, warm_up
from benchmarks.speed._loop import loop
from benchmarks.tables import markdown
from clusterer.media import probe

QUICK: Mapping[str, object] = {"parts": ["analysis"], "repeats": 1}
LOOPS = 10
HEADER = ("measured", "figure", "compared")


@dataclass(frozen=True, slots=True)
class Job:
    """What to measure, and where temporary files may lie."""

    video: Path
    repeats: int
    frames: int
    threads: int
    folder: Path


Rows = list[tuple[str, str, str]]


def one_run(action: str, video: Path, folder: Path, times: int = 1) -> dict[str, Any]:
    """Run the library in a separate process; see `_one_run.py`."""
    command = [sys.executable, "-m", "benchmarks.speed._one_run", action]
    command += [str(video.resolve()), str(folder), "--times", str(times)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def decode(video: Path) -> float:
    """Seconds to decode every frame, with PyAV's threads."""
    started_s = time.perf_counter()
    with av.open(str(video)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for _ in container.decode(video=0):
            pass
    return time.perf_counter() - started_s


def analysis_rows(job: Job) -> Rows:
    """Whole analysis and decoding alone, in turns."""
    whole, alone, frames = [], [], 0
    for turn in range(job.repeats):
        measured = one_run("analyse", job.video, job.folder / f"fresh {turn}")
        whole.append(measured["seconds"][0])
        frames = measured["frames"]
        alone.append(decode(job.video))
    seconds, duration_s = median(whole), probe(job.video).duration_s
    return [
        ("whole analysis", f"{seconds:.2f} s", f"{seconds / duration_s:.3f} of the clip's length"),
        (
            "decoding alone, all frames",
            f"{median(alone):.2f} s",
            f"{median(alone) / seconds:.3f} of the analysis",
        ),
        (
            "whole analysis per sampled frame",
            f"{1e3 * seconds / frames:.1f} ms",
            f"{frames} frames",
        ),
    ]


def frame_rows(job: Job) -> Rows:
    """Time per frame against `face_recognition`."""
    from benchmarks.speed._face_recognition import compare  # noqa: PLC0415 (face_recognition is not a dependency)

    runs = [compare(job.video, job.frames, job.threads) for _ in range(job.repeats)]
    n = job.frames
    ours, theirs = (median(run[i].seconds / n for run in runs) for i in (0, 1))
    ratio = median(run[1].seconds / run[0].seconds for run in runs)
    found = runs[0]
    return [
        (
            f"detect, align, encode every face of {n} sampled frames, {job.threads} threads",
            f"{1e3 * ours:.1f} ms a frame",
            f"{found[0].faces} faces",
        ),
        (
            "`face_recognition` on the same frames, in turns",
            f"{1e3 * theirs:.1f} ms a frame",
            f"{found[1].faces} faces; {ratio:.1f} times as long",
        ),
    ]


def memory_rows(job: Job) -> Rows:
    """Peak memory for the clip, and for the clip ten times over."""
    looped = job.folder / f"looped{job.video.suffix}"
    loop(job.video, LOOPS, looped)
    once = one_run("analyse", job.video, job.folder / "memory once")
    often = one_run("analyse", looped, job.folder / "memory looped")
    ratio = often["peak_bytes"] / once["peak_bytes"]
    slower = often["seconds"][0] / once["seconds"][0]
    return [
        ("peak memory", f"{once['peak_bytes'] / 2**20:.0f} MiB", ""),
        (
            f"peak memory, clip {LOOPS} times over",
            f"{often['peak_bytes'] / 2**20:.0f} MiB",
            f"{ratio:.2f} times, in {slower:.1f} times the time",
        ),
    ]


def again_rows(job: Job) -> Rows:
    """Run the whole command once more, from what is stored."""
    folder = job.folder / "again"
    first = one_run("process", job.video, folder)["seconds"][0]
    command = [sys.executable, "-m", "clusterer", str(job.video)]
    command += ["--output", str(folder), "--quiet"]
    whole = []
    for _ in range(job.repeats):
        started_s = time.perf_counter()
        subprocess.run(command, check=True)
        whole.append(time.perf_counter() - started_s)
    inside = median(one_run("process", job.video, folder, job.repeats + 1)["seconds"][1:])
    return [
        (
            "second run, whole command",
            f"{median(whole):.2f} s",
            f"{median(whole) / first:.3f} of the first",
        ),
        ("second run, libraries loaded", f"{inside:.2f} s", f"{inside / first:.3f} of the first"),
    ]


PARTS: dict[str, Callable[[Job], Rows]] = {
    "analysis": analysis_rows,
    "frames": frame_rows,
    "memory": memory_rows,
    "again": again_rows,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    friends = CLIPS / "friends_a.mp4"
    parser.add_argument("clip", type=Path, nargs="?", default=friends if friends.exists() else DEMO)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--frames", type=int, default=24, help="to compare with face_recognition")
    parser.add_argument("--threads", type=int, default=2, help="of our models in that comparison")


def main(given: argparse.Namespace) -> None:
    """Print the table."""
    warm_up(given.clip)  # converts the models
    with tempfile.TemporaryDirectory() as folder:
        job = Job(given.clip, given.repeats, given.frames, given.threads, Path(folder))
        rows = [row for part in given.parts for row in PARTS[part](job)]
    print(markdown(HEADER, rows))
