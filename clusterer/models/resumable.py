"""Download a file over HTTP, resuming where an earlier attempt stopped.

The partial content is kept in a file that one download at a time locks; a concurrent one starts
from the beginning without it. Importing this loads nothing heavy.
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
"""Limit of the wait for a response, and for each further byte."""
CHUNK_BYTES = 1 << 16
PARTIAL, UNSATISFIABLE = 206, 416
"""HTTP status: partial content; range not satisfiable (RFC 9110, sections 15.3.7 and 15.5.17)."""

Progress = Callable[[int, int], None]
"""Called with the bytes received and the total."""


@dataclass(frozen=True, slots=True)
class Resuming:
    """A downloader for pooch: fills the file that pooch then checks and moves.

    Attributes
    ----------
    part : file for partial content; its folder must exist
    size_bytes : of the complete file, above 0
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
            No network, an error status, or a lost connection; received bytes are kept.
        ValueError
            It is not the expected file: too long or too short.
        OSError
            The disk is full, or the folder cannot be written to.
        """
        with _locked(self.part) as file:
            try:
                self._fill(url, file)
            except ValueError:
                file.truncate(0)
                raise
            file.seek(0)
            output = Path(output_file)
            with output.open("wb") as out:
                shutil.copyfileobj(file, out)
            output.chmod(os.fstat(file.fileno()).st_mode & 0o777)  # pooch's is private
            file.truncate(0)

    def _fill(self, url: str, file: IO[bytes]) -> None:
        """Download the rest of the file."""
        import requests  # noqa: PLC0415 (only needed to download)

        received = file.seek(0, os.SEEK_END)
        if received >= self.size_bytes:
            return  # interrupted after the last byte
        # identity: a compressed stream cannot be resumed
        byte_range = {"Range": f"bytes={received}-"} if received else {}
        headers = {"Accept-Encoding": "identity"} | byte_range
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as response:
            start, total = _content_range(response)
            unusable = response.status_code == UNSATISFIABLE or start not in {0, received}
            if received and unusable:
                file.truncate(0)
                self._fill(url, file)
                return
            response.raise_for_status()
            if start not in {0, received} or total not in {None, self.size_bytes}:
                raise ValueError("another file, or a range that was not requested")
            if start == 0:
                file.truncate(0)
            length = self._append(response, file, start)
            if length < self.size_bytes:
                if total is None:
                    raise ValueError(f"{length} bytes instead of {self.size_bytes}")
                raise requests.ConnectionError("cut")

    def _append(self, response: Any, file: IO[bytes], length: int) -> int:
        """Append the response's content; return the length of the file."""
        if self.progress is not None:
            self.progress(length, self.size_bytes)
        for chunk in response.iter_content(CHUNK_BYTES):
            length += file.write(chunk)
            if length > self.size_bytes:
                raise ValueError(f"more than {self.size_bytes} bytes")
            if self.progress is not None:
                self.progress(length, self.size_bytes)
        return length


def _content_range(response: Any) -> tuple[int, int | None]:
    """Position of a response's first byte, and the total length if stated."""
    if response.status_code == PARTIAL:
        match = re.fullmatch(
            r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", "").strip()
        )
        if match is None:
            return -1, None
        return int(match[1]), None if match[2] == "*" else int(match[2])
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdecimal() else None


@contextmanager
def _locked(part: Path) -> Iterator[IO[bytes]]:
    """Open the partial file for appending; an empty temporary file if another download has it."""
    locked = False
    try:
        with part.open("a+b") as file:
            locked = _lock(file)
            if locked:
                yield file
            else:
                with tempfile.TemporaryFile(dir=part.parent) as temporary:
                    yield temporary
    finally:
        if locked and part.exists() and part.stat().st_size == 0:
            part.unlink(missing_ok=True)


def _lock(file: IO[bytes]) -> bool:
    """Lock a file until it is closed; False if the file system does not support locks."""
    try:
        return lock(file)
    except OSError:
        return False
