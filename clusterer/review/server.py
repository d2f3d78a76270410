"""The server: on this machine only, until Ctrl-C."""

from __future__ import annotations

import asyncio
import errno
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from clusterer.core.errors import ConfigError, ResultError
from clusterer.review.app import Site, create_app
from clusterer.review.guard import Guard

HOST = "127.0.0.1"
PATIENCE_S = 2
"""How long an answer on its way, such as a film, may hold up the end."""


class Server(uvicorn.Server):
    """Cuts off, at the end, who still has not taken all, such as a film that is paused."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End when all is answered; after `PATIENCE_S` nobody is connected."""
        cut = asyncio.get_running_loop().call_later(PATIENCE_S, self._cut)
        await super().shutdown(sockets)
        cut.cancel()

    def _cut(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def serve(site: Site, on_ready: Callable[[str], None], port: int = 0) -> None:
    """Serve the page of a session until Ctrl-C or SIGTERM; then the tables are up to date.

    Parameters
    ----------
    site
        Its session is closed at the end.
    on_ready
        Told the address, with its secret, as soon as it can be called.
    port
        0 = one that is free.

    Raises
    ------
    ConfigError
        The port cannot be had.
    ResultError
        The tables could not be written; ``edits.json`` has all corrections nevertheless.
    """
    with _bound(port) as listener:
        port, token = listener.getsockname()[1], secrets.token_urlsafe(24)
        app = Guard(create_app(site), token, port)
        server = Server(_config(app))
        with _stopped_by_signals(server):
            try:
                on_ready(f"http://{HOST}:{port}/{token}/")
                server.run([listener])
            finally:
                written = site.session.close()
    if written.error:
        raise ResultError(
            f"Tables and report are not up to date: {written.error}",
            "Every correction is kept; once there is space, review this folder again",
        )


def _config(app: Any) -> uvicorn.Config:
    """Nothing but HTTP, and not a word on the terminal."""
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


@contextmanager
def _bound(port: int) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        if os.name == "posix":  # elsewhere it would let two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            cause = "it is taken" if taken else (error.strerror or str(error)).lower()
            raise ConfigError(
                f"Cannot use port {port} ({cause})", "Give another, or leave --port out"
            ) from None
        listener.listen()
        yield listener


@contextmanager
def _stopped_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """End the server, not the process; while it runs it minds the signals itself."""
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
