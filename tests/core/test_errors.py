"""The hierarchy of errors, and their messages."""

from __future__ import annotations

import inspect

import pytest

from clusterer.core import errors
from clusterer.core.errors import CacheError, ClustererError, ResultError

TREE = [
    value
    for _, value in inspect.getmembers(errors, inspect.isclass)
    if value.__module__ == errors.__name__
]


def test_the_message_is_cause_and_remedy() -> None:
    error = ClustererError("a.mp4 holds no video", "Give a video file")
    assert str(error) == "a.mp4 holds no video. Give a video file"
    assert (error.cause, error.remedy) == ("a.mp4 holds no video", "Give a video file")


def test_without_remedy_the_message_is_the_cause() -> None:
    assert str(ClustererError("a.mp4 holds no video")) == "a.mp4 holds no video"


@pytest.mark.parametrize("kind", TREE)
def test_all_are_caught_as_one(kind: type[ClustererError]) -> None:
    assert issubclass(kind, ClustererError)
    with pytest.raises(ClustererError, match=r"^cause\. remedy$"):
        raise kind("cause", "remedy")


def test_the_docstring_draws_the_tree() -> None:
    drawn = [line for line in (errors.__doc__ or "").splitlines() if "Error" in line]
    depth_of = {}
    for line in drawn:
        name = line.strip(" │├└─").split()[0]
        depth_of[name] = (len(line) - len(line.lstrip(" │├└─"))) // 4
    expected = {kind.__name__: len(kind.__mro__) - len(ClustererError.__mro__) for kind in TREE}
    assert {name: depth - depth_of["ClustererError"] for name, depth in depth_of.items()} == (
        expected
    )
    names = list(depth_of)
    assert names.index("CacheError") == names.index("ResultError") + 1


def test_a_damaged_cache_is_a_fault_of_the_result_folder() -> None:
    assert issubclass(CacheError, ResultError)
