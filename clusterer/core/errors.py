"""Exceptions that this library raises on purpose.

::

    ClustererError
    ├── ConfigError        a setting is out of its range or contradicts another
    ├── VideoError         the video cannot be opened, or nothing in it can be decoded
    ├── ModelError         the weights of a detector or encoder are missing or damaged
    ├── DependencyError    a system library (libGL), or one of an extra ([train]…), is missing
    ├── WorkerError        a worker process ended before its work was done
    │   ├── RefusedError   a worker would not give the same result
    │   │   └── NoFilmError it does not find the film
    │   ├── PartError      a part of a film failed on several workers
    │   └── ClusterError   the scheduler of other machines, or any worker there, is missing
    ├── PlugInError        a plug-in of another package fails, or breaks its contract
    ├── DataError          training pictures are missing, too few or cannot be read
    ├── GalleryError       a folder of named people is missing, or nothing in it can be used
    ├── CastListError      a list of names cannot be read
    ├── EditsError         a file of corrections cannot be read or does not belong here
    ├── TruthError         a truth file, or its ignore file, cannot be read
    ├── ProjectError       a project cannot be read or written, or a film does not fit into it
    └── ResultError        a result folder cannot be read or written
        ├── CacheError     the stored analysis is damaged or of another schema
        └── OtherFilmError the folder holds the result of another film

Each has one sentence for the cause and, where there is one, a remedy; the command line prints both
on one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from clusterer.core.text import printable

_MISSING = re.compile(r"(\S+\.so\S*): cannot open shared object file")
_OPENCV_NEEDS = ("libGL", "libglib", "libgthread", "libgobject", "libgio")
"""System libraries that opencv-python's wheels rely on; missing from small containers."""


class ClustererError(Exception):
    """Base of every error that this library raises on purpose.

    Parameters
    ----------
    cause
        One sentence: what went wrong, and with what.
    remedy
        One sentence: what the user can do about it. May be empty.

    Examples
    --------
    >>> try:
    ...     clusterer.load("holiday.people")
    ... except clusterer.ClustererError as error:
    ...     print(error.cause, "|", error.remedy)
    holiday.people is not a result folder | Give a folder that cluster-video wrote
    """

    def __init__(self, cause: str, remedy: str = "") -> None:
        cause, remedy = printable(cause), printable(remedy)
        super().__init__(f"{cause}. {remedy}".strip() if remedy else cause)
        self.cause = cause
        self.remedy = remedy


class ConfigError(ClustererError):
    """A setting is out of its range or contradicts another."""


class VideoError(ClustererError):
    """The video cannot be opened, or nothing in it can be decoded."""


class ModelError(ClustererError):
    """The weights of a detector or encoder are missing or damaged."""


class DependencyError(ClustererError):
    """A system library, or a Python library that only an extra installs, is missing."""


class WorkerError(ClustererError):
    """A worker process ended before its work was done."""


class RefusedError(WorkerError):
    """A worker has other versions or models, so it would not give the same result."""


class NoFilmError(RefusedError):
    """A worker does not find the film."""


class PartError(WorkerError):
    """A part of a film failed on several workers, or each that looked at it died."""


class ClusterError(WorkerError):
    """The scheduler of other machines cannot be reached, or has no worker that fits.

    It is not the film's fault: others would fail alike.
    """


class PlugInError(ClustererError):
    """A plug-in of another package fails at work, or returns what its protocol does not allow."""


class DataError(ClustererError):
    """Training pictures are missing, too few or cannot be read."""


class TruthError(ClustererError):
    """A file of labelled faces, or of boxes to ignore, cannot be read or is invalid."""


class GalleryError(ClustererError):
    """A folder of named people is missing, or nothing in it can be used."""


class CastListError(ClustererError):
    """A list of names cannot be read, or has none."""


class EditsError(ClustererError):
    """A file of corrections cannot be read, is invalid, or does not belong to this result."""


class ProjectError(ClustererError):
    """A project cannot be read or written, or a film does not fit into it."""


class ResultError(ClustererError):
    """A result folder cannot be read or written."""


class CacheError(ResultError):
    """The stored analysis is damaged or of another schema; analysing again repairs it."""


class OtherFilmError(ResultError):
    """A result folder holds the result of another film."""


@contextmanager
def system_libraries() -> Iterator[None]:
    """Report an import that fails for lack of a system library in one line.

    Raises
    ------
    DependencyError
        Names the library and, if known, the Debian and Ubuntu packages that contain it.
    """
    try:
        yield
    except ImportError as error:
        match = _MISSING.search(str(error))
        if match is None:
            raise
        library = match[1]
        remedy = "Install the system package that contains it"
        if library.startswith(_OPENCV_NEEDS):
            # Both: a system that lacks one usually lacks the other.
            remedy = "On Debian or Ubuntu: sudo apt-get install libgl1 libglib2.0-0"
        raise DependencyError(f"The system library {library} is missing", remedy) from None
