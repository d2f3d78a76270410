"""Which whole frames a page contains."""

from __future__ import annotations

import base64

import cv2
import numpy as np

from clusterer import Outcome, ResultFolder
from clusterer.core.picture_size import picture_size
from clusterer.core.types import Reason
from clusterer.outputs.report import MAX_DATA_BYTES, render
from clusterer.outputs.report.frames import MAX_FRAME_BYTES, best_rows, choose_frames
from tests.outputs.report.builder import Cast, Scene, drawn_face, reader
from tests.outputs.report.test_render import data_of
from tests.small_result import small_analysis

WHOLE = drawn_face(3, 320)
SIZE = len(base64.b64encode(WHOLE))


def frames_of(rows: list[int], scene: Scene) -> list[int]:
    return [int(scene.build().analysis.detections.frame_index[row]) for row in rows]


def test_one_of_each_track_is_kept_where_it_can_be_read_best() -> None:
    analysis = small_analysis()
    quality, track_of = analysis.quality.value, analysis.track_of_row
    for row in best_rows(analysis):
        own = [one for one in analysis.crop_rows.tolist() if track_of[one] == track_of[row]]
        assert row == max(own, key=lambda one: (quality[one], -one))
    assert len(best_rows(analysis)) == len(set(track_of[analysis.crop_rows].tolist()))


def test_all_frames_are_whole_where_there_is_room() -> None:
    scene = Scene([Cast([0, 1], "Ada"), Cast([2], "U", Reason.NO_MATCH)])
    found = choose_frames(scene.build(), lambda _row: WHOLE)
    assert list(found) == sorted(frames_of(sorted(best_rows(scene.build().analysis)), scene))
    assert {base64.b64decode(jpeg) for jpeg in found.values()} == {WHOLE}


def test_many_frames_are_reduced_before_any_is_left_out() -> None:
    result = Scene([Cast(range(12), "Ada")], shot_count=12).build()
    found = choose_frames(result, lambda _row: WHOLE, 11 * SIZE)
    assert len(found) == 12
    sizes = set()
    for jpeg in found.values():
        image = cv2.imdecode(np.frombuffer(base64.b64decode(jpeg), np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        sizes.add(image.shape)
    assert sizes == {(160, 160, 3)}


def test_the_budget_is_kept_and_people_take_turns() -> None:
    scene = Scene([Cast([0, 1, 2], "Ada"), Cast([3], "Bob"), Cast([4], "U", Reason.NO_MATCH)])
    small = b"\xff\xd8" + bytes(1000)  # so small that it is not reduced
    size = len(base64.b64encode(small))
    found = choose_frames(scene.build(), lambda _row: small, 3 * size + 1)
    owners = [int(scene.build().analysis.track_of_row[row]) for row in range(20)]
    best = best_rows(scene.build().analysis)
    bob = next(row for row in best if owners[row] == 3)
    stranger = next(row for row in best if owners[row] == 4)
    assert len(found) == 3
    assert frames_of([bob], scene)[0] in found
    assert frames_of([stranger], scene)[0] not in found


def test_two_people_in_a_frame_share_it() -> None:
    scene = Scene([Cast([0], "Ada"), Cast([0], "Bob")])
    asked: list[int] = []

    def read(row: int) -> bytes:
        asked.append(row)
        return WHOLE

    choose_frames(scene.build(), read)
    assert len({*frames_of(asked, scene)}) == len(asked)


def test_the_page_says_where_faces_are_in_its_frames() -> None:
    result = Scene([Cast([0], "Ada")]).build()
    data = data_of(render(result, reader(), read_frame=lambda _row: WHOLE))
    [frame] = data["frames"]
    assert base64.b64decode(data["frames"][frame]) == WHOLE
    [chip] = data["boxes"]
    assert str(data["chips"]["frame"][int(chip)]) == frame
    row = int(result.analysis.crop_rows[int(chip)])
    assert data["boxes"][chip] == result.analysis.detections.boxes[row].round().tolist()
    assert data_of(render(result, reader()))["frames"] == {}


def test_with_all_budgets_spent_a_page_is_under_10_mb() -> None:
    assert MAX_DATA_BYTES + MAX_FRAME_BYTES + 400_000 <= 10_000_000


def test_an_analysis_keeps_a_frame_of_each_track(demo: Outcome) -> None:
    folder = ResultFolder(demo.folder)
    analysis = folder.load().analysis
    kept = {row for row in analysis.crop_rows.tolist() if folder.frame(row)}
    assert kept == best_rows(analysis)
    jpeg = folder.frame(min(kept))
    assert jpeg
    assert picture_size(jpeg) == (320, 180)
    page = data_of(folder.report.read_text("utf-8"))
    assert len(page["frames"]) == len({*analysis.detections.frame_index[list(kept)].tolist()})
