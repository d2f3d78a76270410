"""A disk that fails at any change: one line, the old result or the new one, nothing lost."""

from __future__ import annotations

import errno

from clusterer.core.errors import ClustererError
from tests.faults.conftest import Case
from tests.faults.disk import Disk, fail_at
from tests.faults.work import ACKNOWLEDGED, corrections, files, seen

AGAIN = 2
"""After every so many of the errors, the same is done again."""
ERRORS = (errno.EIO, errno.ENOSPC, errno.EACCES)


def test_an_error_at_each_change(case: Case) -> None:
    """The kinds of error take turns, beginning with another one in each case."""
    kept = corrections(case.before)
    for step, kind in enumerate(case.steps):
        number = ERRORS[(step + len(case.steps)) % len(ERRORS)]
        place, where = case.copy(), f"step {step}, {kind}: {errno.errorcode[number]}"
        ACKNOWLEDGED.clear()
        disk = Disk(place, fail_at(step, number))
        failure = ""
        with disk.watched():
            try:
                case.work.do(place)
            except ClustererError as error:
                failure = str(error)
        assert "\n" not in failure, where
        assert seen(place) in ((case.old, case.new) if failure else (case.new,)), where
        found = corrections(place)
        assert all(edits in found for edits in kept if edits), where
        assert all(edit in found[0] for edit in ACKNOWLEDGED), where
        if step % AGAIN == 0:
            with Disk(place).watched():
                case.work.do(place)
            assert files(place) == case.whole, where
