"""Does something again and again in processes of its own, each killed at another change.

Called with the name of the work, the folder before, the folder to make copies in, and the steps.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from tests.faults.disk import Disk
from tests.faults.work import WORK, without_networks


def kill_at(step: int) -> Callable[[int, str], None]:
    """Kill this process before a change."""

    def act(now: int, _kind: str) -> None:
        if now == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return act


def main(name: str, before: Path, home: Path, steps: list[int]) -> None:
    """Leave a folder ``home/STEP`` for each step at which the work was killed."""
    with without_networks():
        for step in steps:
            place = Path(shutil.copytree(before, home / str(step)))
            child = os.fork()
            if not child:
                with Disk(place, kill_at(step)).watched():
                    WORK[name].do(place)
                os._exit(0)  # not reached
            _, status = os.waitpid(child, 0)
            print(step, os.WTERMSIG(status), flush=True)  # noqa: T201 (what the test reads)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), list(map(int, sys.argv[4:])))
