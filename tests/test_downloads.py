"""Weights from the network; the server is a local one."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from clusterer.dlib_onnx.cache import ENVIRONMENT_VARIABLE as CACHE
from clusterer.downloads import ENVIRONMENT_VARIABLE, Download
from clusterer.errors import ConfigError, ModelError

CONTENT = bytes(range(256)) * 40


class Handler(BaseHTTPRequestHandler):
    """Sends the file, another one, or half of it."""

    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        half = len(CONTENT) // 2
        bodies = {"/other": CONTENT[::-1], "/half": CONTENT[:half]}
        self.wfile.write(bodies.get(self.path, CONTENT))
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "cache" / "models"


def file_at(url: str) -> Download:
    digest = hashlib.sha256(CONTENT).hexdigest()
    return Download("small", "small.onnx", url, digest, len(CONTENT), "MIT")


def test_fetched_once_and_found(server: str, cache: Path) -> None:
    file = file_at(f"{server}/good")
    with pytest.raises(ModelError) as caught:
        file.read()
    assert str(caught.value) == (
        "small.onnx is missing. Run cluster-video models download small, "
        "or put it into a folder and name that in CLUSTER_VIDEO_MODELS"
    )
    assert file.fetch() == cache / "small.onnx"
    assert (file.read(), file.sha256()) == (CONTENT, file.digest)
    assert replace(file, url="http://127.0.0.1:9/").fetch() == cache / "small.onnx"


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("other", "its sha256 differs"),
        ("half", "cannot be downloaded|its sha256 differs"),
        ("gone", "cannot be downloaded"),
    ],
)
def test_nothing_else_takes_its_place(server: str, cache: Path, path: str, what: str) -> None:
    with pytest.raises(ModelError, match=what):
        file_at(f"{server}/{path}").fetch()
    assert list(cache.iterdir()) == []


def test_no_network_names_the_other_way() -> None:
    with pytest.raises(ModelError, match="CLUSTER_VIDEO_MODELS"):
        file_at("http://127.0.0.1:9/small.onnx").fetch()


def test_a_damaged_file_is_fetched_again(server: str, cache: Path) -> None:
    file = file_at(f"{server}/good")
    file.fetch().write_bytes(CONTENT[::-1])
    with pytest.raises(ModelError, match="is missing"):
        file.find()
    assert file.fetch().read_bytes() == CONTENT


def test_own_folder_by_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(folder))
    file = file_at("http://127.0.0.1:9/")
    (folder / "small.onnx").write_bytes(CONTENT[::-1])  # another file of that name and size
    with pytest.raises(ModelError, match="is missing"):
        file.find()
    (folder / "whatever.bin").write_bytes(CONTENT)
    assert file.find() == folder / "whatever.bin"
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(folder / "nowhere"))
    with pytest.raises(ModelError, match="is missing"):
        file.find()


def test_a_licence_that_must_be_accepted(server: str) -> None:
    file = replace(file_at(f"{server}/good"), needs_consent=True, licence="research only")
    with pytest.raises(ConfigError, match=r"research only\. Accept it with --accept-licence"):
        file.fetch()
    assert file.fetch(accept_licence=True).is_file()
