"""The command in a separate process, optionally with an injected fault."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def arguments(*args: object, breaking: str = "") -> list[str]:
    """Command line that starts the command; `breaking` is Python code that runs first."""
    code = f"import sys; {breaking or 'pass'}\nfrom clusterer.cli import main\nmain()"
    return [sys.executable, "-c", code, *map(str, args)]


def environment(**others: str) -> dict[str, str]:
    """Environment of this process, extended to find the package from every folder."""
    return os.environ | {"PYTHONPATH": str(ROOT)} | others


def run(
    *args: object, breaking: str = "", env: dict[str, str] | None = None, **how: Any
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, with its output as text."""
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
