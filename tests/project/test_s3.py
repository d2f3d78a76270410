"""Films and results in S3, from a real server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import clusterer
from clusterer.core.config import AnalysisConfig, Config, DetectionConfig, VideoConfig
from clusterer.core.errors import VideoError
from clusterer.project.remote import download, is_complete, upload
from clusterer.store.scratch import Scratch
from tests.conftest import DEMO
from tests.digests import digests

LACKS = "the extra [test-cluster] is not installed"
moto = pytest.importorskip("moto.server", reason=LACKS)
pytest.importorskip("s3fs", reason=LACKS)
fsspec = pytest.importorskip("fsspec", reason=LACKS)

CONFIG = Config(
    AnalysisConfig(
        video=VideoConfig(end_s=26.0, sample_rate_hz=1.0), detection=DetectionConfig(width_px=256)
    )
)


@pytest.fixture(scope="module")
def bucket() -> Iterator[Any]:
    """A file system with a bucket ``films`` that holds the sample film."""
    server = moto.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.get_host_and_port()[1]}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        system = fsspec.filesystem("s3", skip_instance_cache=True)
        system.mkdir("films")
        system.put_file(str(DEMO), "films/demo.mp4")
        yield system
        system.clear_instance_cache()
    server.stop()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Digests of the result of the local file."""
    folder = tmp_path_factory.mktemp("local") / "demo.people"
    clusterer.process(DEMO, CONFIG, folder)
    return digests(folder)


def test_a_film_in_s3(bucket: Any, local: dict[str, str], tmp_path: Path) -> None:
    room = Scratch(tmp_path / "scratch", 100_000_000)
    with ThreadPoolExecutor(2) as executor:
        outcome = clusterer.process(
            "s3://films/demo.mp4", CONFIG, tmp_path / "x", executor=executor, scratch=room
        )
    assert digests(outcome.folder) == local
    assert [path.name for path in room.folder.rglob("*.mp4")] == ["demo.mp4"]


def test_a_film_that_is_replaced_there(
    bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Scratch(tmp_path / "scratch", 100_000_000)
    bucket.pipe_file("films/a.mp4", b"before")
    with room.held("s3://films/a.mp4") as before:
        bucket.pipe_file("films/a.mp4", b"behind")
        with room.held("s3://films/a.mp4") as after:
            assert (before.read_bytes(), after.read_bytes()) == (b"before", b"behind")


@pytest.mark.parametrize("address", ["s3://films/none.mp4", "s3://nothing/a.mp4", "s3://films"])
def test_what_is_not_there(bucket: Any, tmp_path: Path, address: str) -> None:
    with pytest.raises(VideoError, match=address):
        clusterer.process(address, CONFIG, tmp_path / "x", scratch=Scratch(tmp_path / "s", 100))
    assert not (tmp_path / "x").exists()


def test_a_result_in_s3(bucket: Any, demo: clusterer.Outcome, tmp_path: Path) -> None:
    address = "s3://films/results/demo.people"
    assert not is_complete(address)
    upload(demo.folder, address)
    assert is_complete(address)
    assert digests(download(address, tmp_path / "x")) == digests(demo.folder)
