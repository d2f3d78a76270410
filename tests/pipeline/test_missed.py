"""A track of the sample film is taken away and brought back by one box."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import clusterer
from clusterer.core.errors import EditsError
from clusterer.core.types import Action, Analysis, ClusteringResult, Extent
from clusterer.people.decide import decide
from clusterer.pipeline.missed import FaceFinder
from clusterer.pipeline.taken import missing
from clusterer.store import withdrawn
from clusterer.store.folder import ResultFolder, load
from tests.conftest import DEMO

GONE = 0
"""The track that is taken away."""


OF_CHIPS = (
    "chip_embeddings",
    "chip_colours",
    "chip_clothing",
    "chip_torso_share",
    "chip_torso_sharpness",
)


def without(analysis: Analysis, track: int) -> Analysis:
    """The analysis as if the detector had never seen a track."""
    rows = np.setdiff1d(np.arange(len(analysis.detections)), analysis.tracks[track].detection_rows)
    new = np.full(len(analysis.detections), -1)
    new[rows] = np.arange(len(rows))
    chips = np.isin(analysis.chip_rows, rows)
    kept = [each for each in analysis.tracks if each.id != track]
    return replace(
        analysis,
        detections=analysis.detections[rows],
        quality=analysis.quality[rows],
        tracks=tuple(
            replace(each, id=i, detection_rows=new[each.detection_rows])
            for i, each in enumerate(kept)
        ),
        crop_rows=new[np.intersect1d(analysis.crop_rows, rows)],
        chip_rows=new[analysis.chip_rows[chips]],
        **{name: getattr(analysis, name)[chips] for name in OF_CHIPS},
    )


@pytest.fixture(scope="module")
def whole(demo: clusterer.Outcome) -> ClusteringResult:
    return demo.result


@pytest.fixture(scope="module")
def less(whole: ClusteringResult) -> ClusteringResult:
    return decide(without(whole.analysis, GONE), whole.config)


@pytest.fixture(scope="module")
def finder(whole: ClusteringResult) -> FaceFinder:
    return FaceFinder(whole.analysis, whole.config, DEMO)


def drawn(whole: ClusteringResult) -> tuple[float, list[float]]:
    """A box around the middle face of the track, a little too large: the time and the box."""
    analysis = whole.analysis
    rows = analysis.tracks[GONE].detection_rows
    row = int(rows[len(rows) // 2])
    left, top, right, bottom = analysis.detections.boxes[row].tolist()
    more = 0.1 * (bottom - top)
    box = [left - more, top - more, right + more, bottom + more]
    return analysis.video.seconds(int(analysis.detections.pts[row])), box


@pytest.fixture(scope="module")
def missed(
    whole: ClusteringResult, less: ClusteringResult, finder: FaceFinder
) -> clusterer.MissedFace:
    return finder.find(less.analysis, *drawn(whole))


def test_one_box_brings_the_whole_track_back(
    whole: ClusteringResult, less: ClusteringResult, missed: clusterer.MissedFace
) -> None:
    before = whole.analysis.detections[whole.analysis.tracks[GONE].detection_rows]
    result = clusterer.amend(missed.added_to(less), [missed.edit])
    assert missed.edit.action is Action.ADD
    assert len(result.labels) == len(less.labels) + 1
    (track,) = [who.track_ids[0] for who in result.unknowns if who not in less.unknowns][:1]
    added = result.analysis.detections[result.analysis.tracks[track].detection_rows]
    shared = np.intersect1d(added.frame_index, before.frame_index)
    assert len(shared) >= 0.9 * len(before)
    assert len(added) <= 1.1 * len(before) + 1
    assert np.abs(added.boxes[0] - before.boxes[0]).max() <= 1.0  # whole px


def test_it_is_encoded_as_the_analysis_does(
    whole: ClusteringResult, less: ClusteringResult, missed: clusterer.MissedFace
) -> None:
    result = clusterer.amend(missed.added_to(less), [missed.edit])
    new = int(result.analysis.track_of_row[-1])
    assert result.features.has_face[new]
    face, was = result.features.face[new], whole.features.face[GONE]
    cosine = float(face @ was / np.linalg.norm(face) / np.linalg.norm(was))
    assert cosine > 0.9
    assert missed.pictures
    assert all(picture[:2] == b"\xff\xd8" for picture in missed.pictures.values())


def test_undoing_takes_it_away_and_redoing_needs_no_film(
    less: ClusteringResult, missed: clusterer.MissedFace
) -> None:
    more = missed.added_to(less)
    added = clusterer.amend(more, [missed.edit])
    undone = clusterer.amend(added, [])
    assert [who.track_ids for who in undone] == [who.track_ids for who in less]
    assert list(undone.tables) == list(less.tables)
    assert list(clusterer.amend(undone, [missed.edit]).tables) == list(added.tables)


@pytest.mark.parametrize(
    ("box", "why"),
    [
        ((0, 0, 5, 50), "smaller than 8 px"),
        ((-90, -90, -10, -10), "outside of the picture"),
        ((0, 0, 50), "four numbers"),
        ((0, 0, float("nan"), 50), "four numbers"),
    ],
)
def test_a_bad_box_is_refused(
    less: ClusteringResult, finder: FaceFinder, box: tuple[float, ...], why: str
) -> None:
    with pytest.raises(EditsError, match=why):
        finder.find(less.analysis, 0.0, box)


def test_a_time_outside_of_the_film_is_refused(less: ClusteringResult, finder: FaceFinder) -> None:
    with pytest.raises(EditsError, match="not in the part of the film that was analysed"):
        finder.find(less.analysis, 1e6, (0, 0, 50, 50))


def test_a_face_of_a_track_is_refused(whole: ClusteringResult, finder: FaceFinder) -> None:
    with pytest.raises(EditsError, match="There is a track of this face already"):
        finder.find(whole.analysis, *drawn(whole))


def test_a_later_run_keeps_an_added_face_and_makes_it_anew_if_it_must(
    whole: ClusteringResult, less: ClusteringResult, missed: clusterer.MissedFace,
    finder: FaceFinder,
) -> None:  # fmt: skip
    assert missing(less.analysis, [missed.edit]) == [missed.edit]
    assert missing(missed.analysis, [missed.edit]) == []
    again, pictures = finder.restore(less.analysis, [missed.edit])
    assert missing(again, [missed.edit]) == []
    assert set(pictures) == set(missed.pictures)
    one, other = (
        clusterer.amend(replace(missed, analysis=analysis).added_to(less), [missed.edit])
        for analysis in (missed.analysis, again)
    )
    assert np.array_equal(one.analysis.track_of_row, other.analysis.track_of_row)
    was, now = one.features.face[-1], other.features.face[-1]
    assert float(was @ now / np.linalg.norm(was) / np.linalg.norm(now)) > 0.9
    # Found by the analysis itself since: nothing is added twice, and no network is loaded for it.
    assert missing(whole.analysis, [missed.edit]) == []
    same, none = finder.restore(whole.analysis, [missed.edit])
    assert same is whole.analysis
    assert none == {}
    assert clusterer.amend(whole, [missed.edit]).edit_notes == (
        "1. add a face: the face is in a track already",
    )


def test_a_face_found_at_another_sample_rate_since_is_not_added_beside(
    whole: ClusteringResult, missed: clusterer.MissedFace, finder: FaceFinder
) -> None:
    """Of every second frame of the analysis, between which the added face lies."""
    sparse = sparser(whole.analysis)
    assert missing(sparse, [missed.edit]) == []
    same, none = finder.restore(sparse, [missed.edit])
    assert (same, none) == (sparse, {})


def sparser(analysis: Analysis) -> Analysis:
    kept = set(analysis.sampled_frames[::2].tolist())
    frames = analysis.detections.frame_index
    tracks = [
        replace(each, detection_rows=rows, extent=each.extent or extent_of(analysis, each.id))
        for each in analysis.tracks
        if len(rows := each.detection_rows[np.isin(frames[each.detection_rows], list(kept))])
    ]
    return replace(
        analysis,
        tracks=tuple(replace(each, id=i) for i, each in enumerate(tracks)),
        sampled_frames=analysis.sampled_frames[::2],
        sampled_pts=analysis.sampled_pts[::2],
        chip_rows=analysis.chip_rows[:0],
        crop_rows=analysis.crop_rows[:0],
        **{name: getattr(analysis, name)[:0] for name in OF_CHIPS},
    )


def extent_of(analysis: Analysis, track: int) -> Extent:
    found, (first, last) = analysis.detections, analysis.tracks[track].detection_rows[[0, -1]]
    frames, pts = found.frame_index.tolist(), found.pts.tolist()
    return Extent(frames[first], frames[last], pts[first], pts[last])


def test_restoring_leaves_withdrawn_faces_out(
    whole: ClusteringResult, less: ClusteringResult, missed: clusterer.MissedFace
) -> None:
    gone = withdrawn.tracks_of(whole.analysis, [GONE])
    finder = FaceFinder(whole.analysis, whole.config, DEMO, withdrawn=gone)
    same, none = finder.restore(less.analysis, [missed.edit])
    assert (same, none) == (less.analysis, {})


def test_it_is_added_to_a_folder_and_a_run_keeps_it(
    demo_folder: Path, whole: ClusteringResult
) -> None:
    """In a corner where there is no face: flow follows the picture, and it is kept as drawn."""
    box = (4, 4, 44, 54)
    result = clusterer.add_face(demo_folder, DEMO, 0.2, box)
    assert len(result.labels) == len(whole.labels) + 1
    loaded = load(demo_folder)
    assert list(loaded.tables) == list(result.tables)
    new = int(np.flatnonzero(loaded.analysis.track_of_row == loaded.analysis.track_of_row[-1])[0])
    track = int(loaded.analysis.track_of_row[new])
    assert ResultFolder(demo_folder).picture(int(loaded.analysis.crop_rows[-1])) is not None
    again = clusterer.process(DEMO, folder=demo_folder).result
    assert len(again.labels) == len(result.labels)
    assert again.features.has_face[track] == result.features.has_face[track]
