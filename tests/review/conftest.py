from __future__ import annotations

import http.client
import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from clusterer.review import Session, Site, serve
from clusterer.review import server as server_module
from clusterer.review.outside import Outside
from clusterer.review.server import Offer
from clusterer.store.footage import Footage
from tests.odd_clocks import write_film
from tests.result_folder import decided, write
from tests.video_files import picture

ANN, BOB, CLEO, DAN = (
    "0@100,50,140,98",
    "0@300,50,340,98",
    "50@110,50,150,98",
    "60@400,50,440,98",
)
"""Keys of the tracks of the small folder, in order."""
JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        assert self.headers["content-type"] == JSON
        return json.loads(self.body)

    @property
    def error(self) -> str:
        assert self.status >= 400
        assert list(self.json) == ["error"]
        assert "\n" not in self.json["error"]
        return str(self.json["error"])


@dataclass
class Served:
    """A review that is being served, of a result or of a project."""

    site: Any
    address: str
    servers: list[uvicorn.Server] = field(default_factory=list)

    @property
    def port(self) -> int:
        port = urlsplit(self.address).port
        assert port is not None
        return port

    @property
    def token(self) -> str:
        return urlsplit(self.address).path.strip("/")

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        **options: Any,
    ) -> Answer:
        """Send a request just like this."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, dict(headers or {}), **options)
            reply = connection.getresponse()
            found = {name.lower(): value for name, value in reply.getheaders()}
            return Answer(reply.status, found, reply.read())
        finally:
            connection.close()

    def get(self, path: str = "", **headers: str) -> Answer:
        """As the page asks; an underscore stands for a hyphen in names of headers."""
        plain = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("GET", f"/{self.token}/{path}", plain)

    def post(self, path: str, content: Any) -> Answer:
        """As the page sends; bytes as they are."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {"Content-Type": JSON, "Origin": self.origin}
        return self.ask("POST", f"/{self.token}/{path}", headers, body)

    def send(self, path: str, content: bytes) -> Answer:
        """As the page sends a photograph."""
        headers = {"Content-Type": "application/octet-stream", "Origin": self.origin}
        return self.ask("POST", f"/{self.token}/{path}", headers, content)

    def stop(self) -> None:
        """As Ctrl-C."""
        for server in self.servers:
            server.should_exit = True


@contextmanager
def serving(
    site: Offer, port: int = 0, subject: str = "", outside: Outside | None = None
) -> Iterator[Served]:
    """Serve in a thread; what `serve` raises is raised at the end."""
    addresses: Queue[str | BaseException] = Queue()
    servers: list[uvicorn.Server] = []
    failures: list[BaseException] = []

    class Known(server_module.Server):
        def __init__(self, config: uvicorn.Config) -> None:
            super().__init__(config)
            servers.append(self)

    def run() -> None:
        try:
            serve(site, addresses.put, port, subject, outside)
        except BaseException as error:
            failures.append(error)
            addresses.put(error)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server_module, "Server", Known)
        thread = Thread(target=run)
        thread.start()
        address = addresses.get(timeout=60)
        try:
            if isinstance(address, str):
                served = Served(site, address, servers)
                yield served
        finally:
            for server in servers:
                server.should_exit = True
            thread.join(timeout=60)
    assert not thread.is_alive()
    if failures:
        raise failures[0]


def stored(folder: Path) -> Any:
    """The content of ``edits.json``."""
    return json.loads((folder / "edits.json").read_text("utf-8"))


def opened(folder: Path, **options: Any) -> Site:
    """What a server of this folder offers."""
    session = Session(folder)
    return Site(session, Footage(folder, session.state.result.analysis), **options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A result folder of four tracks, the first and third of one person, the last unknown."""
    return write(decided(), tmp_path / "small.people")


@pytest.fixture
def served(folder: Path) -> Iterator[Served]:
    with serving(opened(folder)) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


@pytest.fixture
def filmed(folder: Path, place: Path) -> Iterator[Served]:
    """A review with its film, of 100 frames without a face; nothing is left behind or changed."""
    write_film(folder.with_name("small.mp4"), [picture(i) for i in range(100)], sound_s=(0, 4))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with serving(opened(folder)) as served:
        yield served
    assert list(place.iterdir()) == []
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def until(served: Served, path: str, state: str) -> Any:
    """Ask until what is made in the background is in this state."""
    for _ in range(1200):
        answer = served.get(path).json
        if answer["state"] == state:
            return answer
        assert answer["state"] == "making", answer
        time.sleep(0.05)
    raise AssertionError(answer)
