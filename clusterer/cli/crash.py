"""An unexpected exception: one line, and a file with the traceback."""

from __future__ import annotations

import os
import platform
import re
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import click

from clusterer._version import __version__
from clusterer.cli.exit_codes import CRASHED
from clusterer.cli.work import Work
from clusterer.core.errors import ClustererError, PlugInError
from clusterer.core.text import visible

FOLDER = "crashes"
"""In the cache folder."""
MAX_FILES = 10
LONGEST_MESSAGE = 200
LONGEST_TRACEBACK = 1 << 19

_OURS = re.compile(r"\d{8}-\d{6}-\d+(-\d+)?\.txt")
_LIBRARIES = (
    "av", "click", "dlib-bin", "hdbscan", "jinja2", "numpy", "onnxruntime", "opencv-python",
    "rich", "scikit-learn", "scipy", "starlette", "uvicorn",
)  # fmt: skip
DOING = {
    "clothing": "describing the clothing in",
    "edits": "applying the corrections of",
    "evaluation": "evaluating",
    "faces.alignment": "cutting out the faces of",
    "faces.detection": "looking for faces in",
    "faces.encoding": "encoding the faces of",
    "faces.tracking": "tracking the faces of",
    "gallery": "comparing the gallery with",
    "faces": "cutting out the faces of",
    "media": "decoding",
    "media.shots": "looking for cuts in",
    "outputs.export": "exporting",
    "outputs": "writing the report of",
    "people": "grouping the faces of",
    "people.amend": "applying the corrections of",
    "project": "linking the people of",
    "review": "reviewing",
    "store": "reading or writing the result of",
    "store.analysis_cache": "reading or writing the analysis of",
    "store.analysis_npz": "reading or writing the analysis of",
    "training": "training on",
    "tuning": "trying settings on",
}
"""Part of the package → its activity; the innermost part in a traceback is used."""


def skipped(name: str, error: Exception) -> int:
    """Print why one of several videos has no result; return the exit code."""
    work = click.get_current_context().find_object(Work) or Work()
    if work.interrupted:
        raise error
    work.subject = name
    if isinstance(error, ClustererError) and not isinstance(error, PlugInError):
        click.echo(foreseen(error), err=True)
        return 1
    click.echo(crashed(error, work), err=True)
    return CRASHED


def crashed(error: BaseException, work: Work) -> str:
    """Describe an unexpected exception on one line; the traceback goes into a file.

    Parameters
    ----------
    error
        The exception.
    work
        The current work. With its `debug`, the traceback is returned instead of written.

    Returns
    -------
    str
        One line; more with `debug`. It never raises.
    """
    try:
        text = _traceback(error)
        line = f"Error: {_kind(error)} while {_doing(error, work)}."
        line += " This is a bug in cluster-video."
        if isinstance(error, PlugInError):
            line = foreseen(error) + "."
        if work.debug:
            return f"{text.rstrip()}\n{line}"
        return f"{line} {_whereabouts(_described(text, work), error)}"
    except Exception as second:  # such as out of memory
        return f"Error: {type(error).__name__}, and {type(second).__name__} while reporting it."


def foreseen(error: BaseException) -> str:
    """Put an expected error on one line, with escapes for special characters in names."""
    return f"Error: {visible(error)}"


def one_line(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """Put a text on one line that every terminal can show, shortened if it is too long."""
    text = text[: 10 * longest].encode("utf-8", "backslashreplace").decode()
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _kind(error: BaseException) -> str:
    try:
        message = one_line(str(error))
    except Exception:  # __str__ of the exception fails
        message = "its message cannot be shown"
    name = type(error).__name__
    return f"{name} ({message})" if message else name


def _doing(error: BaseException, work: Work) -> str:
    verb = next(filter(None, map(_verb, reversed(list(_modules(error))))), "")
    subject = one_line(work.subject)
    if verb and subject:
        return f"{verb} {subject}"
    return f"running {work.command}{' on ' if subject else ''}{subject}"


def _modules(error: BaseException) -> Iterator[str]:
    """Modules of the package that the exception went through, the outermost first."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        package, _, rest = str(frame.f_globals.get("__name__", "")).partition(".")
        if package == "clusterer":
            yield rest


def _verb(module: str) -> str:
    """Activity of a module, by the smallest part of the package that it belongs to."""
    while module and module not in DOING:
        module = module.rpartition(".")[0]
    return DOING.get(module, "")


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return (
        f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}"
        if frames
        else "an unknown place"
    )


def _traceback(error: BaseException) -> str:
    text = "".join(traceback.format_exception(error))
    if len(text) <= LONGEST_TRACEBACK:
        return text
    half = LONGEST_TRACEBACK // 2
    return f"{text[:half]}\n[...]\n{text[-half:]}"


def _described(text: str, work: Work) -> str:
    lines = [
        f"cluster-video {__version__}",
        f"Python {sys.version}",
        platform.platform(),
        f"Arguments: {list(work.args)!r}",
        "Libraries: " + ", ".join(library_versions()),
    ]
    return "\n".join([*lines, "", text])


def library_versions() -> Iterator[str]:
    """Name and version of each library that the work depends on."""
    for name in _LIBRARIES:
        try:
            yield f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            yield f"{name} is missing"


def _whereabouts(content: str, error: BaseException) -> str:
    """Write the content to a file; describe where it is, or why it could not be written."""
    try:
        path = _keep(content.encode("utf-8", "backslashreplace"))
    except (OSError, ImportError) as refused:
        why = getattr(refused, "strerror", None) or str(refused)
        return (
            f"It happened in {_place(error)}. The traceback could not be saved"
            f" ({one_line(why).lower()}); --debug shows it"
        )
    return f"The traceback is in {path}; --debug shows it"


def _keep(content: bytes) -> Path:
    """Write a file that only the user can read, and delete the oldest."""
    from clusterer.models.cache import cache_folder  # imported late: it may be broken

    folder = cache_folder() / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    handle, path = _new(folder, [f"{stem}.txt", *(f"{stem}-{i}.txt" for i in range(2, 100))])
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    older = sorted(each for each in folder.iterdir() if _OURS.fullmatch(each.name))
    for each in older[:-MAX_FILES]:
        with suppress(OSError):
            each.unlink()
    return path


def _new(folder: Path, names: Sequence[str]) -> tuple[int, Path]:
    """Create a file under the first of the names that is free."""
    for name in names:
        with suppress(FileExistsError):
            return os.open(
                folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600
            ), folder / name
    raise FileExistsError(f"{folder / names[0]} exists")
