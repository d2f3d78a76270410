"""What the commands that train have in common."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from clusterer.core.errors import DependencyError, ResultError
from clusterer.core.files import is_plain_file, try_to_write

if TYPE_CHECKING:
    from clusterer.training.loop import Numbered

    E = TypeVar("E", bound=Numbered)

INTERRUPTED = 130
EXTRA = ("torch", "pytorch_metric_learning", "onnxscript", "matplotlib", "sklearn")


def require_extra(libraries: Sequence[str]) -> None:
    """Raise DependencyError, now and not after hours, where a library is missing."""
    for library in libraries:
        if find_spec(library) is None:
            raise DependencyError(
                f"Training needs {library}, which is not installed",
                'Install it: pip install ".[train]"',
            )


def refuse_others(output: Path, checkpoint: str, names: Sequence[str]) -> None:
    """Make sure that what a training writes at its end replaces files of a training only.

    Parameters
    ----------
    output
        Where it writes.
    checkpoint
        The file by which a folder is known as a training's.
    names
        Of the files that it writes at its end.

    Raises
    ------
    ResultError
        There is a file of such a name, and no checkpoint; or nothing can be written.
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


@contextmanager
def training(
    console: Console, epochs: int, figures: Callable[[E], str]
) -> Iterator[Callable[[float, E | None], None]]:
    """A bar with the last epoch's figures and the time left, on a terminal."""
    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %  {task.fields[figures]}"),
        TimeRemainingColumn(compact=True),
    )
    shown = console.is_terminal and not console.quiet
    with Progress(*columns, console=console, transient=True, disable=not shown) as progress:
        task = progress.add_task("Training", total=1.0, figures="")

        def watch(done: float, last: E | None) -> None:
            said = f"{last.number}/{epochs} epochs, {figures(last)}" if last else ""
            fresh = progress.tasks[task].fields["figures"] != said  # seen, however short it is
            progress.update(task, completed=done, figures=said, refresh=fresh)

        yield watch


def interrupted() -> int:
    """Say how to go on; the exit code."""
    click.echo("Interrupted. The same command goes on after the last finished epoch.", err=True)
    return INTERRUPTED


def same_again(what: str, data: Path, output: Path, flags: Mapping[str, Any]) -> str:
    """What trains the same again; of folders the names, as where they lie tells others nothing.

    Parameters
    ----------
    what
        Name of the command.
    data, output
    flags
        Those of settings by name, in order; None = not given.
    """
    words = ["cluster-video", "train", what, "--data", data.resolve().name]
    for name, value in flags.items():
        if value is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join([*words, "-o", output.resolve().name])
