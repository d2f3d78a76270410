"""Time and memory of a project of many short films, by number of workers.

    python -m benchmarks speed season [VIDEO] [--films 12] [--cores 1 2] [--turns 1]

Each run is the command line on a folder of copies of a film, allowed on that many cores, with one
worker on each, into a new project. Copies differ by an empty box at their end, so that none is
taken for another. In each turn every number of cores has its run; the ratio is that of the medians.
The last row repeats the largest number of cores with one worker. Memory is as of ``workers``.
Linux only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from benchmarks.footage import DEMO, warm_up
from benchmarks.speed.workers import Run, measured
from benchmarks.tables import markdown

QUICK: Mapping[str, object] = {"films": 2, "cores": [1], "turns": 1}
HEADER = ("cores", "workers", "seconds", "each film", "times the first", "memory", "same bytes")


def copies(video: Path, count: int, folder: Path) -> Path:
    """A folder with so many films of the same pictures and different content."""
    folder.mkdir()
    for number in range(count):
        copy = Path(shutil.copy(video, folder / f"e{number + 1}{video.suffix}"))
        with copy.open("ab") as file:  # an empty box, ISO 14496-12
            file.write((12).to_bytes(4, "big") + b"free" + number.to_bytes(4, "big"))
    return folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("video", type=Path, nargs="?", default=DEMO, metavar="VIDEO")
    parser.add_argument("--films", type=int, default=12)
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--turns", type=int, default=1)


def main(given: argparse.Namespace) -> None:
    """Print the table."""
    if not hasattr(os, "sched_setaffinity"):
        raise SystemExit("This needs Linux")
    ways = [(cores, cores) for cores in given.cores]
    if max(given.cores) > 1:
        ways.append((max(given.cores), 1))
    runs: dict[tuple[int, int], list[Run]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as name:
        films = copies(given.video, given.films, Path(name) / "films")
        warm_up(given.video)
        for turn in range(given.turns):
            for cores, workers in ways:
                project = Path(name) / f"{turn}-{cores}-{workers}.cast"
                arguments = [films, "--output", project]
                runs[cores, workers].append(
                    measured(arguments, project / "results", cores, workers)
                )
                shutil.rmtree(project)
    print(markdown(HEADER, _rows(runs, given.films)))


def _rows(runs: Mapping[tuple[int, int], list[Run]], films: int) -> list[tuple[str, ...]]:
    first = next(iter(runs.values()))
    base_s = median(each.seconds for each in first)
    rows: list[tuple[str, ...]] = []
    for (cores, workers), own in runs.items():
        seconds = median(each.seconds for each in own)
        rows.append(
            (
                str(cores),
                str(workers),
                f"{seconds:.1f} s",
                f"{seconds / films:.2f} s",
                f"{base_s / seconds:.2f}",
                f"{max(each.peak_bytes for each in own) / 2**20:.0f} MiB",
                "yes" if all(each.digest == first[0].digest for each in own) else "NO",
            )
        )
    return rows
