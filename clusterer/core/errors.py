"""Everything that this library raises on purpose.

::

    ClustererError
    ├── ConfigError        a setting is out of its range or contradicts another
    ├── VideoError         the video cannot be opened, or nothing in it can be decoded
    ├── ModelError         the weights of a detector or encoder are missing or damaged
    ├── DependencyError    a library of the system (libGL), or of an extra ([train]…), is missing
    ├── DataError          pictures to train on are missing, too few or cannot be read
    ├── GalleryError       a folder of people by name is not there, or nothing in it can be used
    ├── EditsError         a file of corrections cannot be read or does not belong here
    ├── TruthError         a truth file, or its ignore file, cannot be read
    └── ResultError        a result folder cannot be read or written
        ├── CacheError     the stored analysis is damaged or of another schema
        └── OtherFilmError the folder holds the result of another film

Each carries one sentence for the cause and, where there is one, a remedy; the command line prints
both on one line.
"""

from __future__ import annotations

from clusterer.core.printable import printable


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
    holiday.people is no result folder | Give a folder that cluster-video wrote
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
    """A library of the system, or one of Python that only an extra installs, is missing."""


class DataError(ClustererError):
    """Pictures to train on are missing, too few or cannot be read."""


class TruthError(ClustererError):
    """A file of labelled faces, or of boxes to ignore, cannot be read or makes no sense."""


class GalleryError(ClustererError):
    """A folder of people by name is not there, or nothing in it can be used."""


class EditsError(ClustererError):
    """A file of corrections cannot be read, makes no sense, or does not belong to this result."""


class ResultError(ClustererError):
    """A result folder cannot be read or written."""


class CacheError(ResultError):
    """The stored analysis is damaged or of another schema; analysing again mends it."""


class OtherFilmError(ResultError):
    """A result folder holds the result of another film."""
