"""Grouping gives the same on any number of cores."""

from __future__ import annotations

from typing import Any

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from clusterer.people import decide as decide_module
from tests.small_result import small_analysis, small_result


def blas_threads() -> set[int]:
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


def test_it_adds_up_in_one_order_whatever_the_number_of_cores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    advise, seen = decide_module.advise, []

    def looking(*how: Any) -> Any:
        seen.append(blas_threads())
        return advise(*how)

    monkeypatch.setattr(decide_module, "advise", looking)
    with threadpool_limits(limits=3, user_api="blas"):
        decide_module.decide(small_analysis(), small_result().config)
        assert blas_threads() == {3}
    assert seen == [{1}]
