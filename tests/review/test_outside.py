"""A review that other machines reach: by which addresses, and that no other is let in."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusterer.core.errors import ConfigError
from clusterer.review.outside import Outside
from tests.review.conftest import ANN, JSON, Served, opened, serving, stored

ORIGIN = "https://review.example.org"
HIDE = b'{"edit": {"action": "hide", "who": ["%s"]}, "count": 0}' % ANN.encode()


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://review.example.org", ORIGIN),
        ("https://Review.Example.org/", ORIGIN),
        (" https://review.example.org:443 ", ORIGIN),
        ("https://review.example.org:8443", f"{ORIGIN}:8443"),
        ("http://localhost:8700", "http://localhost:8700"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        (
            "https://b\N{LATIN SMALL LETTER U WITH DIAERESIS}ro.example",
            "https://xn--bro-hoa.example",
        ),
    ],
)
def test_addresses_are_written_as_browsers_send_them(address: str, origin: str) -> None:
    assert Outside("0.0.0.0", address).origin == origin


@pytest.mark.parametrize(
    "address",
    ["review.example.org", "ftp://a.example", "https://", "https://u:p@a.example", "https://a/b",
     "https://a.example?x", "https://a.example#x", "https://a.example:0x", "https://a:99999"],
)  # fmt: skip
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(ConfigError, match="is not the address of a site"):
        Outside("0.0.0.0", address)


def test_what_others_could_listen_to_is_refused() -> None:
    with pytest.raises(ConfigError, match="not encrypted"):
        Outside("0.0.0.0", "http://review.example.org")
    for everywhere in ("0.0.0.0", "192.168.1.5", "::"):
        with pytest.raises(ConfigError, match="lets other machines in"):
            Outside(everywhere)
    with pytest.raises(ConfigError, match="not an address of a machine"):
        Outside("localhost")
    assert Outside("127.0.0.2") == Outside("127.0.0.2", "")
    assert Outside("::1").origin == ""


@pytest.fixture
def outside(folder: Path) -> Iterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serving(opened(folder), port, outside=Outside("127.0.0.1", ORIGIN)) as running:
        assert running.address.startswith(f"{ORIGIN}/")
        running.address = running.address.replace(ORIGIN, f"http://127.0.0.1:{port}")
        yield running


def proxied(**more: str) -> dict[str, str]:
    return {"Host": "review.example.org", **{k.replace("_", "-"): v for k, v in more.items()}}


def test_the_page_is_reached_by_the_name_of_the_proxy(outside: Served, folder: Path) -> None:
    where = f"/{outside.token}/"
    assert outside.ask("GET", where, proxied()).status == 200
    assert outside.get().status == 200  # from this machine, too
    sent = proxied(Origin=ORIGIN, Content_Type=JSON)
    assert outside.ask("POST", f"{where}edit", sent, HIDE).status == 200
    assert stored(folder)["edits"][0]["action"] == "hide"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "review.example.org:80"}, 403),
        ({"Host": "review.example.org.evil.example"}, 403),
        (proxied(Origin="https://evil.example", Content_Type=JSON), 403),
        (proxied(Origin="http://review.example.org", Content_Type=JSON), 403),
        (proxied(Content_Type=JSON), 403),
        (proxied(Origin=ORIGIN, Content_Type="text/plain"), 415),
    ],
)
def test_no_other_is_let_in(
    outside: Served, folder: Path, headers: dict[str, str], status: int
) -> None:
    assert outside.ask("POST", f"/{outside.token}/edit", headers, HIDE).status == status
    assert outside.ask("GET", "/x/", proxied()).status == 404
    assert not (folder / "edits.json").exists()


def test_a_review_of_this_machine_knows_no_other_name(served: Served) -> None:
    assert served.ask("GET", f"/{served.token}/", proxied()).status == 403
