"""A lock on an open file, released by the system if the process dies."""

from __future__ import annotations

import errno
import sys
from typing import IO

_HELD = {errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK}


def lock(file: IO[bytes]) -> bool:
    """Lock a file until it is closed, without waiting.

    Returns
    -------
    False if it is already locked, also within this process

    Raises
    ------
    OSError
        The file system does not support locks.
    """
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 (Windows only)

            file.seek(1 << 40)  # a byte that is never written, so that the lock blocks no access
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 (POSIX only)

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            return False
        raise
    return True
