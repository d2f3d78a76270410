"""Keeps converted models in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from clusterer.core.errors import ResultError
from clusterer.core.files import make_folder, write_atomic

ENVIRONMENT_VARIABLE = "CLUSTER_VIDEO_CACHE"
"""Names the cache folder, if it is set."""


def cache_folder() -> Path:
    """Folder for things that can be made again; it need not exist."""
    if chosen := os.environ.get(ENVIRONMENT_VARIABLE):
        return Path(chosen)
    import platformdirs  # noqa: PLC0415 (slow, for help that needs no folder)

    return Path(platformdirs.user_cache_dir("cluster-video"))


def cached(name: str, digest: str, make: Callable[[], bytes]) -> bytes:
    """Return what is kept under a name, made now if that is missing or anything else.

    Whoever can write into the folder cannot slip something else in: only what `digest` names is
    taken from there. A folder that cannot be written is no error: then nothing is kept.

    Parameters
    ----------
    name : name of the file
    digest : sha256 of what `make` makes, hexadecimal. Where other versions of the libraries make
        other bytes, these are returned and not kept.
    make : makes the content
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
