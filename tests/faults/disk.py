"""Stands between the program and the disk: counts changes, stops at one, or lets one fail.

A change is a write, or a sync, creation, renaming or deletion of a file or folder below a given
folder. Everything else passes. The disk also knows what a power cut would leave: only what was
synced is certain to be there.
"""

from __future__ import annotations

import errno
import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CREATING = os.O_CREAT | os.O_TRUNC
Tree = dict[str, bytes | None]
"""Path relative to the folder → content; None = a folder."""


class Stopped(BaseException):
    """The program was killed."""


@dataclass
class Change:
    """One change of the names in folders.

    Attributes
    ----------
    folders : whose names it changes: it is certain once one of them is synced
    gone, there : name that goes; name that comes, with its file
    """

    folders: frozenset[str]
    gone: str | None = None
    there: tuple[str, int | None] | None = None
    synced: bool = False


@dataclass
class Disk:
    """See above.

    Attributes
    ----------
    folder : below which changes count
    act : called with the number of each change before it is made, from 0, and its kind
    """

    folder: Path
    act: Callable[[int, str], None] = lambda _step, _kind: None
    steps: list[str] = field(default_factory=list)
    _handles: dict[int, str] = field(default_factory=dict)
    _content: list[bytes] = field(default_factory=list)
    _files: dict[str, int | None] = field(default_factory=dict)
    _changes: list[Change] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self._before = tree(self.folder)
        for name, content in self._before.items():
            self._files[name] = None if content is None else self._file(content)
        self._baseline = dict(self._files)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Stand in for the functions that change the disk."""
        with pytest.MonkeyPatch.context() as patch:
            self.patch(patch)
            yield

    def patch(self, patch: pytest.MonkeyPatch) -> None:
        """Stand in for them until the patch ends."""
        for kind in ("open", "close", "write", "fsync"):
            patch.setattr(os, kind, getattr(self, f"_{kind}")(getattr(os, kind)))
        for kind in ("replace", "rename", "unlink", "remove", "mkdir", "rmdir", "ftruncate"):
            patch.setattr(os, kind, self._counted(kind, getattr(os, kind)))

    def _open(self, real: Callable[..., int]) -> Callable[..., int]:
        def open_(path: Any, flags: int, mode: int = 0o777, **how: Any) -> int:
            name = self._name(path)
            with self._lock:
                new = name is not None and flags & CREATING and not os.path.lexists(path)
                if new:
                    self._step("open")
                handle = real(path, flags, mode, **how)
                if name is not None:
                    self._handles[handle] = name
                if name is not None and new:
                    self._there(name, self._file(b""))
                return handle

        return open_

    def _close(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def close(handle: int) -> None:
            with self._lock:
                self._handles.pop(handle, None)
                real(handle)

        return close

    def _write(self, real: Callable[[int, Any], int]) -> Callable[[int, Any], int]:
        def write(handle: int, data: Any) -> int:
            if self._known(handle) is not None:
                try:
                    self._step("write")
                except Stopped:
                    real(handle, memoryview(data)[: len(data) // 2])
                    raise
            return real(handle, data)

        return write

    def _fsync(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def fsync(handle: int) -> None:
            with self._lock:
                name = self._known(handle)
                if name is None:
                    real(handle)
                    return
                self._step("fsync")
                self._sync(name)

        return fsync

    def _counted(self, kind: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def change(path: Any, *args: Any, **how: Any) -> Any:
            name = self._name(path)
            there = isinstance(path, int) or os.path.lexists(path)
            if name is None or there is (kind == "mkdir"):  # it will be refused
                return real(path, *args, **how)
            with self._lock:
                self._step(kind)
                done = real(path, *args, **how)
                self._note(kind, name, args)
                return done

        return change

    def _note(self, kind: str, name: str, args: tuple[Any, ...]) -> None:
        if kind in {"replace", "rename"}:
            to = str(self._name(args[0]))
            file = self._files.pop(name)
            self._files[to] = file
            both = frozenset({parent(name), parent(to)})
            self._changes.append(Change(both, name, (to, file)))
        elif kind == "mkdir":
            self._there(name, None)
        elif kind != "ftruncate":
            del self._files[name]
            self._changes.append(Change(frozenset({parent(name)}), name))

    def _there(self, name: str, file: int | None) -> None:
        self._files[name] = file
        self._changes.append(Change(frozenset({parent(name)}), None, (name, file)))

    def _file(self, content: bytes) -> int:
        self._content.append(content)
        return len(self._content) - 1

    def _sync(self, name: str) -> None:
        if name == "." or self._files.get(name, 0) is None:
            for change in self._changes:
                change.synced |= name in change.folders
        else:
            self._content[self._files[name] or 0] = (self.folder / name).read_bytes()

    def _step(self, kind: str) -> None:
        with self._lock:
            step = len(self.steps)
            self.steps.append(kind)
            self.act(step, kind)

    def _known(self, handle: int) -> str | None:
        """Name of an open file, unless its number has been used again."""
        name = self._handles.get(handle)
        if name is None:
            return None
        try:
            same = os.path.samestat(os.fstat(handle), (self.folder / name).stat())
        except OSError:
            return None
        return name if same else None

    def _name(self, path: Any) -> str | None:
        if isinstance(path, int):
            return self._known(path)
        try:
            return Path(path).absolute().relative_to(self.folder).as_posix()
        except ValueError:
            return None

    def after_a_power_cut(self, chance: random.Random) -> Tree:
        """What may be left: of what was not synced, each change of a name by chance.

        The content of a file is what was synced last, or nothing.
        """
        names, share = dict(self._baseline), chance.choice([0.0, 0.5, 1.0])
        for change in self._changes:
            if change.synced or chance.random() < share:
                if change.gone is not None:
                    names.pop(change.gone, None)
                if change.there is not None:
                    names[change.there[0]] = change.there[1]
        left: Tree = {}
        for name in sorted(names):
            file = names[name]
            if parent(name) == "." or parent(name) in left:
                left[name] = None if file is None else self._content[file]
        return left


def parent(name: str) -> str:
    """Folder of a name."""
    return name.rpartition("/")[0] or "."


def tree(folder: Path) -> Tree:
    """All that lies in a folder."""
    return {
        path.relative_to(folder).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
    }


def plant(folder: Path, content: Tree) -> Path:
    """Make a folder that holds this."""
    folder.mkdir()
    for name in sorted(content):
        data = content[name]
        (folder / name).mkdir() if data is None else (folder / name).write_bytes(data)
    return folder


def stop_at(step: int) -> Callable[[int, str], None]:
    """Kill the program before a change: it makes none from then on, whatever it still tries."""

    def act(now: int, _kind: str) -> None:
        if now >= step:
            raise Stopped

    return act


def fail_at(step: int, number: int) -> Callable[[int, str], None]:
    """Let a change fail; a disk that is full stays full until something is deleted."""

    def act(now: int, kind: str) -> None:
        lasts = number == errno.ENOSPC and kind in {"open", "write", "mkdir"}
        if now == step or (now > step and lasts):
            raise OSError(number, os.strerror(number))

    return act
