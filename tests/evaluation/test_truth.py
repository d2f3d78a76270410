"""Reading labelled faces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clusterer.core.errors import TruthError
from clusterer.evaluation import Truth, read_truth

HEAD = "frame,time_s,left,top,right,bottom,person,kind\n"
ROWS = "12,0.5,1.5,2,11.5,12,ann,frontal\n12,0.5,20,2,30,12,?,small\n24,1,1,2,11,12,bob,\n"
IGNORE_HEAD = "frame,time_s,left,top,right,bottom\n"


def write(folder: Path, text: str, name: str = "a.truth.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_are_read(tmp_path: Path) -> None:
    truth = read_truth(write(tmp_path, HEAD + ROWS))
    assert truth.name == "a"
    assert truth.frame.tolist() == [12, 12, 24]
    assert truth.boxes.tolist() == [[1.5, 2, 11.5, 12], [20, 2, 30, 12], [1, 2, 11, 12]]
    assert truth.people == ("ann", "?", "bob")
    assert truth.kinds == ("frontal", "small", "")
    assert truth.known.tolist() == [0, 2]
    assert truth.cast == ("ann", "bob")
    assert truth.ignore_boxes.shape == (0, 4)
    assert not truth.boxes.flags.writeable


@pytest.mark.parametrize(
    ("ignored", "frames"),
    [
        ([], [0, 12, 24]),
        ([30], [0, 6, 12, 18, 24, 30]),
        ([36, 0], [0, 12, 24, 36]),
        ([25], list(range(26))),
    ],
)
def test_labelled_frames_are_a_grid(tmp_path: Path, ignored: list[int], frames: list[int]) -> None:
    rows = "".join(f"{frame},0,5,5,6,6\n" for frame in ignored)
    write(tmp_path, IGNORE_HEAD + rows, "a.ignore.csv")
    truth = read_truth(write(tmp_path, HEAD + ROWS))
    assert truth.frames.tolist() == frames
    assert truth.ignore_frame.tolist() == ignored


def test_faces_in_the_first_frame_alone(tmp_path: Path) -> None:
    assert read_truth(write(tmp_path, HEAD + "0,0,1,2,3,4,ann,\n")).frames.tolist() == [0]


def test_ignore_file_may_lie_elsewhere(tmp_path: Path) -> None:
    other = write(tmp_path, IGNORE_HEAD + "24,1,5,5,6,6\n", "other.csv")
    write(tmp_path, IGNORE_HEAD + "24,1,7,7,8,8\n24,1,7,7,8,8\n", "a.ignore.csv")
    truth = write(tmp_path, HEAD + ROWS)
    assert read_truth(truth, other).ignore_boxes.tolist() == [[5, 5, 6, 6]]
    assert len(read_truth(truth).ignore_boxes) == 2
    with pytest.raises(TruthError, match=r"Cannot read .*none\.csv \("):
        read_truth(truth, tmp_path / "none.csv")


def test_columns_stand_in_any_order_and_kind_may_be_missing(tmp_path: Path) -> None:
    text = "\ufeffperson,bottom,right,top,left,frame\r\n ann ,4,3,2,1,6\r\n"
    truth = read_truth(write(tmp_path, text, "clip.csv"))
    assert truth.name == "clip"
    assert truth.boxes.tolist() == [[1, 2, 3, 4]]
    assert (truth.people, truth.kinds) == (("ann",), ("",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a.truth.csv, line 1: no column 'frame'"),
        (HEAD, "a.truth.csv holds no labelled face"),
        ("frame,left,top,right,bottom\n", "line 1: no column 'person'"),
        (HEAD + ROWS + "x,1,1,2,3,4,ann,\n", "line 5: frame 'x' is not a number"),
        (HEAD + "1.5,1,1,2,3,4,ann,\n", "line 2: frame '1.5' is not a number"),
        (HEAD + "-6,1,1,2,3,4,ann,\n", "line 2: frame -6 is out of range"),
        (HEAD + f"{1 << 24},1,1,2,3,4,ann,\n", "line 2: frame 16777216 is out of range"),
        (HEAD + "9" * 400 + ",1,1,2,3,4,ann,\n", "line 2: frame 9999999999999999999… is out of"),
        (HEAD + "9" * 5000 + ",1,1,2,3,4,ann,\n", "is not a number"),
        (HEAD + "6,1,one,2,3,4,ann,\n", "line 2: left 'one' is not a number of pixels"),
        (HEAD + "6,1,1,nan,3,4,ann,\n", "line 2: top 'nan' is not a number of pixels"),
        (HEAD + "6,1,1,2,inf,4,ann,\n", "line 2: right 'inf' is not a number of pixels"),
        (HEAD + "6,1,3,2,3,4,ann,\n", "line 2: the box is empty"),
        (HEAD + "6,1,1,4,3,2,ann,\n", "line 2: the box is empty"),
        (HEAD + "6,1,1,2,3,4, ,\n", "line 2: person is empty"),
        (HEAD + "6,1,1,2,3\n", "line 2: bottom is empty"),
        (HEAD + '6,1,1,2,3,4,"a\nb",\n', "line 3: the person's name holds a control character"),
        (HEAD + '6,1,1,2,3,4,"a"b,\n', "is not a table of comma-separated values"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TruthError) as raised:
        read_truth(write(tmp_path, text))
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "a.truth.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TruthError, match="is not a table"):
        read_truth(path)
    with pytest.raises(TruthError, match=r"Cannot read .*none\.truth\.csv \(no such file"):
        read_truth(tmp_path / "none.truth.csv")
    with pytest.raises(TruthError, match="Cannot read"):
        read_truth(tmp_path)


def test_a_bad_ignore_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, IGNORE_HEAD + "24,1,5,5,6\n", "a.ignore.csv")
    with pytest.raises(TruthError, match=r"a\.ignore\.csv, line 2: bottom is empty"):
        read_truth(write(tmp_path, HEAD + ROWS))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"people": ("ann", "bob")}, "one frame, box, person and kind"),
        ({"ignore_frame": [0]}, "one frame, box, person and kind"),
        ({"frames": [0]}, "is a labelled frame"),
    ],
)
def test_a_truth_fits_together(change: dict[str, Any], message: str) -> None:
    whole: dict[str, Any] = {"name": "a", "frames": [6], "frame": [6], "boxes": [[0, 0, 1, 1]]}
    whole |= {"people": ("ann",), "kinds": ("",)}
    assert Truth(**whole).known.tolist() == [0]
    with pytest.raises(ValueError, match=message):
        Truth(**{**whole, **change})
