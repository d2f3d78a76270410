"""Downloading weights, from a local server."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusterer.core.errors import ConfigError, ModelError
from clusterer.models.cache import ENVIRONMENT_VARIABLE as CACHE
from clusterer.models.download import ENVIRONMENT_VARIABLE, Download
from tests.download_server import CONTENT, HALF, Server, serving

DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "cache" / "models"


@pytest.fixture
def part(cache: Path) -> Path:
    """The partial file."""
    cache.mkdir(parents=True)
    return cache / f"{DIGEST}.part"


def file_at(url: str) -> Download:
    return Download("small", "small.onnx", url, DIGEST, len(CONTENT), "MIT")


def test_fetched_once_and_found(server: Server, cache: Path) -> None:
    file = file_at(f"{server.url}/good")
    with pytest.raises(ModelError) as caught:
        file.read()
    assert str(caught.value) == (
        "small.onnx is missing. Run cluster-video models download small, "
        "or put it into a folder and name that in CLUSTER_VIDEO_MODELS"
    )
    assert file.fetch() == cache / "small.onnx"
    assert (file.read(), file.sha256()) == (CONTENT, file.digest)
    assert replace(file, url="http://127.0.0.1:9/").fetch() == cache / "small.onnx"
    assert list(cache.iterdir()) == [cache / "small.onnx"]
    assert (cache / "small.onnx").stat().st_mode & 0o777 == 0o666 & ~umask()


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("other", "its sha256 differs"),
        ("short", "its sha256 differs"),
        ("long", "its sha256 differs"),
        ("unannounced", "its sha256 differs"),
        ("gone", r"cannot be downloaded from .*/gone \(404 Not Found\)"),
    ],
)
def test_other_content_is_refused(server: Server, cache: Path, path: str, what: str) -> None:
    with pytest.raises(ModelError, match=what):
        file_at(f"{server.url}/{path}").fetch()
    assert list(cache.iterdir()) == []


def test_without_a_network_the_error_names_the_other_way() -> None:
    with pytest.raises(ModelError, match="CLUSTER_VIDEO_MODELS"):
        file_at("http://127.0.0.1:9/small.onnx").fetch()


def test_a_damaged_file_is_fetched_again(server: Server) -> None:
    file = file_at(f"{server.url}/good")
    file.fetch().write_bytes(CONTENT[::-1])
    with pytest.raises(ModelError, match="is damaged, or was changed"):
        file.find()
    assert file.fetch().read_bytes() == CONTENT


def test_a_users_folder_is_searched_by_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(folder))
    file = file_at("http://127.0.0.1:9/")
    (folder / "small.onnx").write_bytes(CONTENT[::-1])  # another file of that name and size
    with pytest.raises(ModelError, match="is damaged, or was changed"):
        file.find()
    (folder / "whatever.bin").write_bytes(CONTENT)
    assert file.find() == file.fetch() == folder / "whatever.bin"
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(folder / "nowhere"))
    with pytest.raises(ModelError, match="is missing"):
        file.find()


def test_a_licence_that_must_be_accepted(server: Server) -> None:
    file = replace(file_at(f"{server.url}/good"), needs_consent=True, licence="research only")
    with pytest.raises(ConfigError, match=r"research only\. Accept it with --accept-licence"):
        file.fetch()
    assert server.seen == []
    assert file.fetch(accept_licence=True).is_file()


def test_resumes_where_the_connection_was_lost(server: Server, cache: Path) -> None:
    file = file_at(f"{server.url}/cuts")
    with pytest.raises(ModelError, match=r"cannot be downloaded .* \(ChunkedEncodingError\)"):
        file.fetch()
    (partial,) = cache.iterdir()
    assert partial.read_bytes() == CONTENT[:HALF]
    progress: list[tuple[int, int]] = []
    assert file.fetch(progress=lambda done, total: progress.append((done, total))).is_file()
    assert file.read() == CONTENT
    assert server.ranges == [None, f"bytes={HALF}-"]
    assert list(cache.iterdir()) == [cache / "small.onnx"]
    assert progress[0] == (HALF, len(CONTENT))
    assert progress[-1] == (len(CONTENT), len(CONTENT))
    assert progress == sorted(progress)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(CONTENT) + 3))
def test_received_bytes_are_not_requested_again(server: Server, cache: Path, came: int) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "small.onnx").unlink(missing_ok=True)
    (cache / f"{DIGEST}.part").write_bytes((CONTENT + b"abc")[:came])
    server.seen.clear()
    if came > len(CONTENT):  # of another file: deleted, and the next attempt starts from 0
        with pytest.raises(ModelError, match="sha256 differs"):
            file_at(f"{server.url}/good").fetch()
        assert list(cache.iterdir()) == []
        return
    assert file_at(f"{server.url}/good").fetch().read_bytes() == CONTENT
    byte_range = None if came == 0 else f"bytes={came}-"
    assert server.ranges == ([] if came == len(CONTENT) else [byte_range])


@pytest.mark.parametrize(
    ("path", "requests"), [("ignores", 1), ("refuses", 2), ("shifted", 2), ("moved", 2)]
)
def test_servers_that_do_not_resume(
    server: Server, cache: Path, part: Path, path: str, requests: int
) -> None:
    part.write_bytes(CONTENT[:1000])
    assert file_at(f"{server.url}/{path}").fetch().read_bytes() == CONTENT
    assert len(server.seen) == requests
    assert list(cache.iterdir()) == [cache / "small.onnx"]


def test_a_server_error_keeps_the_partial_file(server: Server, part: Path) -> None:
    part.write_bytes(CONTENT[:1000])
    with pytest.raises(ModelError, match="404 Not Found"):
        file_at(f"{server.url}/gone").fetch()
    assert part.read_bytes() == CONTENT[:1000]


def test_a_wrong_partial_file_is_deleted(server: Server, cache: Path, part: Path) -> None:
    part.write_bytes(CONTENT[1:1001])
    file = file_at(f"{server.url}/good")
    with pytest.raises(ModelError, match="its sha256 differs"):
        file.fetch()
    assert list(cache.iterdir()) == []
    assert file.fetch().read_bytes() == CONTENT


@pytest.mark.parametrize("signal", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left")])
def test_interrupted_in_the_middle(server: Server, cache: Path, signal: BaseException) -> None:
    def stop(done: int, _total: int) -> None:
        if done >= HALF:
            raise signal

    file, raised = file_at(f"{server.url}/good"), type(signal)
    with pytest.raises(ModelError if raised is OSError else raised) as caught:
        file.fetch(progress=stop)
    if raised is OSError:
        assert str(caught.value) == (
            f"Cannot write {cache} (no space left). "
            f"Free some space, or name another folder in CLUSTER_VIDEO_CACHE"
        )
    (partial,) = cache.iterdir()
    assert partial.read_bytes() == CONTENT[: partial.stat().st_size]
    assert partial.stat().st_size >= HALF
    assert file.fetch().read_bytes() == CONTENT


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(ModelError, match=r"Cannot write .*models \(not a directory\)\. Free"):
        file_at("http://127.0.0.1:9/").fetch()


def test_concurrent_downloads_do_not_interfere(server: Server, cache: Path) -> None:
    file, slow = file_at(f"{server.url}/good"), file_at(f"{server.url}/waits")
    first = threading.Thread(target=slow.fetch)
    first.start()
    wait_for(lambda: size_of(cache / f"{DIGEST}.part") >= HALF)
    with pytest.raises(ModelError, match="is missing"):
        file.find()
    assert file.fetch().read_bytes() == CONTENT
    assert (cache / f"{DIGEST}.part").read_bytes() == CONTENT[:HALF]
    server.go_on.set()
    first.join()
    assert server.ranges == [None, None]
    assert file.read() == CONTENT
    assert list(cache.iterdir()) == [cache / "small.onnx"]


def test_a_killed_download_resumes(server: Server, cache: Path) -> None:
    code = (
        f"from clusterer.models.download import Download\n"
        f"Download('small', 'small.onnx', '{server.url}/waits', '{DIGEST}', "
        f"{len(CONTENT)}, 'MIT').fetch()"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        wait_for(lambda: size_of(cache / f"{DIGEST}.part") >= HALF)
        process.kill()
    assert file_at(f"{server.url}/waits").fetch().read_bytes() == CONTENT
    assert server.ranges == [None, f"bytes={HALF}-"]


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else -1


def wait_for(condition: object) -> None:
    assert callable(condition)
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.02)
    pytest.fail("timed out")


def test_through_a_proxy(server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    url = "http://models.invalid/cuts"  # no such host: only the proxy can respond
    with pytest.raises(ModelError, match="ChunkedEncodingError"):
        file_at(url).fetch()
    assert file_at(url).fetch().read_bytes() == CONTENT
    assert server.seen == [(url, None), (url, f"bytes={HALF}-")]
