"""One word for how sure it is of a person, or of an appearance."""

from __future__ import annotations

import pytest

from clusterer.core.certainty import REASONS, Sure, Why, Word, overall

CERTAIN = Sure(Word.CERTAIN, Why.CLOSE_MATCH)
LIKELY = Sure(Word.LIKELY, Why.FAIR_MATCH)
UNLIKE = Sure(Word.DOUBTFUL, Why.UNLIKE)
NO_FACE = Sure(Word.DOUBTFUL, Why.NOT_SURE_A_FACE)
BLURRED = Sure(Word.DOUBTFUL, Why.NEAR_ANOTHER, clear=False)
FAINT = Sure(Word.LIKELY, Why.SMALL_OR_BLURRED, clear=False)


@pytest.mark.parametrize(
    ("tracks", "weights", "expected"),
    [
        ([CERTAIN], [1], CERTAIN),
        ([CERTAIN, UNLIKE], [1, 1], CERTAIN),  # half is enough
        ([CERTAIN, UNLIKE], [4, 5], UNLIKE),
        ([CERTAIN, LIKELY, UNLIKE], [2, 2, 3], LIKELY),
        ([UNLIKE, NO_FACE, CERTAIN], [1, 2, 2], NO_FACE),  # the weightier reason
        ([CERTAIN, BLURRED], [1, 9], CERTAIN),  # blurred views say little
        ([BLURRED, FAINT], [2, 1], BLURRED),  # unless there are no others
    ],
)
def test_a_person_is_as_sure_as_most_clear_views(
    tracks: list[Sure], weights: list[float], expected: Sure
) -> None:
    assert overall(tracks, weights) == expected


def test_a_person_has_tracks() -> None:
    with pytest.raises(ValueError, match="without tracks"):
        overall([], [])


def test_every_reason_has_words() -> None:
    assert set(REASONS) == set(Why)
    assert all(text.endswith(".") for text in REASONS.values())
