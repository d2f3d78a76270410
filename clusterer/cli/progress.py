"""Progress on standard error: bars on a terminal, notes everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Literal

from clusterer.core.hook import Hook
from clusterer.core.text import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, ProgressColumn, TaskID

SHARE = "{task.percentage:>3.0f}%"


@contextmanager
def bar(
    title: str, shows: Literal["share", "count", "bytes"], *, quiet: bool = False
) -> Iterator[Callable[[int, int], None]]:
    """Show a bar with the time left while the block runs, on a terminal.

    Parameters
    ----------
    title
        Name of the work.
    shows
        Unit: per cent, a count as ``3/8``, or bytes.
    quiet
        Print nothing.

    Yields
    ------
    A function to call with the amount done and the total.
    """
    from rich.console import Console
    from rich.progress import DownloadColumn, MofNCompleteColumn, TextColumn

    columns: dict[str, ProgressColumn] = {
        "share": TextColumn(SHARE),
        "count": MofNCompleteColumn(),
        "bytes": DownloadColumn(),
    }
    with _progress(Console(stderr=True, quiet=quiet), columns[shows], quiet=quiet) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def _progress(console: Console, middle: ProgressColumn, *, quiet: bool) -> Iterator[Progress]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    title, left = TextColumn("[bold]{task.description}"), TimeRemainingColumn(compact=True)
    shown = console.is_terminal and not quiet
    with Progress(
        title, BarColumn(), middle, left, console=console, transient=True, disable=not shown
    ) as progress:
        yield progress


class Terminal:
    """Shows the progress of a run; without a terminal, it prints only notes.

    Parameters
    ----------
    quiet
        Print nothing.
    """

    def __init__(self, quiet: bool) -> None:
        from rich.console import Console

        self.quiet = quiet
        self._console = Console(stderr=True, quiet=quiet, highlight=False)

    def status(self, title: str) -> AbstractContextManager[object]:
        """Show what is being done while the block runs."""
        return self._console.status(title)

    @contextmanager
    def bar(self, fields: str) -> Iterator[Progress]:
        """Make a bar with the time left; after the share, it shows `fields` of the task."""
        from rich.progress import TextColumn

        middle = TextColumn(f"{SHARE}  {fields}")
        with _progress(self._console, middle, quiet=self.quiet) as progress:
            yield progress

    @contextmanager
    def watching(self, name: str) -> Iterator[Hook]:
        """Make a hook that shows the progress of one video while the block runs."""
        with self.bar("{task.fields[faces]} faces") as progress:
            yield _ShowingHook(progress, self._console, visible(name))


class _ShowingHook(Hook):
    def __init__(self, progress: Progress, console: Console, name: str) -> None:
        self._progress = progress
        self._console = console
        self._name = name
        self._task: TaskID | None = None

    def progress(self, done_s: float, total_s: float, faces: int) -> None:
        from rich.markup import escape

        if self._task is None:
            self._task = self._progress.add_task(escape(self._name), total=total_s, faces=faces)
        self._progress.update(self._task, completed=done_s, faces=faces)

    def note(self, text: str) -> None:
        self._console.print(f"{self._name}: {visible(text)}", markup=False, soft_wrap=True)
