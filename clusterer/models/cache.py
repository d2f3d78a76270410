"""Cache converted models in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from clusterer.core.errors import ResultError
from clusterer.core.files import write_atomic
from clusterer.core.folders import make_folder

ENVIRONMENT_VARIABLE = "CLUSTER_VIDEO_CACHE"
"""Overrides the cache folder."""


def cache_folder() -> Path:
    """Folder for files that can be regenerated; it need not exist."""
    if chosen := os.environ.get(ENVIRONMENT_VARIABLE):
        return Path(chosen)
    import platformdirs  # noqa: PLC0415 (slow, for help that needs no folder)

    return Path(platformdirs.user_cache_dir("cluster-video"))


def cached(name: str, digest: str, make: Callable[[], bytes]) -> bytes:
    """Return a cached file, created now if it is missing or has another hash.

    Only content with this `digest` is read from the cache, so a file that another user or program
    has replaced is never used. If the folder is not writable, nothing is cached.

    Parameters
    ----------
    name : file name
    digest : sha256 of the result of `make`, hexadecimal. If other library versions produce other
        bytes, these are returned but not cached.
    make : creates the content
    """
    path = cache_folder() / name
    with suppress(OSError):
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() == digest:
            return content
    content = make()
    if hashlib.sha256(content).hexdigest() == digest:
        with suppress(ResultError):
            make_folder(path.parent)
            write_atomic(path, content)
    return content
