"""An analysis survives a round trip, and damaged files are refused."""

from __future__ import annotations

import json
import zipfile
from dataclasses import fields, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.errors import CacheError
from clusterer.core.types import Analysis, ChipQuality, Detections, Extent, Shot, Track, VideoInfo
from clusterer.store.analysis_npz import (
    SCHEMA_VERSION,
    dump,
    group_tracks,
    read_arrays,
    read_meta,
    restore,
)
from tests.npz_files import write_arrays
from tests.small_result import FRAME_PTS, START_PTS, small_analysis

STAMP = {"schema": SCHEMA_VERSION, "key": "k"}


def same(a: Any, b: Any) -> bool:
    """Whether two of the shared types hold the same, NaN being equal to itself."""
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if hasattr(a, "__dataclass_fields__"):
        return all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    return bool(a == b)


def floats(shape: tuple[int, ...], low: float, high: float) -> st.SearchStrategy[np.ndarray]:
    elements = st.floats(low, high, width=32)
    return hnp.arrays(np.float32, shape, elements=elements)


NO_SEPARATORS = st.characters(blacklist_categories=["Cs"], blacklist_characters="/\\:")


@st.composite
def analyses(draw: st.DrawFn) -> Analysis:
    """Any analysis that the types allow: no faces, faces without a track, odd rates, any text."""
    n = draw(st.integers(0, 8))
    frames = np.array(sorted(draw(st.lists(st.integers(0, 99), min_size=n, max_size=n))), np.int64)
    corners = draw(floats((n, 4), 0, 5000))
    boxes = np.concatenate(
        [np.minimum(corners[:, :2], corners[:, 2:]), np.maximum(corners[:, :2], corners[:, 2:])],
        axis=1,
    )
    owners = draw(st.lists(st.integers(-1, 2), min_size=n, max_size=n))
    ids = sorted({owner for owner in owners if owner >= 0})
    rows_of = [[row for row, owner in enumerate(owners) if owner == i] for i in ids]
    chips = draw(st.lists(st.integers(0, n - 1), unique=True)) if n else []
    positive = st.fractions(min_value=Fraction(1, 1000), max_value=1000)
    edges = sorted(draw(st.sets(st.integers(-50, 500), min_size=2, max_size=5)))
    landmarks = hnp.arrays(np.float32, (n, 5, 2), elements=st.floats(width=32))
    return Analysis(
        video=VideoInfo(
            draw(st.text(NO_SEPARATORS).filter(lambda name: name != ".")),
            draw(st.integers(1, 9999)),
            draw(st.integers(1, 9999)),
            draw(positive),
            draw(positive),
            draw(st.integers(-(2**40), 2**40)),
            draw(st.floats(0, 1e6)),
            draw(st.none() | st.just("01:00:00;00")),
            draw(st.integers(0, 2**40)),
            draw(st.fractions(min_value=Fraction(1, 4), max_value=4)),
            draw(st.none() | st.integers(0, 9)),
        ),
        shots=tuple(Shot(i, a, b, 3 * a, 3 * b) for i, (a, b) in enumerate(pairwise(edges))),
        detections=Detections(frames, 3 * frames, boxes, draw(floats((n,), 0, 1)), draw(landmarks)),
        quality=ChipQuality(*(draw(floats((n,), 0, 1)) for _ in range(4))),
        tracks=tuple(
            Track(i, draw(st.integers(0, 3)), np.array(rows), draw(extents(frames[rows])))
            for i, rows in enumerate(rows_of)
        ),
        chip_rows=np.array(chips),
        chip_embeddings=draw(floats((len(chips), 5), -1, 1)),
        crop_rows=np.array(chips[:2]),
        sampled_frames=np.unique(frames),
        sampled_pts=3 * np.unique(frames),
        models=draw(st.dictionaries(st.text(), st.text(), max_size=2)),
        warnings=tuple(draw(st.lists(st.text(), max_size=2))),
    )


def extents(frames: np.typing.NDArray[np.int64]) -> st.SearchStrategy[Extent | None]:
    """None, or an extent around these frames; pts are three times the frame."""
    first, last = int(frames[0]), int(frames[-1])
    before, after = st.integers(0, 5).map(lambda n: max(0, first - n)), st.integers(last, last + 5)
    lengths = st.none() | st.integers(1, 9)
    return st.none() | st.builds(
        lambda a, b, pts: Extent(a, b, 3 * a, 3 * b, pts and 3 * b + pts), before, after, lengths
    )


def test_an_earlier_analysis_has_no_extents(tmp_path: Path) -> None:
    analysis = small_analysis()
    arrays, meta = dump(analysis)
    del arrays["extent_of_track"]
    del meta["video"]["pixel_aspect"], meta["video"]["stream"]
    write_arrays(tmp_path / "a.npz", arrays, {"schema": 4, "key": "k", **meta})
    restored = restore(*read_arrays(tmp_path / "a.npz"))
    assert [track.extent for track in restored.tracks] == [None] * len(analysis.tracks)
    assert restored.spans(0, 1) == analysis.spans(0, 1)
    assert restored.video.square_px == (640, 360)


def test_extents_of_schema_5_have_no_end(tmp_path: Path) -> None:
    extent = Extent(0, 20, START_PTS, START_PTS + 20 * FRAME_PTS)
    analysis = small_analysis()
    analysis = replace(
        analysis, tracks=(replace(analysis.tracks[0], extent=extent), *analysis.tracks[1:])
    )
    arrays, meta = dump(analysis)
    arrays["extent_of_track"] = arrays["extent_of_track"][:, :4]
    write_arrays(tmp_path / "a.npz", arrays, {"schema": 5, "key": "k", **meta})
    restored = restore(*read_arrays(tmp_path / "a.npz"))
    assert [track.extent for track in restored.tracks] == [extent, None, None, None]
    assert restored.spans(0) == analysis.spans(0)


@given(analyses())
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, analysis: Analysis) -> None:
    folder = tmp_path_factory.mktemp("archive")
    arrays, meta = dump(analysis)
    for name in ("a.npz", "b.npz"):
        write_arrays(folder / name, arrays, {**STAMP, **meta})
    stored, facts = read_arrays(folder / "a.npz")
    assert facts["key"] == "k"
    assert same(restore(stored, facts), analysis)
    assert (folder / "a.npz").read_bytes() == (folder / "b.npz").read_bytes()


def test_order_of_facts_does_not_change_the_bytes(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a.npz", {}, {"schema": 1, "key": "k"})
    write_arrays(tmp_path / "b.npz", {}, {"key": "k", "schema": 1})
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_objects_are_never_pickled(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        write_arrays(tmp_path / "a.npz", {"a": np.array([print], dtype=object)}, STAMP)
    np.savez(tmp_path / "a.npz", meta=np.array([print], dtype=object))
    with pytest.raises(CacheError, match="damaged"):
        read_arrays(tmp_path / "a.npz")


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("archive") / "a.npz"
    arrays, meta = dump(small_analysis())
    write_arrays(path, arrays, {**STAMP, **meta})
    return path.read_bytes()


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.9, 0.999])
def test_truncated_file(tmp_path: Path, stored: bytes, share: float) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(stored[: int(len(stored) * share)])
    with pytest.raises(CacheError, match=r"a\.npz is damaged"):
        read_arrays(path)


@given(data=st.data())
def test_flipped_bytes_are_noticed_or_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, stored: bytes, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("flipped") / "a.npz"
    changed = bytearray(stored)
    for at in data.draw(st.lists(st.integers(0, len(stored) - 1), min_size=1, max_size=4)):
        changed[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(changed)
    try:
        arrays, _ = read_arrays(path)
    except CacheError:
        return
    expected, _ = dump(small_analysis())
    found = {name: arrays[name] for name in expected if name in arrays}
    assert all(same(array, expected[name]) for name, array in found.items())


def foreign(path: Path, kind: str) -> None:
    if kind == "text":
        path.write_text("person,name\r\n")
    elif kind == "npy":
        with path.open("wb") as file:
            np.save(file, np.arange(3))
    elif kind == "zip":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("a.txt", "a")
    elif kind == "npz without facts":
        np.savez(path, a=np.arange(3))
    elif kind == "facts no JSON":
        np.savez(path, meta=np.frombuffer(b"{", np.uint8))
    elif kind == "facts a list":
        np.savez(path, meta=np.frombuffer(b"[]", np.uint8))
    elif kind == "folder":
        path.mkdir()


@pytest.mark.parametrize(
    "kind",
    ["text", "npy", "zip", "npz without facts", "facts no JSON", "facts a list"],
)
def test_foreign_file(tmp_path: Path, kind: str) -> None:
    foreign(tmp_path / "a.npz", kind)
    with pytest.raises(CacheError, match=r"a\.npz is damaged"):
        read_arrays(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("kind", "told"), [("missing", "{} is missing"), ("folder", "Cannot read {} (")]
)
def test_no_file(tmp_path: Path, kind: str, told: str) -> None:
    """Not called damaged, and no exception name is shown."""
    path = tmp_path / "a.npz"
    foreign(path, kind)
    for read in (read_arrays, read_meta):
        with pytest.raises(CacheError) as error:
            read(path)
        assert error.value.cause.startswith(told.format(path))
        assert "Errno" not in error.value.cause


def test_other_schema(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a.npz", {}, {"schema": SCHEMA_VERSION + 1})
    with pytest.raises(CacheError, match=rf"another version \(schema {SCHEMA_VERSION + 1}\)"):
        read_arrays(tmp_path / "a.npz")


def test_facts_are_json_that_anyone_can_read(stored: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(stored)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as file:
        facts = json.loads(file["meta"].tobytes())
    assert facts["video"]["frame_rate"] == "25"
    assert facts["video"]["time_base"] == "1/12800"


def test_rows_without_a_track_belong_to_none() -> None:
    tracks = group_tracks(np.array([1, -1, 0, 1, -1]), [4, 5])
    assert [(t.id, t.shot_index, t.detection_rows.tolist()) for t in tracks] == [
        (0, 4, [2]),
        (1, 5, [0, 3]),
    ]


def test_restored_arrays_are_read_only() -> None:
    analysis = restore(*dump(replace(small_analysis(), warnings=())))
    with pytest.raises(ValueError, match="read-only"):
        analysis.detections.boxes[0] = 0
