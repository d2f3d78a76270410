"""The command in a process of its own, with something broken in it if need be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def arguments(*args: object, breaking: str = "") -> list[str]:
    """What starts the command; `breaking` is Python that runs before it."""
    code = f"import sys; {breaking or 'pass'}\nfrom clusterer.cli import main\nmain()"
    return [sys.executable, "-c", code, *map(str, args)]


def environment(**others: str) -> dict[str, str]:
    """That of this process, finding the package from every folder."""
    return os.environ | {"PYTHONPATH": str(ROOT)} | others


def run(
    *args: object, breaking: str = "", env: dict[str, str] | None = None, **how: Any
) -> subprocess.CompletedProcess[str]:
    """Run it to its end; what it printed is text."""
    how = {"capture_output": True} | how if "stdout" not in how else how
    return subprocess.run(
        arguments(*args, breaking=breaking),
        text=True,
        encoding="utf-8",
        timeout=120,
        env=environment(**(env or {})),
        check=False,
        **how,
    )


def shell(line: str, *args: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of sh in which ``"$@"`` is the command."""
    command: Sequence[str] = ["sh", "-c", line, "sh", *arguments(*args)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(),
        cwd=cwd,
        check=False,
    )
