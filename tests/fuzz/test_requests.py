"""Any requests to the review: answered, never with an error of the server, which goes on."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clusterer
from clusterer.core.types import Action
from tests.fuzz.mutate import ODD
from tests.result_folder import decided, write
from tests.review.conftest import ANN, BOB, DAN, Served, opened, serving

REQUESTS = settings(max_examples=60, deadline=None)
PATHS = st.sampled_from(
    ["", "state", "faces", "video", "edit", "undo", "redo", "regroup", "chip/0.jpg", "torso/0.jpg",
     "find", "find?track=0", "find?track=-1", "find?track=1&track=2", "find/photograph",
     "formats", "export", "reel", "reel/cancel", "reel/file",
     "anonymise", "anonymise/cancel", "anonymise/file",
     "chip/-1.jpg", "chip/%2e%2e%2fresult.json", "chip/\u0661.jpg", "..", "//", "state?" + "y" * 99]
) | st.text("abc/.%0?#;=", max_size=20)  # fmt: skip
TEXT = st.text(max_size=5)
VALUES = st.recursive(
    st.sampled_from([value for value in ODD if not isinstance(value, float)]) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
HEADERS = ("Host", "Origin", "Range", "Content-Type", "Cookie", "If-Range", "Transfer-Encoding")
PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
EDITS = st.fixed_dictionaries(
    {"action": st.sampled_from([action.value for action in Action]) | VALUES},
    optional=dict.fromkeys(
        ("who", "others", "tracks", "name"), VALUES | st.just([ANN]) | st.just([BOB, DAN])
    ),
)
BODIES = st.fixed_dictionaries(
    {}, optional={"count": st.integers(-1, 9) | VALUES, "edit": EDITS | VALUES}
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = write(decided(), tmp_path_factory.mktemp("requests") / "small.people", drawn=True)
    with serving(opened(folder)) as running:
        yield running


def check(served: Served, status: int) -> None:
    assert status < 500 or status == 507, status
    assert served.get("state").status == 200


@REQUESTS
@given(method=st.sampled_from(["GET", "HEAD", "PUT", "OPTIONS", "X"]), path=PATHS)
def test_any_path(served: Served, method: str, path: str) -> None:
    sent = path.encode("ascii", "ignore").decode().replace("#", "")
    check(served, served.ask(method, f"/{served.token}/{sent}").status)


@REQUESTS
@given(path=st.sampled_from(["edit", "undo", "redo", "regroup"]), body=BODIES)
def test_any_correction(served: Served, path: str, body: dict[str, object]) -> None:
    count = served.get("state").json["count"]
    answer = served.post(path, json.dumps(body).encode())
    check(served, answer.status)
    if answer.status != 200:
        assert answer.error
        assert served.get("state").json["count"] == count


WANTED = {
    "count": st.just(0) | VALUES,
    "people": st.none() | st.just([[ANN], [BOB]]) | st.lists(st.lists(TEXT)) | VALUES,
    "from_s": st.none() | st.floats() | VALUES,
    "to_s": st.none() | st.floats() | VALUES,
    "together": st.booleans() | VALUES,
}


@REQUESTS
@given(st.fixed_dictionaries(WANTED | {"format": st.sampled_from(["srt", "csv", "json"]) | VALUES}))
def test_any_export(served: Served, body: dict[str, object]) -> None:
    answer = served.post("export", json.dumps(body).encode())
    check(served, answer.status)
    assert answer.body if answer.status == 200 else answer.error


@REQUESTS
@given(st.fixed_dictionaries(WANTED | {"handles_s": st.floats() | VALUES}))
def test_any_reel(served: Served, body: dict[str, object]) -> None:
    answer = served.post("reel", json.dumps(body).encode())
    check(served, answer.status)
    assert answer.error  # if nothing else, the film is missing


PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452")
"""How a PNG begins, up to its width."""
PICTURES = st.binary(max_size=300) | st.builds(
    lambda head, rest: head + rest,
    st.sampled_from([PNG, b"\xff\xd8\xff", b"BM", b"II*\0", b"RIFF\x0c\0\0\0WEBPVP8 "]),
    st.binary(max_size=300),
)


@REQUESTS
@given(PICTURES)
def test_any_photograph(served: Served, content: bytes) -> None:
    answer = served.send("find/photograph", content)
    check(served, answer.status)
    assert answer.status == 415  # so few bytes are no whole picture
    assert answer.error


@REQUESTS
@given(
    st.fixed_dictionaries(
        {
            "count": WANTED["count"],
            "people": WANTED["people"],
            "whom": st.sampled_from(["them", "others", "everybody"]) | VALUES,
            "style": st.sampled_from(["blur", "box"]) | VALUES,
        }
    )
)
def test_any_anonymised_film(served: Served, body: dict[str, object]) -> None:
    answer = served.post("anonymise", json.dumps(body).encode())
    check(served, answer.status)
    assert answer.error  # if nothing else, the film is missing


@REQUESTS
@given(st.binary(max_size=300))
def test_any_body(served: Served, body: bytes) -> None:
    answer = served.post("edit", body)
    assert answer.status == 400
    check(served, answer.status)


@REQUESTS
@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_instead_of_a_request(served: Served, content: bytes) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
        connection.sendall(content + b"\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        try:
            answer = connection.recv(1 << 16)
        except ConnectionResetError:
            answer = b""
    assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))
    check(served, 200)


@REQUESTS
@given(st.dictionaries(st.sampled_from(HEADERS), PRINTABLE, max_size=4))
def test_any_headers(served: Served, headers: dict[str, str]) -> None:
    check(served, served.ask("GET", f"/{served.token}/state", headers).status)


def test_a_result_that_was_asked_anything_still_opens(served: Served) -> None:
    folder = served.site.session.folder.path
    assert len(clusterer.load(folder).labels) == 4
