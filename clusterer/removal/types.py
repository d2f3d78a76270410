"""What is to be removed, and what was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be removed.

    Attributes
    ----------
    people : names or ids; empty = everybody
    keep_tables : whether tables stay
    keep_names : whether the names in them do
    before_s : only what has not been changed since, seconds since 1970; None = whatever its age
    """

    people: tuple[str, ...] = ()
    keep_tables: bool = False
    keep_names: bool = True
    before_s: float | None = None


class PurgedKind(StrEnum):
    """What a folder is.

    Examples
    --------
    >>> clusterer.PurgedKind("result").name
    'RESULT'
    """

    RESULT = "result"
    PROJECT = "project"
    GALLERY = "gallery"


@dataclass(frozen=True, slots=True)
class PurgedFolder:
    """What goes from one folder.

    Attributes
    ----------
    path : of the folder
    kind
    people : names of the people whose data go
    deleted : names of the files that are deleted, relative to the folder
    rewritten : names of the files that stay, without what goes
    size_bytes : of these files as they were

    Examples
    --------
    >>> folder = clusterer.PurgedFolder("e1.people", "result", ("Anna",), ("analysis.npz",), (), 9)
    >>> folder.size_bytes
    9
    """

    path: Path
    kind: PurgedKind
    people: tuple[str, ...]
    deleted: tuple[str, ...]
    rewritten: tuple[str, ...]
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Purged:
    """What was removed, or would be.

    Attributes
    ----------
    folders : in the order of their paths
    notes : what the user should know, one line each
    is_done : False if nothing was removed, only listed

    Examples
    --------
    >>> clusterer.Purged(()).files, clusterer.Purged(()).size_bytes
    (0, 0)
    """

    folders: tuple[PurgedFolder, ...]
    notes: tuple[str, ...] = ()
    is_done: bool = False

    @property
    def files(self) -> int:
        """Number of files that are deleted or rewritten."""
        return sum(len(each.deleted) + len(each.rewritten) for each in self.folders)

    @property
    def size_bytes(self) -> int:
        """Of all these files as they were."""
        return sum(each.size_bytes for each in self.folders)

    @property
    def people(self) -> tuple[str, ...]:
        """Names of all people whose data go, each once."""
        return tuple(dict.fromkeys(name for each in self.folders for name in each.people))


@dataclass(frozen=True, slots=True)
class Step:
    """One folder, and how to remove from it what it lists.

    Attributes
    ----------
    folder : what goes
    carry_out : removes it; returns notes
    """

    folder: PurgedFolder
    carry_out: Callable[[], tuple[str, ...]] = field(compare=False)
