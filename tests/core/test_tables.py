"""The tables, against rows computed by hand."""

from __future__ import annotations

from dataclasses import replace

from clusterer.core.certainty import REASONS, Sure, Why, Word
from clusterer.core.tables import appearances_table, faces_table, people_table
from clusterer.core.types import ClusteringResult, Reason
from tests.small_result import small_result


def test_people() -> None:
    table = people_table(small_result())
    assert table.name == "people"
    assert table.columns == (
        "person", "name", "status", "screen_time_s", "appearances", "tracks", "faces", "first_s",
        "last_s", "confidence", "certainty", "why",
    )  # fmt: skip
    assert table.rows == (
        # shot 0: frames 0 to 20 = 21 frames; shot 1 to its end: 50 frames; of 1/25 s.
        # Confidence: tracks of three faces each at 1.0 and 0.5.
        ("person-1", "Person 1", "person", 2.84, 2, 2, 6, 0.0, 4.0, 0.75, "", ""),
        ("person-2", "Person 2", "person", 0.44, 1, 1, 2, 0.0, 0.44, 0.75, "", ""),
        ("unknown-1", "Unknown 1", "unknown", 0.04, 1, 1, 1, 2.4, 2.44, 0.0, "", ""),
    )


def test_appearances() -> None:
    table = appearances_table(small_result())
    assert table.name == "appearances"
    assert table.columns == (
        "person", "name", "start_s", "end_s", "duration_s", "start_timecode", "end_timecode",
        "start_frame", "end_frame", "shot", "certainty", "why",
    )  # fmt: skip
    assert table.rows == (
        ("person-1", "Person 1", 0.0, 0.84, 0.84, "01:00:00:00", "01:00:00:21", 0, 21, 0, "", ""),
        ("person-2", "Person 2", 0.0, 0.44, 0.44, "01:00:00:00", "01:00:00:11", 0, 11, 0, "", ""),
        ("person-1", "Person 1", 2.0, 4.0, 2.0, "01:00:02:00", "01:00:04:00", 50, 100, 1, "", ""),
    )


def test_certainty_of_people_and_appearances() -> None:
    """Person 1 has tracks 0 and 2, of three faces each, in two appearances."""
    close, far = Sure(Word.CERTAIN, Why.CLOSE_MATCH), Sure(Word.DOUBTFUL, Why.UNLIKE)
    result = replace(small_result(), sure=(far, far, close, Sure(Word.DOUBTFUL, Why.NOBODY)))
    certain, doubtful = ("certain", REASONS[close.why]), ("doubtful", REASONS[far.why])
    assert [row[-2:] for row in people_table(result).rows] == [certain, doubtful, ("", "")]
    assert [row[-2:] for row in appearances_table(result).rows] == [doubtful, doubtful, certain]


def test_faces() -> None:
    table = faces_table(small_result())
    assert table.name == "faces"
    assert table.columns == (
        "person", "track", "shot", "frame", "time_s", "left", "top", "right", "bottom", "score",
        "quality",
    )  # fmt: skip
    assert [row[:5] for row in table.rows] == [
        ("person-1", 0, 0, 0, 0.0),
        ("person-2", 1, 0, 0, 0.0),
        ("person-1", 0, 0, 10, 0.4),
        ("person-2", 1, 0, 10, 0.4),
        ("person-1", 0, 0, 20, 0.8),
        ("person-1", 2, 1, 50, 2.0),
        ("person-1", 2, 1, 60, 2.4),
        ("", 3, 1, 60, 2.4),
        ("person-1", 2, 1, 99, 3.96),
    ]
    # Quality is 0.5 · 1 · 1 · 0.75.
    assert table.rows[0][5:] == (100.0, 50.0, 140.0, 98.0, 0.5, 0.375)


def test_detections_without_a_track_belong_to_nobody() -> None:
    result = small_result()
    analysis = replace(result.analysis, tracks=result.analysis.tracks[:3])
    result = replace(result, analysis=analysis, labels=result.labels[:3], unknowns=())
    assert [row[1] for row in faces_table(result).rows] == [0, 1, 0, 1, 0, 2, 2, 2]


def corrected() -> ClusteringResult:
    """Person 2 is hidden, and the unknown track shows no face."""
    result = small_result()
    first, second = result.people
    (unknown,) = result.unknowns
    gone = replace(unknown, id="not-a-face-1", name="Not a face 1", reason=Reason.NOT_A_FACE)
    return replace(result, people=(first, replace(second, hidden=True)), unknowns=(gone,))


def test_what_a_reviewer_took_out() -> None:
    plain = small_result()
    people, appearances, faces = corrected().tables
    assert [row[:3] for row in people.rows] == [
        ("person-1", "Person 1", "person"),
        ("person-2", "Person 2", "hidden"),
        ("not-a-face-1", "Not a face 1", "not a face"),
    ]
    assert [row[3:] for row in people.rows] == [row[3:] for row in people_table(plain).rows]
    shown = [row for row in appearances_table(plain).rows if row[0] == "person-1"]
    assert list(appearances.rows) == shown
    assert list(faces.rows) == [row for row in faces_table(plain).rows if row[1] != 3]


def nobody() -> ClusteringResult:
    result = small_result()
    none = result.analysis.detections[:0]
    analysis = replace(
        result.analysis,
        detections=none,
        quality=result.analysis.quality[:0],
        tracks=(),
        chip_rows=(),
        chip_embeddings=result.analysis.chip_embeddings[:0],
        chip_colours=result.analysis.chip_colours[:0],
        chip_clothing=result.analysis.chip_clothing[:0],
        chip_torso_share=result.analysis.chip_torso_share[:0],
        chip_torso_sharpness=result.analysis.chip_torso_sharpness[:0],
        crop_rows=(),
    )
    no_pairs = result.cannot_link[:0]
    return replace(
        result, analysis=analysis, labels=(), people=(), unknowns=(), cannot_link=no_pairs
    )


def test_nobody() -> None:
    assert [table.rows for table in nobody().tables] == [(), (), ()]


def test_values_are_plain() -> None:
    for table in small_result().tables:
        for row in table.rows:
            assert {type(value) for value in row} <= {str, int, float}, table.name
            assert len(row) == len(table.columns)
