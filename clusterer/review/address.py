"""The address of a review: after a restart the same, so that a page that is still open goes on.

The secret in it follows from a key that only this user can read, from the port, and from what is
reviewed. So it cannot be guessed, and nobody who learns it can use it for another review.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from clusterer.core.errors import ResultError
from clusterer.core.files import write_atomic
from clusterer.core.folders import make_folder
from clusterer.models.cache import cache_folder

KEY_FILE = "review.key"
KEY_BYTES = 32
SECRET_BYTES = 24
FIRST_PORT, LAST_PORT = 49152, 65535
"""Ports that nobody assigns to a service (RFC 6335)."""


class Address:
    """Makes secrets and a port to prefer.

    Parameters
    ----------
    subject
        Names what is reviewed: the same subject gets the same address. ``""`` = another secret at
        each start, as where no key can be kept for this user alone.
    """

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._key = _key() if subject else None

    def secret(self, port: int) -> str:
        """The secret at a port, which a URL can hold as it is."""
        if self._key is None:
            return secrets.token_urlsafe(SECRET_BYTES)
        return base64.urlsafe_b64encode(self._digest(str(port))[:SECRET_BYTES]).decode()

    @property
    def port(self) -> int:
        """The port to try first; 0 = any."""
        if self._key is None:
            return 0
        number = int.from_bytes(self._digest("port")[:8], "big")
        return FIRST_PORT + number % (LAST_PORT - FIRST_PORT + 1)

    def _digest(self, of: str) -> bytes:
        assert self._key is not None
        return hmac.digest(
            self._key, f"{of}\0{self._subject}".encode(errors="surrogatepass"), hashlib.sha256
        )


def _key() -> bytes | None:
    """The user's key, made now if there is none; None if it cannot be kept private."""
    path = cache_folder() / KEY_FILE
    with suppress(OSError, ResultError):
        key = _read(path)
        if key is None:
            make_folder(path.parent)
            write_atomic(path, secrets.token_bytes(KEY_BYTES), private=True)
            key = _read(path)  # a file system without owners keeps nothing private
        return key
    return None


def _read(path: Path) -> bytes | None:
    """The key, unless it is missing, cut off, or open to others."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if os.name == "posix" and (
            status.st_uid != os.geteuid() or status.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        ):
            return None
        key = file.read(KEY_BYTES + 1)
    return key if len(key) == KEY_BYTES else None
