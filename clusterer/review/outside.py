"""The address by which other machines reach a review, and which of them a review may have."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from clusterer.core.errors import ConfigError

LOCAL = "127.0.0.1"
_PORTS = {"http": 80, "https": 443}
_NAMES = {"localhost", "127.0.0.1", "[::1]"}
"""Of this machine, as browsers write them."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Where a review listens, and the address by which browsers reach it.

    Attributes
    ----------
    bind : address of this machine, such as ``0.0.0.0`` for all of them
    origin : ``https://review.example.org``; empty = that of this machine

    Raises
    ------
    ConfigError
        One of them is not an address, or others could listen to what is sent to it.
    """

    bind: str = LOCAL
    origin: str = ""

    def __post_init__(self) -> None:
        try:
            listens = ipaddress.ip_address(self.bind)
        except ValueError:
            raise ConfigError(
                f"{self.bind!r} is not an address of a machine",
                "Write numbers, such as 0.0.0.0 for all addresses of this one",
            ) from None
        if self.origin:
            object.__setattr__(self, "origin", _origin(self.origin))
        elif not listens.is_loopback:
            raise ConfigError(
                f"--bind {self.bind} lets other machines in, by an address that is not known",
                "Add the one that browsers use: --address https://review.example.org",
            )


def _origin(address: str) -> str:
    """Scheme and host of an address, as browsers send them as ``Origin``."""
    wrong = ConfigError(
        f"{address!r} is not the address of a site",
        "Write it without a path: https://review.example.org",
    )
    try:
        parts = urlsplit(address.strip())
        port, name = parts.port, (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError):
        raise wrong from None
    if (
        parts.scheme not in _PORTS
        or not name
        or parts.username is not None
        or parts.password is not None
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
    ):
        raise wrong
    host = f"[{name}]" if ":" in name else name
    if parts.scheme == "http" and host not in _NAMES:
        raise ConfigError(
            f"{address} is not encrypted: whoever listens would have the review",
            "Put a reverse proxy with TLS before it, and give its https:// address",
        )
    suffix = f":{port}" if port not in {None, _PORTS[parts.scheme]} else ""
    return f"{parts.scheme}://{host}{suffix}"
