import numpy as np
import pytest

from clusterer.core.types import ClothingDecision, Move
from clusterer.people.refinement.confidence import with_clothing


def decision(
    track: int, face: float, clothing: float, move: Move = Move.JOINED
) -> ClothingDecision:
    return ClothingDecision(track, move, face, clothing, None)


@pytest.mark.parametrize(
    ("face", "clothing", "expected"),
    [
        (0.0, 1.5, 0.5),  # as much as the prior: as likely as not
        (0.0, 2.5, 0.731),
        (1.0, 2.5, 0.881),
        (-1.0, 1.0, 0.4),  # less than the face alone is sure of
        (3.0, 6.0, 0.95),  # nobody is surer
    ],
)
def test_evidence_becomes_a_probability(face: float, clothing: float, expected: float) -> None:
    likely = with_clothing(np.array([0.4, 0.6]), [decision(0, face, clothing)], 1.5, 0.95)
    assert likely == pytest.approx([expected, 0.6], abs=1e-3)


def test_a_track_that_was_taken_from_a_person_is_no_surer() -> None:
    parted = [decision(0, 0.0, 9.0, Move.SPLIT)]
    assert with_clothing(np.array([0.5]), parted, 1.5, 0.95) == pytest.approx([0.5])
