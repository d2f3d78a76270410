"""Silent connections are closed, headers restrict answers, and descriptors may run out."""

from __future__ import annotations

import http.client
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from html import unescape
from pathlib import Path

import pytest

from clusterer.review import server as server_module
from tests.review.conftest import Served, opened, serving

POSIX = pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
STRICT = {
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


@pytest.mark.parametrize(
    "path", ["state", "faces", "chip/0.jpg", "chip/99.jpg", "nowhere", "video"]
)
def test_every_answer_has_the_headers(served: Served, path: str) -> None:
    found = served.get(path).headers
    assert {name: found.get(name) for name in STRICT} == STRICT


def test_refusals_have_the_headers(served: Served) -> None:
    for method, path in (("GET", "/"), ("PUT", f"/{served.token}/state")):
        found = served.ask(method, path).headers
        assert {name: found.get(name) for name in STRICT} == STRICT


def test_the_policy_of_the_page_is_sent_as_a_header(served: Served) -> None:
    page = served.get()
    stated = re.search(r'Content-Security-Policy" content="([^"]*)"', page.body.decode())
    assert stated is not None
    sent = page.headers["content-security-policy"]
    assert sent == f"{unescape(stated[1])}; frame-ancestors 'none'"
    assert "default-src 'none'" in sent
    assert "unsafe" not in sent
    others = {name: value for name, value in STRICT.items() if name[0] != "c" or "cross" in name}
    assert {name: page.headers.get(name) for name in others} == others


def closed_within(connection: socket.socket, seconds: float) -> bool:
    connection.settimeout(seconds)
    try:
        return connection.recv(1 << 16) == b""
    except TimeoutError:
        return False
    except ConnectionResetError:
        return True


REQUESTS: dict[str, Callable[[Served], bytes]] = {
    "nothing": lambda _: b"",
    "half a line": lambda _: b"GET /",
    "half a head": lambda served: f"GET /{served.token}/state HTTP/1.1\r\nHost: a\r\n".encode(),
    "half a body": lambda served: (
        f"POST /{served.token}/edit HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n"
        f"Origin: {served.origin}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{{"
    ).encode(),
}


@pytest.mark.parametrize("sent", REQUESTS)
def test_a_silent_client_is_closed(
    folder: Path, sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "IDLE_S", 0.3)
    with serving(opened(folder)) as served:
        with socket.create_connection(("127.0.0.1", served.port)) as connection:
            connection.sendall(REQUESTS[sent](served))
            assert closed_within(connection, 5)
        assert served.get("state").status == 200


def test_a_byte_now_and_then_is_silence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "IDLE_S", 0.3)
    with (
        serving(opened(folder)) as served,
        socket.create_connection(("127.0.0.1", served.port)) as connection,
    ):
        for _ in range(5):  # 0.5 s, longer than the limit
            with suppress(ConnectionError):
                connection.sendall(b"G")
            time.sleep(0.1)
        assert closed_within(connection, 0.3)


def test_a_slow_answer_and_a_busy_client_are_not_cut(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "IDLE_S", 0.3)

    def render(*_: object) -> str:
        time.sleep(1)
        return "late"

    with serving(opened(folder, render=render)) as served:
        assert served.get().body == b"late"
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
        connection.connect()
        used = connection.sock
        for _ in range(10):
            connection.request("GET", f"/{served.token}/state")
            assert connection.getresponse().read()
            time.sleep(0.1)
        assert connection.sock is used
        connection.close()


@POSIX
def test_a_lack_of_descriptors_is_one_line(folder: Path) -> None:
    """Those that wait are answered once others have left."""
    command = [sys.executable, "-m", "clusterer", "review", str(folder), "--no-browser"]
    limited = ["sh", "-c", f"ulimit -n 60; exec {shlex.join(command)}"]
    with subprocess.Popen(
        limited, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as review:
        assert review.stdout is not None
        assert review.stderr is not None
        address = re.match(r"http://127\.0\.0\.1:(\d+)/(.*)/", review.stdout.readline())
        assert address
        port, token = int(address[1]), address[2]
        many = [socket.create_connection(("127.0.0.1", port)) for _ in range(80)]
        time.sleep(2.5)
        for connection in many:
            connection.close()
        ask = f"GET /{token}/state HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(ask.encode())
            assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200")
        review.terminate()
        lines = review.stderr.read().splitlines()
    assert lines[0].startswith("Note: the page cannot play the film")
    assert lines[1:] == ["Note: New connections must wait (too many open files)"]
