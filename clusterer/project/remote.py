"""Results that lie elsewhere, by address: copied there whole, and back.

The file that makes a copy complete lists all others with their size and sha256. It is removed
before the first of them changes and written after the last, so a copy that was interrupted is never
taken for a result.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from clusterer.core.address import open_place, reaching, shown, size_of
from clusterer.core.errors import ResultError
from clusterer.core.files import is_plain_file, read_file, reading
from clusterer.core.folders import make_folder
from clusterer.core.parse import parse_json
from clusterer.store.folder import ResultFolder
from clusterer.store.marker import is_inside
from clusterer.store.names import MARKER, MOST_BYTES, PARTIAL, RESULT

COMPLETE = "complete.json"
"""Name of the file that makes a copy complete."""
SCHEMA = 1


def upload(folder: Path | str, address: str) -> str:
    """Copy a finished result to an address: first its files, last what makes it complete.

    Parameters
    ----------
    folder
        A result folder.
    address
        Of the folder that the files shall be in: ``s3://bucket/results/episode.people``.

    Returns
    -------
    The address of the file that makes it complete.

    Raises
    ------
    ResultError
        It is not a finished result, cannot be read or cannot be written there. A copy that is
        there is then incomplete.
    DependencyError, ConfigError
        As of `clusterer.core.address.open_place`.
    """
    result = ResultFolder(Path(folder))
    system, path = open_place(address)
    marker = f"{path.rstrip('/')}/{COMPLETE}"
    with result.locked():
        names = _names(result)
        with reaching(address, "write", ResultError), suppress(FileNotFoundError):
            system.rm_file(marker)
        files: dict[str, dict[str, Any]] = {}
        for name in names:
            with reading(result.path / name, ResultError):
                content = read_file(result.path / name)
            with reaching(address, "write", ResultError):
                _write(system, f"{path.rstrip('/')}/{name}", content)
            files[name] = {"size": len(content), "sha256": _sha256(content)}
    text = json.dumps({"program": "cluster-video", "schema": SCHEMA, "files": files}, indent=1)
    with reaching(address, "write", ResultError):
        _write(system, marker, text.encode())
    return f"{address.rstrip('/')}/{COMPLETE}"


def is_complete(address: str) -> bool:
    """Whether a copy of a result is there as a whole.

    Raises
    ------
    ResultError
        This cannot be found out.
    """
    system, path = open_place(address)
    with reaching(address, error=ResultError):
        system.invalidate_cache()
        return bool(system.exists(f"{path.rstrip('/')}/{COMPLETE}"))


def download(address: str, folder: Path | str) -> Path:
    """Copy a result from an address into a new folder, and check every file.

    Parameters
    ----------
    address
        As for `upload`.
    folder
        It must not exist, or be empty. It is there whole, or not at all.

    Returns
    -------
    the folder

    Raises
    ------
    ResultError
        The copy is incomplete, damaged or cannot be read, or the folder is not empty.
    """
    folder = Path(folder)
    system, path = open_place(address)
    if not is_complete(address):
        raise ResultError(
            f"{shown(address)} is not a complete result", "Copy the result there again"
        )
    files = _listed(system, path, address)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ResultError(f"{folder} is not empty", "Name a new folder")
    beside = folder.with_name(f".cluster-video-{secrets.token_hex(8)}.tmp")
    make_folder(beside, private=True)
    try:
        for name, expected in _in_order(files):
            content = _content(system, path, name, address, expected[0])
            if (len(content), _sha256(content)) != expected:
                raise _damaged(name, address)
            place = beside / name
            make_folder(place.parent, private=True)
            with reading(place, ResultError):
                _write_private(place, content)
        with reading(folder, ResultError):
            if folder.exists():
                folder.rmdir()
            beside.rename(folder)
    finally:
        _remove(beside)
    return folder


def _names(result: ResultFolder) -> list[str]:
    """Files of a finished result, the marker of the folder last."""
    if not is_plain_file(result.path / RESULT) or not result.has_marker:
        raise ResultError(
            f"{result.path} is not a finished result", "Give a folder that cluster-video wrote"
        )
    ours = (name for name in result.names if not name.startswith(f"{PARTIAL}/"))
    return [*sorted(name for name in ours if is_plain_file(result.path / name)), MARKER]


def _write(system: Any, path: str, content: bytes) -> None:
    system.makedirs(path.rpartition("/")[0], exist_ok=True)
    system.pipe_file(path, content)


def _content(system: Any, path: str, name: str, address: str, expected: int | None = None) -> bytes:
    """Content of a file, of which nothing is read if it has not the size that it should have."""
    place = f"{path.rstrip('/')}/{name}"
    with reaching(address, error=ResultError):
        size = size_of(system.info(place))
        if size > MOST_BYTES or expected not in (None, size):
            raise _damaged(name, address)
        with system.open(place, "rb") as file:
            return bytes(file.read(size + 1))


def _damaged(name: str, address: str) -> ResultError:
    return ResultError(f"{name} of {shown(address)} is damaged", "Copy the result there again")


def _listed(system: Any, path: str, address: str) -> dict[str, tuple[int, str]]:
    """Files of a complete copy, with size and sha256."""
    text = _content(system, path, COMPLETE, address)
    try:
        found: Mapping[str, Any] = parse_json(text)
        if found["schema"] > SCHEMA:
            raise ResultError(f"A later version wrote {shown(address)}", "Update cluster-video")
        files = {
            str(name): (int(facts["size"]), str(facts["sha256"]))
            for name, facts in found["files"].items()
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _damaged(COMPLETE, address) from None
    safe = all((name == MARKER or is_inside(name)) and 0 <= size <= MOST_BYTES
               for name, (size, _) in files.items())  # fmt: skip
    if not safe or MARKER not in files:
        raise ResultError(f"{COMPLETE} of {shown(address)} lists what is not of a result", "")
    return files


def _in_order(files: Mapping[str, tuple[int, str]]) -> Iterator[tuple[str, tuple[int, str]]]:
    """The marker of the folder last."""
    yield from sorted(files.items(), key=lambda each: (each[0] == MARKER, each[0]))


def _write_private(path: Path, content: bytes) -> None:
    path.touch(0o600, exist_ok=False)
    path.write_bytes(content)


def _remove(folder: Path) -> None:
    """Remove a folder that we made, and its files."""
    if not folder.exists():
        return
    for each in sorted(folder.rglob("*"), reverse=True):
        each.rmdir() if each.is_dir() else each.unlink()
    folder.rmdir()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
