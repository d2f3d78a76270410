"""A run over the films of a folder into a project, to be killed.

    python -m tests.faults.season FOLDER WORKERS

Prints a line when the run begins.
"""

from __future__ import annotations

import sys
from pathlib import Path

from clusterer.pipeline.workers import WorkerProcesses
from clusterer.project.project import Project
from clusterer.project.run import process_all
from tests.project.tiny_films import LINK, QUICK


def main(place: Path, workers: int) -> None:
    """Run over ``films/`` into ``s.cast``."""
    print("begun", flush=True)  # noqa: T201 (what the test reads)
    project = Project.create(place / "s.cast", config=QUICK, link=LINK)
    with WorkerProcesses(workers) as executor:
        process_all(sorted((place / "films").iterdir()), project, executor=executor)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
