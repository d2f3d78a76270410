"""One file over HTTP into a cache, gone on with where an earlier attempt stopped.

What came so far is kept in a file of its own, which one download at a time holds; another beside
it starts anew without. Importing this loads nothing heavy.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from clusterer.core.lock import lock

TIMEOUT_S = 30
"""Without an answer, or without a further byte."""
CHUNK_BYTES = 1 << 16
PARTIAL, CANNOT = 206, 416
"""HTTP: a part as asked for; no such part (RFC 9110, sections 15.3.7 and 15.5.17)."""

Progress = Callable[[int, int], None]
"""Told how many bytes came, and how many there are."""


@dataclass(frozen=True, slots=True)
class Resuming:
    """A downloader as pooch takes them: fills the file that pooch then checks and moves.

    Attributes
    ----------
    part : where what came is kept; the folder must exist
    size_bytes : of the whole, above 0
    progress : may be called often
    """

    part: Path
    size_bytes: int
    progress: Progress | None = None

    def __call__(self, url: str, output_file: str, pooch: Any) -> None:  # noqa: ARG002 (pooch's)
        """Download.

        Raises
        ------
        requests.RequestException
            No network, a refusal, or the connection was cut; what came is kept.
        ValueError
            It cannot be the file: too long or too short.
        OSError
            The disk is full, or the folder cannot be written to.
        """
        with _held(self.part) as file:
            try:
                self._fill(url, file)
            except ValueError:
                file.truncate(0)
                raise
            file.seek(0)
            output = Path(output_file)
            with output.open("wb") as out:
                shutil.copyfileobj(file, out)
            output.chmod(os.fstat(file.fileno()).st_mode & 0o777)  # pooch's is for one user only
            file.truncate(0)

    def _fill(self, url: str, file: IO[bytes]) -> None:
        """Bring the part to its full length."""
        import requests  # noqa: PLC0415 (a run never needs it)

        have = file.seek(0, os.SEEK_END)
        if have >= self.size_bytes:
            return  # interrupted just before it was handed over
        # identity: a part of a compressed stream could not be gone on with
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as answer:
            at, total = _offered(answer)
            if have and (answer.status_code == CANNOT or at not in {0, have}):
                file.truncate(0)
                self._fill(url, file)
                return
            answer.raise_for_status()
            if at not in {0, have} or total not in {None, self.size_bytes}:
                raise ValueError("another file, or a part that nobody asked for")
            if at == 0:
                file.truncate(0)
            came = self._append(answer, file, at)
            if came < self.size_bytes:
                if total is None:
                    raise ValueError(f"{came} bytes instead of {self.size_bytes}")
                raise requests.ConnectionError("cut")

    def _append(self, answer: Any, file: IO[bytes], at: int) -> int:
        """Write what comes; returns the length of the part then."""
        if self.progress is not None:
            self.progress(at, self.size_bytes)
        for chunk in answer.iter_content(CHUNK_BYTES):
            at += file.write(chunk)
            if at > self.size_bytes:
                raise ValueError(f"more than {self.size_bytes} bytes")
            if self.progress is not None:
                self.progress(at, self.size_bytes)
        return at


def _offered(answer: Any) -> tuple[int, int | None]:
    """First byte that an answer holds, and the length of the whole if it says so."""
    if answer.status_code == PARTIAL:
        found = re.fullmatch(
            r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", "").strip()
        )
        if found is None:
            return -1, None
        return int(found[1]), None if found[2] == "*" else int(found[2])
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if length.isdecimal() else None


@contextmanager
def _held(part: Path) -> Iterator[IO[bytes]]:
    """The part, to read and to append to; where another download holds it, an empty file."""
    mine = False
    try:
        with part.open("a+b") as file:
            mine = _lock(file)
            if mine:
                yield file
            else:
                with tempfile.TemporaryFile(dir=part.parent) as own:
                    yield own
    finally:
        if mine and part.exists() and part.stat().st_size == 0:
            part.unlink(missing_ok=True)


def _lock(file: IO[bytes]) -> bool:
    """Hold a file until it is closed; where the file system knows no locks, nobody does."""
    try:
        return lock(file)
    except OSError:
        return False
