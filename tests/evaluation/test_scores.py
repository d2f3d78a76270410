"""All scores together, and once more from ``faces.csv`` by brute force."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import clusterer
from clusterer import evaluation
from clusterer.core.types import ClusteringResult
from clusterer.evaluation import Grouping, Matching, Scores, match, read_truth, score
from clusterer.outputs.export.csv import csv_files
from tests.conftest import DEMO
from tests.evaluation import brute_force
from tests.evaluation.tables import analysis_of, box, matching_of, result_of


def test_public_names_are_sorted_and_there() -> None:
    """Constants first, then classes, then functions."""
    names = evaluation.__all__
    assert names == sorted(names, key=lambda name: (not name.isupper(), name.islower(), name))
    assert all(getattr(evaluation, name) is not None for name in names)


def clip() -> tuple[Matching, np.ndarray]:
    """Cluster 0 shows a, a and b; 1 shows b; a face of c is unknown, one of c missed.

    Cluster 2 is a stray alone, cluster 3 never to be seen at a labelled frame.
    """
    matching = matching_of("aabbcc?", [0, 0, 1, 2, 3, -1, 3], strays=[4])
    return matching, np.array([0, 0, 1, -1, 2, 3])


EXPECTED = {
    "face_recall": 5 / 6,
    "box_precision": 5 / 6,
    # a is in track 0, b in 1 and then 2, c in 3, then missed.
    "track_purity": 1,
    "track_completeness": 4 / 5,
    "track_idf1": 2 * 4 / (6 + 6),
    "id_switches": 1,
    "trajectories": 3,
    "mostly_tracked": 2 / 3,
    "mostly_lost": 0,
    "b_cubed_precision": (5 / 3 + 1 / 3 + 1 + 1 + 1 - 1 / 3) / 6,
    "b_cubed_recall": (1 + 1 + 4 * 0.5) / 6,
    "pairwise_precision": 1 / 3,
    "pairwise_recall": 1 / 3,
    "assigned_b_cubed_precision": (4 / 3 + 1 / 3 + 1) / 4,
    "assigned_b_cubed_recall": (2 + 2 * 0.5) / 4,
    "wcp": 3 / 4,
    "people_found": 4,
    "people_true": 3,
    "character_precision": (2 / 3 + 1 + 0) / 3,
    "character_recall": (1 + 0.5 + 0) / 3,
    "idf1": 2 * 3 / (6 + 5),
    "track_nmi": 2 / 3,
    "track_wcp": 2 / 3,
    "track_character_precision": (1 / 2 + 1 + 0) / 3,
    "track_character_recall": (1 + 1 / 2 + 0) / 3,
    "clicks": 3,
    "merges": 0,
    "moves": 2,
    "removals": 1,
    "unknown_share": 1 / 5,
}


def test_by_hand() -> None:
    found = score(*clip()).ratios()
    assert {name: found[name] for name in EXPECTED} == pytest.approx(EXPECTED, abs=1e-9)
    rest = set(found) - set(EXPECTED)
    assert {name.removeprefix("assigned_") for name in rest} == {
        "ari", "b_cubed_f", "completeness", "homogeneity", "nmi", "pairwise_f",
        "pairwise_precision", "pairwise_recall", "v_measure",
    }  # fmt: skip
    assert json.loads(json.dumps(found)) == found


def test_assigned_leaves_out_what_is_missed_or_unknown() -> None:
    assert score(*clip()).assigned == Grouping.of("aabb", [0, 0, 0, 1])
    assert score(*clip()).end_to_end == Grouping.of("aabbcc", [0, 0, 0, 1, -1, -1])


def test_nothing_gives_defined_ratios() -> None:
    counts = {"people_found", "people_true", "clicks", "merges", "moves", "removals"}
    zero = counts | {"unknown_share", "id_switches", "trajectories", "mostly_lost"}
    for empty in (Scores(), score(matching_of([], []), np.zeros(0, np.int64)), sum([], Scores())):
        assert empty.ratios() == {name: float(name not in zero) for name in empty.ratios()}


def test_nothing_found_and_all_unknown() -> None:
    missed = score(matching_of("ab", [-1, -1]), np.zeros(0, np.int64)).ratios()
    assert (missed["face_recall"], missed["box_precision"], missed["clicks"]) == (0.0, 1.0, 0)
    unknown = score(matching_of("aab", [0, 1, 2]), np.array([-1, -1, -1])).ratios()
    assert unknown["unknown_share"] == 1.0
    assert (unknown["b_cubed_precision"], unknown["assigned_b_cubed_precision"]) == (1.0, 1.0)
    assert (unknown["character_precision"], unknown["moves"]) == (0.0, 3)


def test_labels_of_all_tracks_are_needed() -> None:
    with pytest.raises(ValueError, match="no label for track 4: there are 4 labels"):
        score(clip()[0], clip()[1][:4])


def test_pooled_adds_every_component() -> None:
    one = score(*clip())
    pooled = sum([one, one], Scores())
    assert pooled == one + one
    assert pooled.ratios()["b_cubed_f"] == pytest.approx(one.ratios()["b_cubed_f"], abs=1e-9)
    assert (pooled.people_true, pooled.clicks.total, pooled.unknown_faces) == (6, 6, 2)
    # A person who is in both clips is two people, so that there are more to be told apart.
    assert pooled.ratios()["ari"] > one.ratios()["ari"]


def assert_agrees(result: ClusteringResult, faces: Path, truth: Path) -> None:
    expected = brute_force.figures(faces, truth)
    found = score(match(read_truth(truth), result.analysis), result.labels).ratios()
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-9)


# Boxes on a grid of 4 px, so that overlaps are often equal and rounding changes none.
frames = st.integers(0, 60)
places = st.integers(0, 12).map(lambda i: box(4 * i))
FaceRow = tuple[int, str, tuple[float, float, float, float]]


@given(
    sights=st.dictionaries(st.tuples(st.integers(0, 4), frames), places, max_size=14),
    labels=st.lists(st.integers(-1, 2), min_size=5, max_size=5),
    faces=st.lists(
        st.tuples(frames.map(lambda f: f // 6 * 6), st.sampled_from("abc?"), places), min_size=1
    ),
    ignored=st.lists(st.tuples(frames.map(lambda f: f // 6 * 6), places), max_size=4),
)
def test_agrees_with_brute_force(
    tmp_path_factory: pytest.TempPathFactory,
    sights: dict[tuple[int, int], tuple[float, ...]],
    labels: list[int],
    faces: list[FaceRow],
    ignored: list[tuple[int, tuple[float, ...]]],
) -> None:
    folder = tmp_path_factory.mktemp("clip")
    tracks = sorted({track for track, _ in sights})
    found = [(tracks.index(track), frame, place) for (track, frame), place in sights.items()]
    result = result_of(analysis_of(found), labels[: len(tracks)])
    (folder / "faces.csv").write_text(csv_files(result)["faces.csv"], encoding="utf-8")
    truth = folder / "a.truth.csv"
    write(truth, [(frame, *place, who) for frame, who, place in faces], "person")
    write(folder / "a.ignore.csv", [(frame, *place) for frame, place in ignored])
    assert_agrees(result, folder / "faces.csv", truth)


def write(path: Path, rows: Sequence[Sequence[object]], *more: str) -> None:
    head = ",".join(["frame", "left", "top", "right", "bottom", *more])
    lines = [head, *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")


def test_agrees_with_brute_force_on_the_demo(demo: clusterer.Outcome) -> None:
    truth = DEMO.with_name("demo.truth.csv")
    assert_agrees(demo.result, demo.folder / "faces.csv", truth)
    found = score(match(read_truth(truth), demo.result.analysis), demo.result.labels).ratios()
    assert (found["clicks"], found["people_found"], found["nmi"], found["ari"]) == (0, 4, 1.0, 1.0)
