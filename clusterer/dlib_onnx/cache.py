"""Keeps converted models in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import platformdirs

from clusterer.errors import ResultError
from clusterer.files import make_folder, write_atomic

ENVIRONMENT_VARIABLE = "CLUSTER_VIDEO_CACHE"
"""Names the cache folder, if it is set."""

_DIGEST_BYTES = hashlib.sha256().digest_size


def cache_folder() -> Path:
    """Folder for things that can be made again; it need not exist."""
    chosen = os.environ.get(ENVIRONMENT_VARIABLE)
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("cluster-video"))


def cached(name: str, make: Callable[[], bytes]) -> bytes:
    """Return what is kept under a name, made now if it is missing or damaged.

    A folder that cannot be written is no error: then nothing is kept. A file begins with the
    sha256 of the rest, by which a damaged one is known.

    Parameters
    ----------
    name : name of the file; must change whenever `make` would make something else
    make : makes the content
    """
    path = cache_folder() / name
    try:
        stored = path.read_bytes()
    except OSError:
        stored = b""
    digest, content = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
    if content and hashlib.sha256(content).digest() == digest:
        return content
    content = make()
    with suppress(ResultError):
        make_folder(path.parent)
        write_atomic(path, hashlib.sha256(content).digest() + content)
    return content
