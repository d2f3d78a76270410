"""Too little memory: recognised whoever runs out of it, and reported in one line."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator

from clusterer.core.errors import ClustererError

POOLS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Sizes of the pools of threads that linear algebra makes when it is imported."""
LEAST_BYTES = 640 << 20
_WORDS = re.compile(
    "bad.?alloc|fail(ed|ure) to allocate|unable to allocate|cannot allocate|insufficient memory"
    "|out of memory|can't start new thread|failed to map segment|resource temporarily unavailable"
    "|not enough memory",
    re.IGNORECASE,
)
"""In messages of NumPy, OpenCV, ONNX Runtime, FFmpeg, the dynamic linker and Python's threads."""
_NONE_LEFT = {errno.ENOMEM, errno.EAGAIN}
"""EAGAIN: no thread can be started, in FFmpeg; files that we read never block."""


def spare() -> None:
    """Use one thread for linear algebra if the address space is limited, as by ``ulimit -v``.

    OpenBLAS reserves memory for a thread per core when it is imported, and waits for ever, or
    crashes, if it gets none.
    """
    if address_space() is not None:
        for name in POOLS:
            os.environ.setdefault(name, "1")


def is_hopeless() -> bool:
    """Whether the address space is limited to less than any analysis needs.

    Measured: at 540 MB the import of SciPy's OpenBLAS waits for ever, at 650 MB all libraries load.
    """
    limit = address_space()
    return limit is not None and limit < LEAST_BYTES


def address_space() -> int | None:
    """Limit of the address space in bytes; None if there is none."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def is_exhausted(error: BaseException) -> bool:
    """Whether an exception, or one that it followed from, says that memory ran out.

    Our own say what they followed from; their words may name a file of that name.
    """
    return any(_says_so(each) for each in _chain(error) if not isinstance(each, ClustererError))


def _says_so(error: BaseException) -> bool:
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in _NONE_LEFT
    try:
        return isinstance(error, Exception) and _WORDS.search(str(error)) is not None
    except Exception:  # its message cannot be shown
        return False


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def advice() -> str:
    """The line to print."""
    limit = address_space()
    room = f" The address space is limited to {limit >> 20} MB." if limit else ""
    return f"Error: There is not enough memory.{room} Close other programs, or raise the limit"
