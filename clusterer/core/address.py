"""Films and results that lie elsewhere, by address: ``s3://bucket/film.mp4``.

fsspec, of the extra [cluster], opens them; nothing here is imported or opened unasked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from clusterer.core.errors import ClustererError, ConfigError, DependencyError, VideoError
from clusterer.core.text import one_line

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+):/+(?=[^/])", re.IGNORECASE)
_WEB = re.compile(r"\b(?:https?|abfss?|az|adl|wasbs?|webdavs?|webhdfs)://", re.IGNORECASE)
"""Kinds whose addresses end in queries; of others a question mark may be part of a name."""
_KEY = re.compile(
    r"([?&#][^\s=&#]*(?:sig|token|secret|key|passw|credential)[^\s=&#]*=)[^\s&#'\"]+", re.IGNORECASE
)
"""What is called a key in the query of any kind."""
_USER = re.compile(r"\b(https?://)[^/@:\s]+@", re.IGNORECASE)
"""The user of a web address, which is a key itself where no password follows."""
_PASSWORD = re.compile(
    r"(?<=://)([^/@:\[]*):(?!\d*(?:[/?#]|$))(?:.*@(?=[^/@]*(?:/|$))|.*\?\*\*\*)", re.DOTALL
)
"""After a user; it may hold / and @ itself. Digits before a / are a port."""
_LOCAL = {"file", "local"}
_VERSIONS = (
    "ETag", "etag", "md5Hash", "content_md5", "generation", "version_id", "VersionId", "mtime",
    "LastModified", "last_modified", "modified", "updated", "created",
)  # fmt: skip
"""What file systems of fsspec call it that changes with a file's content; the surest first."""
INSTALL = 'Install it: pip install ".[cluster]"'


def address_of(place: PurePath | str) -> str | None:
    """The address that a path or text is; None for a path of this machine.

    A `Path` has lost one of the two slashes of an address, which gets it back.
    """
    text = place.as_posix() if isinstance(place, PurePath) else place
    match = _ADDRESS.match(text)
    if match is None:
        return None
    slashes = ":///" if match[1].lower() in _LOCAL else "://"
    return f"{match[1].lower()}{slashes}{text[match.end() :]}"


def place_of(place: PurePath | str) -> Path | str:
    """An address as text, since a `Path` would lose slashes of it; anything else as a `Path`."""
    return address_of(place) or Path(place)


def name_of(address: str) -> str:
    """The name of the file that an address ends in."""
    return PurePath(address.partition("://")[2].partition("?")[0]).name


def shown(address: str) -> str:
    """An address for messages: without passwords, and without queries that may hold keys."""
    query = re.search(r"[?#](?=.)", address, re.DOTALL)
    if query and (_WEB.match(address) or _KEY.search(address)):
        address = f"{address[: query.start()]}?***"
    return _without_password(address)


def open_place(address: str) -> tuple[AbstractFileSystem, str]:
    """The file system of an address, and the path there.

    Raises
    ------
    DependencyError
        fsspec is missing, or the package for this kind of address.
    ConfigError
        There is no such kind of address, or it is incomplete.
    """
    kind = address.partition(":")[0]
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 (of the extra)
        from fsspec.registry import known_implementations  # noqa: PLC0415 (likewise)
    except ImportError:
        raise DependencyError(f"The library fsspec, for {kind}://, is missing", INSTALL) from None
    if kind not in known_implementations:
        raise ConfigError(
            f"{shown(address)} is of an unknown kind, {kind}://",
            "fsspec knows s3://, gcs://, abfs://, sftp:// and others",
        )
    try:
        place: tuple[AbstractFileSystem, str] = url_to_fs(address)
    except ImportError as error:
        what = known_implementations[kind].get("err", str(error)).strip().rstrip(".")
        raise DependencyError(f"{kind}:// needs a package of its own", what) from None
    except Exception as error:
        raise ConfigError(f"Cannot open {shown(address)} ({cause(error, address)})") from None
    return place


@contextmanager
def reaching(
    address: str, doing: str = "read", error: type[ClustererError] = VideoError
) -> Iterator[None]:
    """Turn whatever a file system raises into one line that names the address."""
    try:
        yield
    except ClustererError:
        raise
    except FileNotFoundError:
        raise error(f"There is no {shown(address)}", "Check the address") from None
    except Exception as failed:
        raise error(
            f"Cannot {doing} {shown(address)} ({cause(failed, address)})",
            "Check the address, the network and your credentials",
        ) from None


def cause(error: BaseException, address: str) -> str:
    """Why something failed at an address, in one line, without passwords and keys."""
    text = str(error).replace(address, shown(address))
    text = re.sub(
        rf"({_WEB.pattern}[^\s?#'\"]*)[?#][^\s'\"]+", r"\1?***", text, flags=re.IGNORECASE
    )
    return _without_password(_KEY.sub(r"\1***", text)) or type(error).__name__


def _without_password(text: str) -> str:
    return one_line(_USER.sub(r"\1***@", _PASSWORD.sub(r"\1:***@", text)))


def size_of(info: Mapping[str, Any]) -> int:
    """Bytes of a file, as its file system states them.

    Raises
    ------
    OSError
        It does not, or it is a folder.
    """
    if info.get("type") == "directory":
        raise OSError("it is a folder")
    if not isinstance(info.get("size"), int):
        raise OSError("its size is not known")
    return int(info["size"])


def version_of(address: str, info: Mapping[str, Any]) -> str:
    """Digest of an address and of what changes with its content: size, ETag or time."""
    version = next((f"{key} {info[key]}" for key in _VERSIONS if info.get(key)), "")
    return hashlib.sha256(f"{address}\n{size_of(info)}\n{version}".encode()).hexdigest()[:32]
