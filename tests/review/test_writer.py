"""The newest result ends on the disk; nobody waits, nothing is written twice at once."""

from __future__ import annotations

from dataclasses import replace
from queue import Queue
from threading import Event, Thread

import pytest

from clusterer.core.errors import ResultError
from clusterer.core.types import Action, ClusteringResult, Edit
from clusterer.review.writer import Writer, Written
from tests.small_result import small_result

SMALL = small_result()


def result(count: int) -> ClusteringResult:
    return replace(SMALL, edits=(Edit(Action.REGROUP),) * count)


class Disk:
    """Takes a result only when told to."""

    def __init__(self) -> None:
        self.began: Queue[int] = Queue()
        self.go: Queue[Exception | None] = Queue()
        self.done: list[int] = []
        self.at_once = 0

    def save(self, result: ClusteringResult) -> None:
        self.at_once += 1
        assert self.at_once == 1
        self.began.put(len(result.edits))
        failure = self.go.get(timeout=60)
        self.at_once -= 1
        if failure is not None:
            raise failure
        self.done.append(len(result.edits))


@pytest.fixture
def disk() -> Disk:
    return Disk()


def closed(writer: Writer) -> Written:
    """Close, with a bound on the time it takes."""
    found: list[Written] = []
    thread = Thread(target=lambda: found.append(writer.close()), daemon=True)
    thread.start()
    thread.join(timeout=60)
    assert found
    return found[0]


def test_those_overtaken_are_left_out(disk: Disk) -> None:
    writer = Writer(disk.save, 0)
    writer.submit(result(1))
    assert disk.began.get(timeout=60) == 1
    for count in (2, 3, 4):  # returns though the disk is busy
        writer.submit(result(count))
    assert writer.written == Written(0, newest=False, error="")
    disk.go.put(None)
    assert disk.began.get(timeout=60) == 4
    assert writer.written == Written(1, newest=False, error="")
    disk.go.put(None)
    assert closed(writer) == Written(4, newest=True, error="")
    assert disk.done == [1, 4]


def test_closing_waits_for_the_newest(disk: Disk) -> None:
    writer = Writer(disk.save, 0)
    writer.submit(result(1))
    disk.began.get(timeout=60)
    writer.submit(result(2))
    ended = Event()
    thread = Thread(target=lambda: (writer.close(), ended.set()))
    thread.start()
    disk.go.put(None)
    assert disk.began.get(timeout=60) == 2
    assert not ended.is_set()
    disk.go.put(None)
    assert ended.wait(timeout=60)
    thread.join()
    assert disk.done == [1, 2]


def test_nothing_to_write() -> None:
    written = closed(Writer(lambda _: pytest.fail("nothing was submitted"), 7))
    assert written == Written(7, newest=True, error="")


def test_fewer_corrections_are_newer_too(disk: Disk) -> None:
    writer = Writer(disk.save, 3)
    disk.go.put(None)
    writer.submit(result(2))
    assert writer.flush() == Written(2, newest=True, error="")
    closed(writer)


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (ResultError("The disk is full", "Free some space"), "The disk is full"),
        (KeyError("a\nb"), r"KeyError: 'a\nb'"),
        (ValueError("a\nb"), "ValueError: a b"),
    ],
)
def test_failure_is_told_and_mended_by_the_next(disk: Disk, failure: Exception, error: str) -> None:
    writer = Writer(disk.save, 0)
    for answer in (failure, failure):  # at once, and once more when flushed
        disk.go.put(answer)
    writer.submit(result(1))
    assert writer.flush() == Written(0, newest=False, error=error)
    assert disk.go.empty()
    disk.go.put(None)
    writer.submit(result(2))
    assert writer.flush() == Written(2, newest=True, error="")
    closed(writer)
    assert disk.done == [2]


def test_closing_tries_once_more(disk: Disk) -> None:
    writer = Writer(disk.save, 0)
    writer.submit(result(1))
    disk.began.get(timeout=60)
    disk.go.put(ResultError("The disk is full"))
    disk.go.put(None)
    assert closed(writer) == Written(1, newest=True, error="")
    assert disk.done == [1]


def test_a_disk_that_stays_full_does_not_keep_it_from_closing(disk: Disk) -> None:
    writer = Writer(disk.save, 0)
    for _ in range(2):
        disk.go.put(ResultError("The disk is full"))
    writer.submit(result(1))
    assert closed(writer) == Written(0, newest=False, error="The disk is full")
    assert disk.began.qsize() == 2
