"""The address of a review: the same after a restart, and nobody else's."""

from __future__ import annotations

import os
import socket
import string
from pathlib import Path

import pytest

from clusterer.models.cache import cache_folder
from clusterer.review import address as address_module
from clusterer.review.address import FIRST_PORT, LAST_PORT, Address
from tests.review.conftest import opened, serving

SAFE = set(string.ascii_letters + string.digits + "-_")


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's key is kept, in an empty cache."""
    monkeypatch.setattr(address_module, "cache_folder", lambda: tmp_path / "cache")
    assert cache_folder() != tmp_path / "cache"
    return tmp_path / "cache" / "review.key"


def test_the_same_subject_and_port_have_the_same_address(key_file: Path) -> None:
    first, second = Address("a"), Address("a")
    assert first.secret(50000) == second.secret(50000)
    assert first.port == second.port
    assert FIRST_PORT <= first.port <= LAST_PORT
    assert len(first.secret(50000)) == 32
    assert set(first.secret(50000)) <= SAFE
    assert len(key_file.read_bytes()) == 32


def test_another_subject_port_or_key_has_another_secret(key_file: Path) -> None:
    here = Address("a")
    secrets = {here.secret(50000), here.secret(50001), Address("b").secret(50000)}
    key_file.unlink()
    assert len({*secrets, Address("a").secret(50000)}) == 4


def test_without_a_subject_each_start_has_another(key_file: Path) -> None:
    assert Address("").secret(50000) != Address("").secret(50000)
    assert Address("").port == 0
    assert not key_file.exists()


def test_a_name_that_is_no_text() -> None:
    assert Address("a\udcff").secret(1) == Address("a\udcff").secret(1)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_key_is_this_users_alone(key_file: Path) -> None:
    before = Address("a").secret(1)
    assert key_file.stat().st_mode & 0o777 == 0o600
    key_file.chmod(0o644)
    assert Address("a").secret(1) != before, "others may have read it"
    assert key_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_a_key_behind_a_link_is_not_used(key_file: Path) -> None:
    Address("a")
    key_file.rename(key_file.with_name("other"))
    key_file.symlink_to("other")
    assert Address("a").secret(1) != Address("a").secret(1)


def test_a_damaged_key_is_replaced(key_file: Path) -> None:
    Address("a")
    key_file.write_bytes(b"short")
    key_file.chmod(0o600)
    Address("a")
    assert len(key_file.read_bytes()) == 32


def test_where_no_key_can_be_kept_each_start_has_another(key_file: Path) -> None:
    key_file.parent.write_text("a file in the way")
    assert Address("a").secret(1) != Address("a").secret(1)
    assert Address("a").port == 0


def test_a_review_is_served_where_it_was(folder: Path) -> None:
    site = opened(folder)
    with serving(site, subject=site.subject) as served:
        before = served.address
        second = opened(folder)
        with serving(second, subject=second.subject) as beside:
            assert beside.port != served.port, "the port is taken"
            assert beside.token != served.token
    site = opened(folder)
    with serving(site, subject=site.subject) as served:
        assert served.address == before


def test_another_analysis_has_another_address(folder: Path) -> None:
    before = opened(folder).subject
    (folder / "people.csv").touch()
    assert opened(folder).subject == before
    os.utime(folder / "analysis.npz", ns=(0, 0))
    assert opened(folder).subject != before


def test_a_port_can_be_chosen(folder: Path) -> None:
    site = opened(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serving(site, port, site.subject) as served:
        assert served.port == port
