"""A server of one file that can truncate, refuse, redirect and send other content; also a proxy."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

CONTENT = bytes(range(256)) * 1024
HALF = len(CONTENT) // 2


@dataclass
class Server:
    """A running server.

    Attributes
    ----------
    url : without a slash at its end
    seen : path and Range header of each request
    go_on : set to let the path /waits send its second half
    """

    url: str
    seen: list[tuple[str, str | None]] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)

    @property
    def ranges(self) -> list[str | None]:
        """Range header of each request."""
        return [byte_range for _, byte_range in self.seen]


class Handler(BaseHTTPRequestHandler):
    """Responds depending on the path."""

    protocol_version = "HTTP/1.1"
    at: Server

    def do_GET(self) -> None:
        byte_range = self.headers.get("Range")
        self.at.seen.append((self.path, byte_range))
        self.close_connection = True
        path = self.path.rpartition("/")[2]
        if path == "gone":
            self._head(404, {"Content-Length": "0"})
        elif path == "moved":
            self._head(302, {"Location": "/good", "Content-Length": "0"})
        elif path == "refuses" and byte_range:
            self._head(416, {"Content-Length": "0"})
        elif path == "unannounced":
            self._head(200, {})
            self.wfile.write(CONTENT[:HALF])
        else:
            body = {"other": CONTENT[::-1], "short": CONTENT[:HALF]}.get(
                path, CONTENT + CONTENT if path == "long" else CONTENT
            )
            self._send(path, body, None if path == "ignores" else byte_range)

    def _send(self, path: str, body: bytes, byte_range: str | None) -> None:
        match = re.fullmatch(r"bytes=(\d+)-", byte_range or "")
        start, total = int(match[1]) if match else 0, len(body)
        if match and start >= total:
            self._head(416, {"Content-Length": "0"})
            return
        if path == "shifted":
            start = max(start - 7, 0)
        remaining = body[start:]
        headers = {"Content-Length": str(len(remaining))}
        if match:
            headers["Content-Range"] = f"bytes {start}-{total - 1}/{total}"
        self._head(206 if match else 200, headers)
        if path in {"cuts", "waits"} and not match:
            self.wfile.write(remaining[:HALF])
            if path == "cuts":
                return
            self.at.go_on.wait(20)
            remaining = remaining[HALF:]
        self.wfile.write(remaining)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Connection": "close", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Log nothing."""


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that disconnect, as the tests intend."""


@contextmanager
def serving() -> Iterator[Server]:
    """Run a server on a free port of this machine."""
    handler = type("Bound", (Handler,), {})
    with _Quiet(("127.0.0.1", 0), handler) as running:
        server = Server(f"http://127.0.0.1:{running.server_port}")
        handler.at = server
        thread = threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            with pytest.MonkeyPatch.context() as patch:  # ignore the proxy of this machine
                patch.setenv("no_proxy", "127.0.0.1")
                yield server
        finally:
            server.go_on.set()
            running.shutdown()
            thread.join()
