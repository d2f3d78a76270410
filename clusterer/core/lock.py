"""A lock on an open file, which the system takes away where the process dies."""

from __future__ import annotations

import errno
import sys
from typing import IO

_HELD = {errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK}


def lock(file: IO[bytes]) -> bool:
    """Hold a file until it is closed, and wait for nobody.

    Returns
    -------
    False if somebody else holds it, also within this process

    Raises
    ------
    OSError
        The file system knows no locks.
    """
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 (there is none elsewhere)

            file.seek(1 << 40)  # a byte that is never written: a lock there keeps nobody from it
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 (there is none on Windows)

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            return False
        raise
    return True
