"""Time and memory of the whole command by number of cores, with one worker on each.

    python -m benchmarks speed workers [VIDEO ...] [--cores 1 2] [--repeats 1] [--loops 4]

Each run is the command line in a new folder, allowed on that many cores. Seconds are those of the
fastest repeat. Memory is the largest sum over all processes of what each takes, where pages that
several share count once (PSS), sampled five times a second. Linux only. Each clip is looped, for it
takes a second to start and another to group people and write the report, which do not become
faster. Decoding alone is PyAV's, with as many threads.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import av

from benchmarks.footage import CLIPS, DEMO, ROOT, warm_up
from benchmarks.speed._loop import loop
from benchmarks.tables import markdown
from clusterer.media import probe

QUICK: Mapping[str, object] = {"cores": [1], "repeats": 1, "loops": 1}
HEADER = (
    "video", "cores", "whole command", "of its length", "decoding alone", "times decoding",
    "times one core", "memory", "same bytes",
)  # fmt: skip
_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Run:
    """One run.

    Attributes
    ----------
    seconds, peak_bytes
    digest : of all files of the result
    """

    seconds: float
    peak_bytes: int
    digest: str


def run(video: Path, folder: Path, cores: int) -> Run:
    """Run the command on the first cores of those that this process may use."""
    return measured([video, "--output", folder], folder, cores, cores)


def measured(arguments: Sequence[object], results: Path, cores: int, workers: int) -> Run:
    """Run the command with these arguments on so many cores; it writes `results`."""
    command = [sys.executable, "-m", "clusterer", *map(str, arguments), "--quiet"]
    with only(cores):
        started_s = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--workers", str(workers)], cwd=ROOT, start_new_session=True
        )
    peaks = [0]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_POLL_S):
            peaks.append(sum(pss_bytes(process.pid)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    seconds = time.perf_counter() - started_s
    ended.set()
    watcher.join()
    if code:
        raise SystemExit(f"{arguments[0]} failed with exit code {code}")
    digest = sha256()
    for path in sorted(path for path in results.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(results)).encode() + path.read_bytes())
    return Run(seconds, max(peaks), digest.hexdigest())


def pss_bytes(session: int) -> Iterator[int]:
    """Memory of each process of a session."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            if int((folder / "stat").read_text("utf-8").rpartition(")")[2].split()[3]) == session:
                lines = (folder / "smaps_rollup").read_text("utf-8").splitlines()
                yield next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


@contextmanager
def only(cores: int) -> Iterator[None]:
    """Allow processes that start now on so many cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:cores])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def decode(video: Path, threads: int) -> float:
    """Seconds to decode every frame."""
    with only(threads):
        started_s = time.perf_counter()
        with av.open(str(video)) as container:
            stream = container.streams.video[0]
            stream.thread_type, stream.thread_count = "AUTO", threads
            for _ in container.decode(stream):
                pass
    return time.perf_counter() - started_s


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    clips = [CLIPS / name for name in ("friends_a.mp4", "stiller_wilson.mp4")]
    found = [clip for clip in clips if clip.exists()] or [DEMO]
    parser.add_argument("videos", type=Path, nargs="*", default=found, metavar="VIDEO")
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--loops", type=int, default=4, help="how often each video is repeated")


def main(given: argparse.Namespace) -> None:
    """Print the table."""
    if not hasattr(os, "sched_setaffinity"):
        raise SystemExit("This needs Linux")
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as name:
        for video in given.videos:
            looped = Path(name) / f"{video.stem} x{given.loops}{video.suffix}"
            loop(video, given.loops, looped)
            warm_up(looped)
            rows += _rows(looped, Path(name), given)
    print(markdown(HEADER, rows))


def _rows(video: Path, folder: Path, given: argparse.Namespace) -> list[tuple[str, ...]]:
    duration_s = probe(video).duration_s
    first: Run | None = None
    rows: list[tuple[str, ...]] = []
    for cores in given.cores:
        runs, alone = [], []
        for turn in range(given.repeats):
            runs.append(run(video, folder / f"{video.stem} {cores} {turn}", cores))
            alone.append(decode(video, cores))
        best, decoding_s = min(runs, key=lambda each: each.seconds), min(alone)
        first = first or best
        same = all(each.digest == first.digest for each in runs)
        rows.append(
            (
                f"{video.stem}, {duration_s:.0f} s",
                str(cores),
                f"{best.seconds:.1f} s",
                f"{best.seconds / duration_s:.3f}",
                f"{decoding_s:.1f} s",
                f"{best.seconds / decoding_s:.1f}",
                f"{first.seconds / best.seconds:.2f}",
                f"{best.peak_bytes / 2**20:.0f} MiB",
                "yes" if same else "NO",
            )
        )
    return rows
