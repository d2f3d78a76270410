"""Killed at any change of the disk: the old result or the new one is there, and nothing is lost."""

from __future__ import annotations

import random

from tests.faults.conftest import Case
from tests.faults.disk import Disk, Stopped, plant, stop_at, tree
from tests.faults.work import ACKNOWLEDGED, corrections, files, seen

STRIDE = 4
"""The power is cut before each of so many changes, twice."""


def test_killed_before_each_change(case: Case) -> None:
    """And within each write."""
    assert case.old != case.new or case.old is not None
    kept = corrections(case.before)
    for step, kind in enumerate(case.steps):
        place, where = case.copy(), f"step {step}, {kind}"
        ACKNOWLEDGED.clear()
        disk = Disk(place, stop_at(step))
        with disk.watched():
            try:
                case.work.do(place)
            except Stopped:
                pass
            else:
                raise AssertionError(f"{where} is not reached")
        left = tree(place)
        assert seen(place) in (case.old, case.new), where
        found = corrections(place)
        assert all(edits in found for edits in kept if edits), where
        assert all(edit in found[0] for edit in ACKNOWLEDGED), where
        assert tree(place) == left, f"{where}: reading changes nothing"
        with Disk(place).watched():  # without waiting for the disk
            case.work.do(place)
        assert files(place) == case.whole, where


def test_power_cut_before_each_change(case: Case) -> None:
    """Of names that were not synced, any may be left; of content that was not, nothing."""
    kept = corrections(case.before)
    chance = random.Random(1)
    for step in range(0, len(case.steps) + 1, STRIDE):
        place = case.copy()
        ACKNOWLEDGED.clear()
        disk = Disk(place, stop_at(step))
        with disk.watched():
            try:
                case.work.do(place)
            except Stopped:
                done = False
            else:
                done = True
        acknowledged = tuple(ACKNOWLEDGED)
        for attempt in range(2):
            left = disk.after_a_power_cut(chance)
            again = plant(place.with_name(f"cut {step} {attempt}"), left)
            where = f"step {step}, attempt {attempt}"
            expected = (case.new,) if done else (case.old, case.new)
            assert seen(again) in expected, where
            found = corrections(again)
            assert all(edits in found for edits in kept if edits), where
            assert all(edit in found[0] for edit in acknowledged), where
            with Disk(again).watched():
                case.work.do(again)
            assert files(again) == case.whole, where
