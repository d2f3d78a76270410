"""Addresses of films: which texts are one, and what is said when one cannot be opened."""

from __future__ import annotations

import re
import sys
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import pytest

from clusterer.core.address import address_of, cause, name_of, open_place, shown, version_of
from clusterer.core.errors import ConfigError, DependencyError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("s3://bucket/a.mp4", "s3://bucket/a.mp4"),
        ("S3://bucket/A.mp4", "s3://bucket/A.mp4"),
        ("file:///films/a.mp4", "file:///films/a.mp4"),
        ("memory://a.mp4", "memory://a.mp4"),
        ("a.mp4", None),
        ("/films/a.mp4", None),
        ("C:/films/a.mp4", None),
        ("C:\\films\\a.mp4", None),
        ("s3:", None),
        ("s3://", None),
        ("12:30/a.mp4", None),
    ],
)
def test_what_is_an_address(text: str, address: str | None) -> None:
    assert address_of(text) == address
    assert address_of(PurePosixPath(text)) == address, "a path has lost a slash"
    assert address_of(PureWindowsPath(text)) == address


def test_the_name_of_the_film() -> None:
    assert name_of("s3://bucket/season 1/a.b.mp4?versionId=7") == "a.b.mp4"
    assert name_of("s3://bucket") == "bucket"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("sftp://me:secret@host/a.mp4", "sftp://me:***@host/a.mp4"),
        ("sftp://me:SEC/RET@host/a.mp4", "sftp://me:***@host/a.mp4"),
        ("sftp://me:SEC@RET@host", "sftp://me:***@host"),
        ("sftp://me:SECRET?@host:22/a.mp4", "sftp://me:***@host:22/a.mp4"),
        ("sftp://:SECRET@host/a.mp4", "sftp://:***@host/a.mp4"),
        ("sftp://me:SECRET@[::1]/a.mp4", "sftp://me:***@[::1]/a.mp4"),
        ("https://h/a.mp4?X-Amz-Signature=SECRET", "https://h/a.mp4?***"),
        ("https://h/a b.mp4?a=b c&sig=SECRET", "https://h/a b.mp4?***"),
        ("https://h/a.mp4#SECRET", "https://h/a.mp4?***"),
        ("https://SECRET@h/a.mp4", "https://***@h/a.mp4"),
        ("https://me:SECRET@h/a.mp4?mail=x@y&sig=SECRET", "https://me:***@h/a.mp4?***"),
        ("https://me:SEC?RET@h/a.mp4", "https://me:***@"),
        ("abfs://films@account.net/a.mp4?sig=SECRET", "abfs://films@account.net/a.mp4?***"),
        ("s3://bucket/a.mp4?versionId=7&X-Amz-Security-Token=SECRET", "s3://bucket/a.mp4?***"),
    ],
)
def test_passwords_and_keys_are_not_shown(address: str, expected: str) -> None:
    assert shown(address) == expected
    error = RuntimeError(f"403, url='{address}'")
    for said in (cause(error, address), cause(error, "sftp://other/a.mp4")):
        assert said.startswith("403, url=")
        assert not re.search("SEC|RET", said)


@pytest.mark.parametrize(
    "address",
    [
        "sftp://me@host/a:b@c.mp4",
        "sftp://host:22/a@b.mp4",
        "sftp://me@host:22/a@b.mp4",
        "sftp://[::1]:22/a@b.mp4",
        "sftp://host/what?.mp4",
        "memory://a:b.mp4",
        "s3://bucket/a.mp4?versionId=7",
        "s3://bucket/a#1@2.mp4",
        "abfs://films@account.net/a.mp4",
        "https://host:8443/a@b.mp4",
        "file:///C:/films/a@b.mp4",
    ],
)
def test_what_holds_no_key_is_shown_whole(address: str) -> None:
    assert shown(address) == address


def test_a_missing_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(DependencyError, match=r"fsspec, for s3://, is missing\. Install it: pip"):
        open_place("s3://bucket/a.mp4")


def test_a_missing_package_for_a_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = pytest.importorskip("fsspec.registry")
    kind = {"class": "no_such_package.Files", "err": "Install no-such-package"}
    monkeypatch.setitem(registry.known_implementations, "cloud", kind)
    with pytest.raises(DependencyError) as error:
        open_place("cloud://bucket/a.mp4")
    assert str(error.value) == "cloud:// needs a package of its own. Install no-such-package"


def test_an_unknown_kind() -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(ConfigError, match="of an unknown kind, nothing://"):
        open_place("nothing://a/b.mp4")


@pytest.mark.parametrize(
    "info",
    [
        {"size": 4, "ETag": "1"},
        {"size": 3, "ETag": "2"},
        {"size": 3, "mtime": 5.0},
        {"size": 3},
    ],
)
def test_a_changed_film_is_another(info: dict[str, Any]) -> None:
    before = version_of("s3://bucket/a.mp4", {"size": 3, "ETag": "1", "mtime": 9.0})
    assert len(before) == 32
    assert version_of("s3://bucket/a.mp4", {"size": 3, "ETag": "1", "mtime": 8.0}) == before
    assert version_of("s3://bucket/a.mp4", info) != before
    assert version_of("s3://bucket/b.mp4", {"size": 3, "ETag": "1"}) != before


@pytest.mark.parametrize("info", [{}, {"size": None}, {"size": 3, "type": "directory"}])
def test_only_files_have_a_version(info: dict[str, Any]) -> None:
    with pytest.raises(OSError, match=r"it is a folder|its size is not known"):
        version_of("s3://bucket/a.mp4", info)
