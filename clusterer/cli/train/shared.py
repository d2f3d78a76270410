"""Shared parts of the training commands."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from clusterer.cli.exit_codes import INTERRUPTED
from clusterer.cli.options import flag
from clusterer.cli.progress import Terminal
from clusterer.core.errors import DependencyError, ResultError
from clusterer.core.files import is_plain_file
from clusterer.core.folders import try_to_write

if TYPE_CHECKING:
    from clusterer.training.loop import Numbered

    E = TypeVar("E", bound=Numbered)

EXTRA = ("torch", "pytorch_metric_learning", "onnxscript", "matplotlib", "sklearn")


def require_extra(libraries: Sequence[str]) -> None:
    """Raise DependencyError before the training starts if a library is missing."""
    for library in libraries:
        if find_spec(library) is None:
            raise DependencyError(
                f"Training needs {library}, which is not installed",
                'Install it: pip install ".[train]"',
            )


def refuse_others(output: Path, checkpoint: str, names: Sequence[str]) -> None:
    """Make sure that the outputs of a training replace only those of another training.

    Parameters
    ----------
    output
        Folder of the outputs.
    checkpoint
        Name of the file that identifies a training's folder.
    names
        Names of the outputs.

    Raises
    ------
    ResultError
        An output exists without a checkpoint, or nothing can be written.
    """
    try_to_write(output)
    if is_plain_file(output / checkpoint):
        return
    for name in names:
        if is_plain_file(output / name):
            raise ResultError(
                f"{output / name} is there, but no {checkpoint} of a training",
                "Name another folder with --output",
            )


def seed_flag(config: Any, about: str) -> Any:
    """``--seed``; `about` says what it is for. The range, a 31-bit number, is not shown."""
    return flag("--seed", type=int, default=config.seed, show_default=True, help=about)


def threads_flag() -> Any:
    """``--threads``."""
    return flag(
        "--threads",
        type=click.IntRange(min=1),
        metavar="N",
        help="Number of CPU threads. Default: torch's.",
    )


@contextmanager
def training(
    terminal: Terminal, epochs: int, figures: Callable[[E], str]
) -> Iterator[Callable[[float, E | None], None]]:
    """Show a bar with the last epoch's results and the time left, on a terminal."""
    with terminal.bar("{task.fields[figures]}") as progress:
        task = progress.add_task("Training", total=1.0, figures="")

        def watch(done: float, last: E | None) -> None:
            text = f"{last.number}/{epochs} epochs, {figures(last)}" if last else ""
            shown = progress.tasks[task].fields["figures"]
            # Refresh at once: every epoch is shown, however short.
            progress.update(task, completed=done, figures=text, refresh=shown != text)

        yield watch


def interrupted() -> int:
    """Say how to resume; return the exit code."""
    click.echo("Interrupted. The same command resumes after the last finished epoch.", err=True)
    return INTERRUPTED


def same_again(what: str, data: Path, output: Path, flags: Mapping[str, Any]) -> str:
    """Command line that repeats a training, with the names of folders instead of their paths.

    Parameters
    ----------
    what
        Name of the command.
    data, output
    flags
        Name → value, in order; None = not given.
    """
    words = ["cluster-video", "train", what, "--data", data.resolve().name]
    for name, value in flags.items():
        if value is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join([*words, "-o", output.resolve().name])
