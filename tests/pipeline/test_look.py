"""One part of a video: what it needs of the process that it runs in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import cv2
from threadpoolctl import threadpool_info

from clusterer.pipeline.look import one_thread_each


def blas_threads() -> list[int]:
    return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]


def test_threads_of_libraries_are_as_before_whoever_leaves_first() -> None:
    before = cv2.getNumThreads()
    cv2.setNumThreads(3)
    blas = blas_threads()
    together = Barrier(2, timeout=30)

    def work(first: bool) -> None:
        with one_thread_each():
            together.wait()
            assert cv2.getNumThreads() == 1
            assert set(blas_threads()) <= {1}
            if not first:
                together.wait()
                assert cv2.getNumThreads() == 1, "the other has left"
                assert set(blas_threads()) <= {1}, "the other has left"
        if first:
            together.wait()

    try:
        with one_thread_each(), ThreadPoolExecutor(2) as pool:
            assert list(pool.map(work, (True, False))) == [None, None]
        assert (cv2.getNumThreads(), blas_threads()) == (3, blas)
    finally:
        cv2.setNumThreads(before)
