"""The shared types are validated and immutable."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from clusterer.core.config import AUTO, ClusteringConfig, Config
from clusterer.core.errors import ConfigError
from clusterer.core.types import (
    Analysis,
    Appearance,
    ChipQuality,
    ClusteringResult,
    Detections,
    Extent,
    Frame,
    Reason,
    Shot,
    Track,
    TrackFeatures,
    VideoInfo,
)
from clusterer.people.decide import decide
from tests.small_analysis import FRAME_PTS, analysis_of, shots_of
from tests.small_result import FITS, small_result


def detections(n: int = 2, **changes: Any) -> Detections:
    fields: dict[str, Any] = {
        "frame_index": np.arange(n),
        "pts": np.arange(n) * 10,
        "boxes": np.tile([1.0, 2.0, 11.0, 32.0], (n, 1)),
        "scores": np.linspace(0, 1, n),
        "landmarks": np.full((n, 5, 2), np.nan),
    }
    return Detections(**(fields | changes))


def features(n: int = 2, **changes: Any) -> TrackFeatures:
    fields: dict[str, Any] = {
        "track_ids": np.arange(n),
        "start_pts": np.arange(n),
        "face": np.ones((n, 3)),
        "quality": np.ones(n),
        "readable_chips": np.ones(n),
        "has_face": np.ones(n, bool),
        "reasons": (Reason.NONE,) * n,
    }
    return TrackFeatures(**(fields | changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pts": [1]}, "Detections.pts"),
        ({"boxes": np.zeros((2, 3))}, "Detections.boxes"),
        ({"boxes": np.zeros((3, 4))}, "Detections.boxes"),
        ({"boxes": [[0, 0, np.nan, 1], [0, 0, 1, 1]]}, "boxes: not finite"),
        ({"boxes": [[0, 0, np.inf, 1], [0, 0, 1, 1]]}, "boxes: not finite"),
        ({"boxes": [[5, 0, 4, 1], [0, 0, 1, 1]]}, "right < left"),
        ({"boxes": [[0, 5, 4, 1], [0, 0, 1, 1]]}, "bottom < top"),
        ({"scores": [0.5, 1.01]}, "scores: outside 0 to 1"),
        ({"scores": [-0.01, 1.0]}, "scores: outside 0 to 1"),
        ({"scores": [np.nan, 1.0]}, "scores: outside 0 to 1"),
        ({"landmarks": np.zeros((2, 5))}, "Detections.landmarks"),
    ],
)
def test_detections_refuse(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        detections(**changes)


def test_detections_rows() -> None:
    faces = detections(3)
    for rows in ([2, 0], np.array([2, 0])):
        assert faces[rows].frame_index.tolist() == [2, 0]
    assert faces[np.array([True, False, True])].pts.tolist() == [0, 20]
    assert faces[1:].scores.tolist() == [0.5, 1.0]
    assert len(faces[[]]) == 0
    assert faces.heights_px.tolist() == [30, 30, 30]


def test_detections_concatenate() -> None:
    joined = Detections.concatenate([detections(1), Detections.empty(), detections(2)])
    assert joined.frame_index.tolist() == [0, 0, 1]
    nothing = Detections.concatenate([])
    assert len(nothing) == 0
    assert nothing.boxes.shape == (0, 4)
    assert nothing.landmarks.shape == (0, 5, 2)


def test_detections_of_a_frame_without_landmarks() -> None:
    frame = Frame(7, 70, np.zeros((4, 4, 3), np.uint8))
    faces = Detections.of_frame(frame, [[0, 0, 1, 1], [1, 1, 2, 2]], [0.5, 0.6])
    assert faces.frame_index.tolist() == [7, 7]
    assert faces.pts.tolist() == [70, 70]
    assert np.isnan(faces.landmarks).all()


def test_arrays_are_copies_that_cannot_be_written() -> None:
    boxes = np.tile([0.0, 0.0, 9.0, 9.0], (2, 1))
    faces = detections(boxes=boxes)
    boxes[0, 0] = 5
    assert faces.boxes[0, 0] == 0
    assert faces.boxes.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        faces.boxes[0, 0] = 5
    with pytest.raises(dataclasses.FrozenInstanceError):
        faces.boxes = boxes


def test_track_holds_a_detection() -> None:
    assert len(Track(0, 0, np.array([4, 7]))) == 2
    with pytest.raises(ValueError, match="track 3 is empty"):
        Track(3, 0, np.array([], np.int64))


@pytest.mark.parametrize("wrong", [-0.1, 1.1, np.nan])
@pytest.mark.parametrize("part", ["size", "sharpness", "score", "pose"])
def test_quality_is_a_share(part: str, wrong: float) -> None:
    parts = {name: [0.5] for name in ("size", "sharpness", "score", "pose")} | {part: [wrong]}
    with pytest.raises(ValueError, match=f"{part}: outside 0 to 1"):
        ChipQuality(**parts)


def test_quality_is_the_product_of_its_parts() -> None:
    quality = ChipQuality(*np.array([[0.5, 1.0], [0.5, 0.8], [1.0, 1.0], [0.4, 0.5]]))
    np.testing.assert_allclose(quality.value, [0.1, 0.4], rtol=1e-6)
    np.testing.assert_allclose(quality[[1]].value, [0.4], rtol=1e-6)
    twice = ChipQuality.concatenate([quality, quality])
    np.testing.assert_allclose(twice.value, [0.1, 0.4, 0.1, 0.4], rtol=1e-6)
    assert len(ChipQuality.concatenate([])) == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"face": np.ones((3, 3))}, "TrackFeatures.face"),
        ({"face": np.ones(2)}, "TrackFeatures.face"),
        ({"face": np.full((2, 3), np.nan)}, "face: not finite"),
        ({"has_face": [True]}, "TrackFeatures.has_face"),
        ({"reasons": (Reason.NONE,)}, "reasons: one per track"),
    ],
)
def test_features_refuse(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        features(**changes)


@pytest.mark.parametrize("size", [(0, 360), (640, 0), (-1, 1)])
def test_a_video_has_a_picture(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="empty picture"):
        VideoInfo("a.mp4", *size, Fraction(25), Fraction(1, 100), 0, 1.0)


@pytest.mark.parametrize(("rate", "base"), [(0, 1), (-25, 1), (25, 0)])
def test_a_video_has_a_rate(rate: int, base: int) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        VideoInfo("a.mp4", 640, 360, Fraction(rate), Fraction(base), 0, 1.0)


@pytest.mark.parametrize(
    ("aspect", "square", "factors"),
    [("1", (64, 48), (1, 1)), ("3/2", (96, 48), (1.5, 1)), ("2/3", (64, 72), (1, 1.5))],
)
def test_the_picture_in_square_pixels(
    aspect: str, square: tuple[int, int], factors: tuple[float, float]
) -> None:
    video = VideoInfo("a", 64, 48, Fraction(25), Fraction(1), 0, 1.0, pixel_aspect=Fraction(aspect))
    assert video.square_px == square
    assert video.to_square == factors


@pytest.mark.parametrize("aspect", [Fraction(0), Fraction(1, 5), Fraction(5), Fraction(-1)])
def test_a_pixel_has_a_shape(aspect: Fraction) -> None:
    with pytest.raises(ValueError, match="no shape of a pixel"):
        VideoInfo("a", 64, 48, Fraction(25), Fraction(1), 0, 1.0, pixel_aspect=aspect)


def test_detections_scaled() -> None:
    found = Detections([0], [0], [[1, 2, 3, 4]], [1.0], [[[1, 2]] * 5])
    assert found.scaled(1, 1) is found
    scaled = found.scaled(2, 0.5)
    assert scaled.boxes.tolist() == [[2, 1, 6, 2]]
    assert scaled.landmarks.tolist() == [[[2, 1]] * 5]


def test_seconds_count_from_the_first_frame() -> None:
    video = VideoInfo("a.mp4", 640, 360, Fraction(25), Fraction(1, 90000), 1000, 1.0)
    assert video.seconds(1000) == 0.0
    assert video.seconds(46000) == 0.5
    assert video.seconds(np.int64(46000)) == 0.5


@pytest.mark.parametrize(
    "image",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)],
)
def test_a_frame_is_rgb(image: Any) -> None:
    with pytest.raises(ValueError, match="not an RGB picture"):
        Frame(0, 0, image)


@pytest.mark.parametrize("bounds", [(5, 5, 0, 10), (5, 4, 0, 10), (0, 5, 10, 10), (0, 5, 10, 9)])
def test_a_shot_is_not_empty(bounds: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="empty shot 2"):
        Shot(2, *bounds)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"quality": ChipQuality.concatenate([])}, "not parallel to detections"),
        ({"chip_embeddings": np.zeros((3, 2))}, "Analysis.chip_embeddings"),
        ({"sampled_pts": np.zeros(9)}, "Analysis.sampled_pts"),
        ({"tracks": (Track(0, 0, np.array([0, 2])),)}, "Analysis.tracks: a row of no detection"),
        ({"tracks": (Track(0, 0, np.array([0])),) * 2}, "Analysis.tracks: .* listed twice"),
        (
            {"tracks": (Track(0, 0, np.array([0, 1]), Extent(0, 5, 0, 5 * FRAME_PTS)),)},
            "Analysis.tracks: the extent of track 0 lacks a detection",
        ),
        ({"chip_rows": [-1]}, "Analysis.chip_rows: a row of no detection"),
        ({"crop_rows": [2]}, "Analysis.crop_rows: a row of no detection"),
    ],
)
def test_analysis_refuses(changes: dict[str, Any], message: str) -> None:
    whole = analysis_of([(0, 0, 0.5), (0, 6, 0.5)], chips={0: (1, 0)})
    fields = {f.name: getattr(whole, f.name) for f in dataclasses.fields(Analysis) if f.init}
    with pytest.raises(ValueError, match=message):
        Analysis(**(fields | changes))


def test_an_analysis_knows_the_track_and_chip_of_each_row() -> None:
    sights = [(1, 0, 0.5), (0, 0, 0.5), (1, 6, 0.5), (0, 9, 0.5), (1, 12, 0.5)]
    whole = analysis_of(sights, chips={4: (1, 0), 0: (0, 1), 1: (1, 1)})
    assert whole.track_of_row.tolist() == [1, 0, 1, 0, 1]
    assert whole.chip_of_row.tolist() == [1, 2, -1, -1, 0]
    assert whole.chips_of(1).tolist() == [1, 0], "in time order, not in that of the chips"
    assert whole.chips_of(0).tolist() == [2]
    (first, second) = whole.spans(0, 1)
    assert first == Appearance(0, 0, 10, 0, 10 * FRAME_PTS, (0,)), "half-open"
    assert second.end_frame == 13
    assert whole.spans(1) == (second,)
    assert whole.spans() == ()
    assert whole.spans_pts.tolist() == [[0, 9 * FRAME_PTS], [0, 12 * FRAME_PTS]]
    fewer = replace(whole, tracks=whole.tracks[:1])
    assert fewer.track_of_row.tolist() == [-1, 0, -1, 0, -1]
    with pytest.raises(ValueError, match="read-only"):
        whole.track_of_row[0] = 3


def test_a_track_spans_the_frames_in_which_it_was_followed() -> None:
    whole = analysis_of([(0, 6, 0.5), (0, 12, 0.5)], shots=shots_of(20))
    extent = Extent(4, 15, 4 * FRAME_PTS, 15 * FRAME_PTS)
    followed = replace(whole, tracks=(replace(whole.tracks[0], extent=extent),))
    assert followed.spans(0) == (Appearance(0, 4, 16, 4 * FRAME_PTS, 16 * FRAME_PTS, (0,)),)
    assert followed.spans_pts.tolist() == whole.spans_pts.tolist(), "of detections"
    longer = extent._replace(end_pts=18 * FRAME_PTS)  # the last frame is longer
    followed = replace(whole, tracks=(replace(whole.tracks[0], extent=longer),))
    assert followed.spans(0) == (Appearance(0, 4, 16, 4 * FRAME_PTS, 18 * FRAME_PTS, (0,)),)


def test_an_analysis_of_nothing() -> None:
    nothing = analysis_of([])
    assert nothing.track_of_row.shape == nothing.chip_of_row.shape == (0,)
    assert nothing.spans_pts.shape == (0, 2)


def test_a_result_has_a_label_for_every_track() -> None:
    whole = analysis_of([(0, 0, 0.5), (1, 6, 0.5)])
    empty: dict[str, Any] = {"people": (), "unknowns": (), "config": Config()}
    result = ClusteringResult(whole, features(2), np.zeros(0, np.int64), np.zeros(2), **empty)
    assert result.cannot_link.shape == (0, 2)
    with pytest.raises(ValueError, match=r"ClusteringResult.labels"):
        ClusteringResult(whole, features(2), np.zeros((0, 2)), np.zeros(1), **empty)


def test_only_none_is_no_reason() -> None:
    assert [reason for reason in Reason if not reason] == [Reason.NONE]


def test_people_are_found_by_name_and_id() -> None:
    result = small_result()
    assert list(result) == list(result.people)
    assert result.person("Person 2") is result.person("person-2") is result.people[1]
    assert result.person("unknown-1") is result.person("Unknown 1") is result.unknowns[0]
    anna = replace(result.people[0], name="Anna")
    named = replace(result, people=(anna, replace(result.people[1], name="Anna")))
    with pytest.raises(ConfigError) as several:
        named.person("Anna")
    assert str(several.value) == "Several are called 'Anna'. Give an id: person-1, person-2"
    assert named.person("person-2").name == "Anna"


@pytest.mark.parametrize(
    ("people", "expected"),
    [(2, "There are: Person 1, Person 2"), (0, "There are: nobody")],
)
def test_an_unknown_name_is_refused_with_the_known_ones(people: int, expected: str) -> None:
    result = small_result()
    result = replace(result, people=result.people[:people])
    for find in (result.person, result.faces_of):
        with pytest.raises(ConfigError) as refused:
            find("anna")
        assert str(refused.value) == f"No person is named 'anna'. {expected}"


def test_faces_of_a_person_are_those_of_the_table() -> None:
    result = small_result()
    for identity in (*result, *result.unknowns):
        person = identity.id if identity.label >= 0 else ""
        rows = [row for row in result.tables.faces.rows if row[0] == person]
        for faces in (result.faces_of(identity), result.faces_of(identity.name)):
            assert len(faces) == len(rows) > 0
            assert faces.track.tolist() == [row[1] for row in rows]
            assert faces.frame.tolist() == [row[3] for row in rows]
            assert faces.time_s.tolist() == [row[4] for row in rows]
            assert np.round(faces.boxes.astype(float), 1).tolist() == [list(r[5:9]) for r in rows]
            assert np.round(faces.scores.astype(float), 3).tolist() == [row[9] for row in rows]
            assert np.round(faces.quality.astype(float), 3).tolist() == [row[10] for row in rows]
            assert (faces.frame == result.analysis.detections.frame_index[faces.row]).all()


def test_a_name_is_found_in_any_case_and_encoding() -> None:
    result = small_result()
    composed, decomposed = "Zo\u00eb", "Zoe\u0308"
    zoe = replace(result.people[0], name=composed)
    result = replace(result, people=(zoe, replace(result.people[1], name="zo\u00eb")))
    assert result.person(composed) is zoe, "the exact name goes first"
    with pytest.raises(ConfigError, match="Several are called"):
        result.person("ZOE\u0308")
    result = replace(result, people=(zoe,))
    assert result.person(decomposed) is zoe
    assert result.person("UNKNOWN 1") is result.unknowns[0]
    with pytest.raises(ConfigError, match="No person is named ''"):
        result.person("")


def test_an_id_goes_before_a_name() -> None:
    result = small_result()
    first = replace(result.people[0], name="person-2")
    result = replace(result, people=(first, result.people[1]))
    assert result.person("person-2") is result.people[1]


@pytest.mark.parametrize(
    ("time_s", "expected"),
    [
        (-0.01, []), (0.0, [1, 2]), (0.43, [1, 2]), (0.44, [1]), (0.83, [1]), (0.84, []),
        (1.99, []), (2.0, [1]), (3.99, [1]), (4.0, []), (float("inf"), []),
    ],
)  # fmt: skip
def test_who_is_on_screen(time_s: float, expected: list[int]) -> None:
    """25 frames a second. Person 1: frames 0 to 20, 50 to 99; Person 2: frames 0 to 10."""
    result = small_result()
    assert [person.name for person in result.at(time_s)] == [f"Person {n}" for n in expected]


def test_hidden_people_are_not_on_screen() -> None:
    result = small_result()
    hidden = replace(result.people[0], hidden=True)
    result = replace(result, people=(hidden, result.people[1]))
    assert result.at(0.0) == (result.people[1],)


def test_a_time_is_a_number() -> None:
    with pytest.raises(ConfigError, match="time is nan"):
        small_result().at(float("nan"))


def test_spans_are_those_of_the_table() -> None:
    result = small_result()
    for person in result:
        rows = [row[2:4] for row in result.tables.appearances.rows if row[0] == person.id]
        assert result.spans_s(person).tolist() == [list(row) for row in rows]
        lengths = np.diff(result.spans_s(person)).sum()
        assert lengths == pytest.approx(person.screen_time_s)
    assert result.spans_s("unknown-1").tolist() == [[2.4, 2.44]]


def test_people_are_together_while_both_are_seen() -> None:
    result = small_result()

    def seen(*spans: tuple[int, int]) -> tuple[Appearance, ...]:
        pts = [(1024 + a * 12800, 1024 + b * 12800) for a, b in spans]
        return tuple(Appearance(0, 0, 1, a, b, ()) for a, b in pts)

    anna = replace(result.people[0], appearances=seen((0, 4), (5, 8), (9, 10)))
    ben = replace(result.people[1], appearances=seen((3, 6), (7, 9), (12, 13)))
    both = [[3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]
    assert result.together_s(anna, ben).tolist() == both
    assert result.together_s(ben, anna).tolist() == both
    assert result.together_s(anna, anna).tolist() == result.spans_s(anna).tolist()
    apart = result.together_s(replace(anna, appearances=seen((0, 3))), ben)
    assert apart.shape == (0, 2), "one ends where the other begins"
    assert apart.dtype == np.float64
    with pytest.raises(ConfigError, match="No person is named 'Ben'"):
        result.together_s(anna, "Ben")


def test_a_result_of_nobody() -> None:
    result = replace(small_result(), people=(), unknowns=())
    assert list(result) == []
    assert result.at(0.0) == ()
    assert repr(result) == "<ClusteringResult of 'footage/small.mp4': 0 people, 0 unknown>"
    assert [len(table.to_pandas()) for table in result.tables] == [0, 0, 9]


def test_a_film_without_faces() -> None:
    result = decide(analysis_of([]), Config())
    assert list(result) == []
    assert result.at(1.0) == ()
    assert [len(table.to_pandas()) for table in result.tables] == [0, 0, 0]
    with pytest.raises(ConfigError, match="There are: nobody"):
        result.person("Anna")
    assert repr(result.analysis) == "<Analysis of 'a.mp4': 1 shots, 0 tracks, 0 faces>"


def test_no_repr_lists_arrays_or_tracks() -> None:
    result = small_result()
    assert repr(result) == "<ClusteringResult of 'footage/small.mp4': 2 people, 1 unknown>"
    assert repr(result.analysis) == "<Analysis of 'footage/small.mp4': 2 shots, 4 tracks, 9 faces>"
    assert repr(result.people[1]) == "<Identity 'person-2': 'Person 2', 0.44 s on screen>"


def test_the_threshold_that_was_used() -> None:
    result = small_result()
    assert result.threshold == 0.36
    auto = replace(result, config=Config(clustering=ClusteringConfig(threshold=AUTO)))
    assert auto.threshold is None
    assert replace(auto, calibration=replace(FITS, threshold=0.41)).threshold == 0.41


def test_calibration_is_kept_with_four_digits() -> None:
    fit = replace(FITS, suggested=0.123456, median_same=None, n_same=123456)
    assert fit.rounded() == replace(fit, suggested=0.1235)
