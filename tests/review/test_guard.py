"""Nobody but the own page is let in, and nothing happens when somebody else knocks."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusterer.review.guard import HEADERS, MOST_BYTES
from tests.result_folder import decided, write
from tests.review.conftest import ANN, JSON, Served, opened, serving

NAME = {"edit": {"action": "name", "who": [ANN], "name": "Ann"}, "count": 0}
LARGE = b" " * (MOST_BYTES + 1)


@pytest.fixture(scope="module")
def knocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A review whose corrections must still be none at the end."""
    folder = write(decided(), tmp_path_factory.mktemp("guard") / "small.people")
    with serving(opened(folder)) as running:
        yield running
    assert not (folder / "edits.json").exists()


def raw(served: Served, request: bytes) -> bytes:
    """All that is said to these bytes."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        said = b""
        while part := connection.recv(65536):
            said += part
    return said


def test_the_own_page_is_let_in(knocked: Served) -> None:
    assert len(knocked.token) >= 32
    page = knocked.get()
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert b"small.mp4" in page.body
    head = knocked.ask("HEAD", f"/{knocked.token}/")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) == len(page.body)
    assert knocked.get("state", Host=f"localhost:{knocked.port}").status == 200
    assert knocked.get("state", Origin=knocked.origin).status == 200


@pytest.mark.parametrize(
    "path",
    ["/", "/{token}", "/{token}x/", "/{short}/", "//{token}/", "/x/{token}/", "/{lower}/",
     "/%C3%A9/", "/%F0%9F/", "/?{token}/", "/{token}%00/", "/state", "//state"],
)  # fmt: skip
def test_wrong_token(knocked: Served, path: str) -> None:
    token = knocked.token
    path = path.format(token=token, short=token[:-1], lower=token.swapcase())
    answer = knocked.ask("GET", path)
    assert (answer.status, answer.error) == (404, "Page not found")


@pytest.mark.parametrize(
    "host", ["evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost", "[::1]:{port}", "",
             "127.0.0.1:{port}.evil.example", "evil.example@127.0.0.1:{port}", "0.0.0.0:{port}"],
)  # fmt: skip
def test_foreign_host(knocked: Served, host: str) -> None:
    for path in ("", "video", "chip/0.jpg", "nothing"):
        answer = knocked.get(path, Host=host.format(port=knocked.port))
        assert (answer.status, answer.error) == (403, "Wrong address for this review")


def test_no_host_at_all(knocked: Served) -> None:
    said = raw(knocked, f"GET /{knocked.token}/ HTTP/1.0\r\n\r\n".encode())
    assert said.startswith(b"HTTP/1.1 403 ")
    assert b"small.mp4" not in said


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", "https://127.0.0.1:{port}", "http://127.0.0.1",
               "http://127.0.0.1:1", "http://127.0.0.1:{port}/", "http://localhost:{port}.evil"],
)  # fmt: skip
def test_foreign_origin(knocked: Served, method: str, origin: str) -> None:
    headers = {
        "Origin": origin.format(port=knocked.port),
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": JSON,
    }
    path = "edit" if method == "POST" else "state"
    body = json.dumps(NAME) if method == "POST" else None
    answer = knocked.ask(method, f"/{knocked.token}/{path}", headers, body)
    assert (answer.status, answer.error) == (403, "Requests from other pages are not allowed")


@pytest.mark.parametrize("site", [None, "cross-site", "same-site", "none", ""])
def test_change_without_an_origin(knocked: Served, site: str | None) -> None:
    headers = {"Content-Type": JSON} | ({} if site is None else {"Sec-Fetch-Site": site})
    answer = knocked.ask("POST", f"/{knocked.token}/edit", headers, json.dumps(NAME))
    assert (answer.status, answer.error) == (403, "The origin of the request is missing")


@pytest.mark.parametrize(
    "kind",
    [None, "text/plain", "application/x-www-form-urlencoded", "text/plain; x=application/json",
     "application/json-seq", "application/json, text/plain"],
)  # fmt: skip
def test_change_that_is_not_json(knocked: Served, kind: str | None) -> None:
    headers = {"Origin": knocked.origin} | ({} if kind is None else {"Content-Type": kind})
    answer = knocked.ask("POST", f"/{knocked.token}/edit", headers, json.dumps(NAME))
    assert (answer.status, answer.error) == (415, "Only application/json is supported")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods(knocked: Served, method: str) -> None:
    answer = knocked.ask(method, f"/{knocked.token}/edit", {"Origin": knocked.origin})
    assert (answer.status, answer.error) == (405, "Only GET, HEAD and POST are supported")


@pytest.mark.parametrize("chunked", [True, False])
def test_too_large(knocked: Served, chunked: bool) -> None:
    headers = {"Origin": knocked.origin, "Content-Type": JSON}
    path = f"/{knocked.token}/edit"
    body = iter([LARGE[:1000], LARGE[1000:]]) if chunked else LARGE
    answer = knocked.ask("POST", path, headers, body, encode_chunked=chunked)
    assert (answer.status, answer.error) == (413, "The request is larger than 1000000 bytes")
    assert answer.headers["connection"] == "close"
    answer = knocked.post("edit", LARGE[1:])  # just small enough: it is read
    assert (answer.status, "it is not JSON" in answer.error) == (400, True)


def test_what_is_too_large_is_not_read_to_its_end(knocked: Served) -> None:
    head = (
        f"POST /{knocked.token}/edit HTTP/1.1\r\nHost: 127.0.0.1:{knocked.port}\r\n"
        f"Origin: {knocked.origin}\r\nContent-Type: {JSON}\r\nContent-Length: 900000000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", knocked.port), timeout=60) as connection:
        connection.sendall(head.encode() + LARGE)
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_half_a_body_changes_nothing(knocked: Served) -> None:
    body = json.dumps(NAME).encode()
    head = (
        f"POST /{knocked.token}/edit HTTP/1.1\r\nHost: 127.0.0.1:{knocked.port}\r\n"
        f"Origin: {knocked.origin}\r\nContent-Type: {JSON}\r\n"
        f"Content-Length: {len(body) + 1}\r\n\r\n"
    )
    assert b" 200 " not in raw(knocked, head.encode() + body)
    assert knocked.get("state").json["count"] == 0


def test_refused_body_is_no_second_request(knocked: Served) -> None:
    inner = f"GET /{knocked.token}/state HTTP/1.1\r\nHost: 127.0.0.1:{knocked.port}\r\n\r\n"
    head = (
        f"POST /{knocked.token}/edit HTTP/1.1\r\nHost: 127.0.0.1:{knocked.port}\r\n"
        f"Content-Type: {JSON}\r\nContent-Length: {len(inner)}\r\n\r\n"
    )
    said = raw(knocked, (head + inner).encode())
    assert said.startswith(b"HTTP/1.1 403 ")
    assert said.count(b"HTTP/1.1 ") == 1


def test_headers_on_every_answer(knocked: Served) -> None:
    answers = [
        knocked.get(),
        knocked.get("state"),
        knocked.get("nothing"),
        knocked.get("video"),
        knocked.get("edit"),
        knocked.get("state", Origin="null"),
        knocked.ask("GET", "/"),
        knocked.post("edit", b"{"),
        knocked.post("undo", {"count": 5}),
        knocked.post("edit", LARGE),
    ]
    statuses = [answer.status for answer in answers]
    assert statuses == [200, 200, 404, 404, 405, 403, 404, 400, 409, 413]
    for answer in answers:
        own = {"Content-Security-Policy"} if answer is answers[0] else set()  # the page's
        for name in HEADERS.keys() - own:
            assert answer.headers[name.lower()] == HEADERS[name]
        assert "server" not in answer.headers
        assert not any(name.startswith("access-control") for name in answer.headers)
    picture = knocked.get("chip/0.jpg").headers
    assert picture["cache-control"] == "private, max-age=86400"
    assert picture["x-content-type-options"] == "nosniff"


def test_the_browser_may_say_where_it_comes_from(folder: Path) -> None:
    with serving(opened(folder)) as served:
        path, body = f"/{served.token}/edit", json.dumps(NAME)
        kind = {"Content-Type": "Application/JSON; charset=utf-8"}
        answer = served.ask("POST", path, kind | {"Sec-Fetch-Site": "same-origin"}, body)
        assert (answer.status, answer.json) == (200, {"count": 1})
        headers = kind | {
            "Origin": f"http://localhost:{served.port}",
            "Host": f"localhost:{served.port}",
        }
        answer = served.ask("POST", path, headers, body.replace('"count": 0', '"count": 1'))
        assert (answer.status, answer.json) == (200, {"count": 2})
        chunks = iter([b'{"count"', b": 2}"])
        answer = served.ask("POST", f"/{served.token}/undo", headers, chunks, encode_chunked=True)
        assert answer.json == {"count": 1, "reload": False}
