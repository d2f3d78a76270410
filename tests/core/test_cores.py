from __future__ import annotations

import os
from pathlib import Path

import pytest

from clusterer.core import cores
from clusterer.core.cores import usable_cores, usable_memory_bytes


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Control groups of a process that is bound to eight cores."""
    monkeypatch.setattr(cores, "CGROUPS", tmp_path)
    monkeypatch.setattr(cores, "MEMBERSHIP", tmp_path / "membership")
    monkeypatch.setattr(cores, "MEMORY", tmp_path / "meminfo")
    if hasattr(os, "sched_getaffinity"):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(8)))
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("max 100000\n", 8),
        ("200000 100000\n", 2),
        ("150000 100000\n", 2),
        ("10000 100000\n", 1),
        ("1600000 100000\n", 8),
        ("", 8),
        ("words of another kind", 8),
        ("0 0", 8),
    ],
)
def test_the_time_that_a_container_may_use(groups: Path, limit: str, expected: int) -> None:
    write(groups / "membership", "0::/\n")
    write(groups / "cpu.max", limit)
    assert usable_cores() == expected


def test_groups_above_count_too(groups: Path) -> None:
    write(groups / "membership", "0::/slice/job\n")
    write(groups / "slice" / "cpu.max", "300000 100000")
    write(groups / "slice" / "job" / "cpu.max", "max 100000")
    assert usable_cores() == 3


def test_the_first_version_of_control_groups(groups: Path) -> None:
    write(groups / "membership", "4:memory:/job\n3:cpu,cpuacct:/job\n")
    write(groups / "memory" / "job" / "cpu.cfs_quota_us", "100000")
    place = groups / "cpu,cpuacct" / "job"
    write(place / "cpu.cfs_quota_us", "250000\n")
    write(place / "cpu.cfs_period_us", "100000\n")
    assert usable_cores() == 3
    write(place / "cpu.cfs_quota_us", "-1\n")
    assert usable_cores() == 8


def test_without_control_groups(groups: Path) -> None:
    assert usable_cores() == 8


def test_memory_of_the_machine(groups: Path) -> None:
    assert usable_memory_bytes() is None
    write(groups / "meminfo", "MemTotal:  900 kB\nMemAvailable:     800 kB\n")
    assert usable_memory_bytes() == 800 * 1024


def test_memory_of_a_container(groups: Path) -> None:
    write(groups / "meminfo", "MemAvailable: 800 kB\n")
    write(groups / "membership", "0::/slice/job\n")
    write(groups / "slice" / "memory.max", "700000\n")
    write(groups / "slice" / "memory.stat", "anon 100000\nfile 500000\n")
    write(groups / "slice" / "job" / "memory.max", "max\n")
    assert usable_memory_bytes() == 600_000
    write(groups / "slice" / "memory.stat", "anon 800000\n")
    assert usable_memory_bytes() == 0
    write(groups / "slice" / "memory.stat", "of another kind\n")
    assert usable_memory_bytes() == 800 * 1024


def test_memory_in_the_first_version_of_control_groups(groups: Path) -> None:
    write(groups / "membership", "4:memory:/job\n3:cpu,cpuacct:/job\n")
    write(groups / "memory" / "job" / "memory.limit_in_bytes", "9000")
    write(groups / "memory" / "job" / "memory.stat", "rss 1\ntotal_rss 2000\n")
    assert usable_memory_bytes() == 7000
