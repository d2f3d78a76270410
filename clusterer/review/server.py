"""The server: reachable from this machine only unless asked otherwise, until Ctrl-C."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from clusterer.core.errors import ConfigError, ResultError
from clusterer.core.files import reason
from clusterer.review.address import Address
from clusterer.review.guard import Guard
from clusterer.review.outside import LOCAL, Outside

PATIENCE_S = 2
"""How long an unfinished answer, such as a video, may delay the end."""
IDLE_S = 10.0
"""How long a connection may wait for the next request, or for the rest of one."""
BACKLOG = 64
"""Connections that wait to be accepted; asyncio tries as often if there are no descriptors left."""
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_log = logging.getLogger(__name__)


class Offer(Protocol):
    """A page to serve, of a result or of a project."""

    @property
    def subject(self) -> str:
        """Names what is reviewed, see `Address`."""

    def app(self) -> ASGIApp:
        """Make the application that answers the page."""

    def close(self) -> str:
        """Finish the current change, accept no more; return why the newest could not be written."""


class Connection(H11Protocol):
    """Is closed if its client is silent: each takes a file descriptor, of which there are few."""

    _watch: asyncio.TimerHandle | None = None
    _silent_since = 0.0
    _last: object = None
    """The request that was there at the last look."""

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override] # as uvicorn; asyncio has a base
    ) -> None:
        """Begin to watch."""
        super().connection_made(transport)
        self._silent_since = self.loop.time()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        cycle, now = self.cycle, self.loop.time()
        answering = cycle is not None and not (cycle.response_complete or cycle.more_body)
        if answering or cycle is not self._last:
            self._silent_since, self._last = now, cycle
        if now - self._silent_since >= IDLE_S:
            self.transport.abort()
        else:
            self._watch = self.loop.call_later(IDLE_S / 10, self._look)


class Server(uvicorn.Server):
    """Closes unfinished connections at the end, such as that of a paused video."""

    _is_logged = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen; a lack of file descriptors is logged once, in one line."""
        asyncio.get_running_loop().set_exception_handler(self._failed)
        await super().startup(sockets)

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in _EXHAUSTED:
            loop.default_exception_handler(context)
        elif not self._is_logged:
            self._is_logged = True
            _log.error("New connections must wait (%s)", reason(error))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End when all requests are answered, after `PATIENCE_S` at the latest."""
        cut = asyncio.get_running_loop().call_later(PATIENCE_S, self._cut)
        await super().shutdown(sockets)
        cut.cancel()

    def _cut(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def serve(
    site: Offer,
    on_ready: Callable[[str], None],
    port: int = 0,
    subject: str = "",
    outside: Outside | None = None,
) -> None:
    """Serve a page until Ctrl-C or SIGTERM, then bring the tables up to date.

    Parameters
    ----------
    site
        Is closed at the end.
    on_ready
        Called with the address, including its secret, as soon as the server listens.
    port
        0 = any free port, where it can be the one of the last time.
    subject
        Of `Address`: with the same subject and port, the address is that of the last time.
    outside
        Where it listens, and by which address browsers reach it; None = this machine only.

    Raises
    ------
    ConfigError
        The port cannot be used.
    ResultError
        The tables could not be written; ``edits.json`` still has all corrections.
    """
    address, outside = Address(subject), outside or Outside()
    with _bound(port, address.port, outside.bind) as listener:
        port = listener.getsockname()[1]
        token = address.secret(port)
        app = Guard(site.app(), token, port, outside.origin)
        server = Server(_config(app))
        with _stopped_by_signals(server):
            try:
                on_ready(f"{outside.origin or f'http://{LOCAL}:{port}'}/{token}/")
                server.run([listener])
            finally:
                problem = site.close()
    if problem:
        raise ResultError(
            f"Tables and report are not up to date: {problem}",
            "Every correction is saved; once there is space, review this folder again",
        )


def _config(app: Any) -> uvicorn.Config:
    """Only HTTP, and no output on the terminal."""
    return uvicorn.Config(
        app,
        http=Connection,
        backlog=BACKLOG,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


@contextmanager
def _bound(port: int, preferred: int = 0, host: str = LOCAL) -> Iterator[socket.socket]:
    """Listen at a port; at the preferred one if any will do and it is free."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        if os.name == "posix":  # on Windows it would let two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            _bind(listener, host, port, preferred)
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            cause = "it is in use" if taken else reason(error)
            place = f"port {port}" if host == LOCAL else f"port {port} of {host}"
            raise ConfigError(
                f"Cannot use {place} ({cause})", "Choose another, or leave out --port"
            ) from None
        listener.listen(BACKLOG)
        yield listener


def _bind(listener: socket.socket, host: str, port: int, preferred: int) -> None:
    if not port and preferred:
        with suppress(OSError):
            listener.bind((host, preferred))
            return
    listener.bind((host, port))


@contextmanager
def _stopped_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """Let signals stop the server, not the process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        server.should_exit = True

    before = {sig: signal.signal(sig, stop) for sig in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for sig, handler in before.items():
            signal.signal(sig, handler)
