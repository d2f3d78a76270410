"""Grouping gives the same on any number of cores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from clusterer.core.config import AnalysisConfig, Config, EncodingConfig
from clusterer.people import decide as decide_module
from clusterer.people.decide import basis
from tests.small_analysis import analysis_of
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

    decide_module.decide(small_analysis(), small_result().config)  # loads its libraries
    monkeypatch.setattr(decide_module, "advise", looking)
    with threadpool_limits(limits=3, user_api="blas"):
        decide_module.decide(small_analysis(), small_result().config)
        assert blas_threads() == {3}
    assert seen == [{1}]


def test_certain_links_go_by_the_encoder_of_the_analysis_not_by_the_best_at_hand() -> None:
    """At this distance, SFace's unit would take these tracks for one face, and dlib's does not."""
    one, other = np.eye(8)[0], np.array([1.0, 0.5, 0, 0, 0, 0, 0, 0])
    analysis = analysis_of(
        [(0, 0, 0.9), (0, 4, 0.9), (1, 8, 0.9), (1, 12, 0.9)],
        chips={0: one, 1: one, 2: other, 3: other},
    )
    by_name = {
        name: Config(AnalysisConfig(encoding=EncodingConfig(encoder=name)))
        for name in ("dlib", "sface")
    }
    assert basis(analysis, by_name["sface"]).must_link.tolist() == [[0, 1]]
    assert basis(analysis, by_name["dlib"]).must_link.tolist() == []
    assert basis(analysis, Config()).must_link.tolist() == []
