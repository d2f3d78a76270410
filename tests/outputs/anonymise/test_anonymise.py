"""Films in which people cannot be recognised: no face is found, and all else is as it was."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

import clusterer
from clusterer.core.errors import ConfigError, VideoError
from clusterer.core.types import ClusteringResult, Detections, Frame
from clusterer.media import probe
from clusterer.media.decode import Reader
from clusterer.media.picture import orientation
from clusterer.media.veil import Patch, Style, veiled
from clusterer.outputs.anonymise.choice import AnonymiseChoice
from clusterer.outputs.anonymise.watch import FAINT_SCORE, FaceFinder
from clusterer.outputs.anonymise.write import COLUMNS, Anonymised, anonymise, name_for, report_of
from tests.odd_clocks import write_film
from tests.outputs.anonymise.small_film import (
    FRAMES,
    LOOKS,
    RATE,
    SECOND,
    faces,
    images,
    pictures,
    result_of,
    write_small,
)
from tests.video_files import set_display_matrix

EVERYBODY = AnonymiseChoice(everybody=True)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small(tmp_path_factory.mktemp("film") / "small.mp4", sound_s=(0, 2.5))


@pytest.fixture(scope="module")
def result(film: Path) -> ClusteringResult:
    return result_of(film)


def written(
    result: ClusteringResult, film: Path, out: Path, choice: AnonymiseChoice = EVERYBODY
) -> Anonymised:
    done = anonymise(result, film, out, choice)
    assert done is not None
    return done


def with_faces(path: Path) -> list[int]:
    """Frames in which a face is found with a score of 0.5."""
    return [i for i, found in enumerate(faces(path)) if (found.scores >= 0.5).any()]


def times(path: Path) -> list[Fraction]:
    """Time of each frame as a player counts."""
    info = probe(path)
    return [(each.pts - info.zero_pts) * info.time_base for each in Reader(info)]


def test_one_person(film: Path, result: ClusteringResult, tmp_path: Path) -> None:
    """A is hidden in every frame of the first shot; the second is as it was."""
    assert with_faces(film) == [*range(FRAMES)]
    before = film.read_bytes()
    out = tmp_path / "out.mp4"
    done = written(result, film, out, AnonymiseChoice(people="person 1"))
    assert with_faces(out) == [*range(SECOND, FRAMES)]
    assert (done.frames, done.checks, done.left_out) == (SECOND, (), ())
    assert done.summary == f"faces hidden in {SECOND} frames"
    assert times(out) == times(film)
    assert probe(out).duration_s == pytest.approx(probe(film).duration_s, abs=0.001)
    assert film.read_bytes() == before
    found = faces(film)
    for i, (old, new) in enumerate(zip(images(film), images(out), strict=True)):
        apart = np.abs(old.astype(int) - new.astype(int))
        left, top, right, bottom = found[i].boxes[0]
        inside = apart[int(top) : int(bottom), int(left) : int(right)].mean()
        assert (inside > 8) == (i < SECOND)
        # far from the face: at most what coding changes
        across, down = (right - left) * 0.8, (bottom - top) * 0.8
        rows, columns = np.mgrid[: old.shape[0], : old.shape[1]]
        far = (
            (columns < left - across) | (columns > right + across)
            | (rows < top - down) | (rows > bottom + down)
        )  # fmt: skip
        error = (apart[far if i < SECOND else np.ones_like(far)] ** 2).mean()
        assert 10 * np.log10(255**2 / error) > 36


def test_all_but_one(film: Path, result: ClusteringResult, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    written(result, film, out, AnonymiseChoice(all_but="Person 1"))
    assert with_faces(out) == [*range(SECOND)]


def test_faces_in_no_result(film: Path, tmp_path: Path) -> None:
    """Whoever the analysis did not find is hidden, too, or else to be checked."""
    only_b = result_of(film, ([], LOOKS[1]))
    written(only_b, film, tmp_path / "all.mp4")
    assert with_faces(tmp_path / "all.mp4") == []
    written(only_b, film, tmp_path / "but.mp4", AnonymiseChoice(all_but="person-1"))
    assert with_faces(tmp_path / "but.mp4") == [*range(SECOND, FRAMES)]


def test_a_face_that_the_samples_skipped(film: Path, tmp_path: Path) -> None:
    """Found at the beginning only, A is hidden to the end of the shot."""
    late = result_of(film, ([0], LOOKS[1]))
    written(late, film, tmp_path / "a.mp4", AnonymiseChoice(people="person-2"))
    assert with_faces(tmp_path / "a.mp4") == [*range(SECOND, FRAMES)]


@pytest.mark.parametrize("style", ["pixelate", "box"])
def test_styles(film: Path, result: ClusteringResult, tmp_path: Path, style: str) -> None:
    out = tmp_path / "out.mp4"
    written(result, film, out, AnonymiseChoice(everybody=True, style=style))
    assert with_faces(out) == []
    shown, box = images(out)[6], faces(film)[6].boxes[0]
    middle = shown[int(box[1:4:2].mean()), int(box[0:4:2].mean())]
    assert (middle.max() < 8) == (style == "box")


@pytest.mark.parametrize(
    ("rate", "faint", "others"),
    [
        (12, set(), set(range(FRAMES))),
        (24, set(), {*range(1, FRAMES, 2)}),
        (24, {5}, {*range(1, FRAMES, 2), 4, 6}),
        (24, {1, 11}, {*range(1, FRAMES, 2), 2, 10, 12}),
        (30, set(), {*range(2, FRAMES, 3), SECOND + 1}),
        (30, {5}, {*range(2, FRAMES, 3), SECOND + 1, 3, 4, 6, 7}),
        (60, set(), {*range(5, FRAMES, 6), *range(SECOND, 23)}),
    ],
)
def test_a_frame_between_two_without_anything_like_a_face_is_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate: int, faint: set[int], others: set[int]
) -> None:
    """One of every tenth of a second is, and all between a cut, or what is nearly a face, and the
    next of these."""
    looked: list[int] = []

    def find(_: FaceFinder, frames: Sequence[Frame]) -> list[Detections]:
        looked.extend(frame.index for frame in frames)
        found = [[FAINT_SCORE] if frame.index in faint else [] for frame in frames]
        return [
            Detections.of_frame(frame, np.tile([10, 10, 30, 30], (len(scores), 1)), scores)
            for frame, scores in zip(frames, found, strict=True)
        ]

    monkeypatch.setattr("clusterer.outputs.anonymise.watch.watch", lambda *_: [])
    monkeypatch.setattr(FaceFinder, "find", find)
    film = write_small(tmp_path / "small.mp4", times_s=[i / rate for i in range(FRAMES)])
    written(result_of(film), film, tmp_path / "out.mp4")
    assert sorted(looked) == sorted({0, SECOND} | others)


def test_frames_that_are_not_looked_at_are_drawn_as_strongly_as_those_beside_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strengths: dict[int, int] = {}
    looks: list[int] = []

    def find(_: FaceFinder, frames: Sequence[Frame]) -> list[Detections]:
        new = [frame.index not in looks for frame in frames]
        looks.extend(frame.index for frame in frames)
        return [
            Detections.of_frame(frame, film_faces[frame.index].boxes, [0.45])
            if frame.index == 3 and is_new
            else Detections.empty()
            for frame, is_new in zip(frames, new, strict=True)
        ]

    def veil(raw: Any, patches: Sequence[tuple[Patch, int]], style: Style) -> Any:
        (strengths[raw.pts],) = (strength for _, strength in patches)
        return veiled(raw, patches, style)

    film = write_small(tmp_path / "small.mp4", times_s=[i / 24 for i in range(FRAMES)])
    film_faces, result = faces(film), result_of(film)
    monkeypatch.setattr("clusterer.outputs.anonymise.watch.watch", lambda *_: [])
    monkeypatch.setattr("clusterer.outputs.anonymise.render.veiled", veil)
    monkeypatch.setattr(FaceFinder, "find", find)
    written(result, film, tmp_path / "out.mp4")
    drawn = [strengths[pts] for pts in sorted(strengths)]
    assert looks.count(3) == 2
    looked_first = {*range(1, FRAMES, 2)} - {3}
    assert [i for i, strength in enumerate(drawn) if strength] == [
        i for i in range(SECOND) if i not in looked_first | {0}
    ]


def test_sound_is_copied(film: Path, result: ClusteringResult, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    written(result, film, out)

    def sound(path: Path) -> list[tuple[int | None, bytes]]:
        with av.open(str(path)) as container:
            return [(each.pts, bytes(each)) for each in container.demux(audio=0) if each.size]

    assert sound(out) == sound(film) != []


def test_the_same_bytes_twice(film: Path, result: ClusteringResult, tmp_path: Path) -> None:
    for ending in ("mp4", "mkv"):
        one, other = (tmp_path / f"{name}.{ending}" for name in "ab")
        written(result, film, one)
        written(result, film, other)
        assert one.read_bytes() == other.read_bytes()
        assert report_of(one).read_bytes() == report_of(other).read_bytes()


@pytest.mark.skipif(
    not hasattr(av.VideoStream, "set_display_matrix"), reason="this PyAV cannot write a rotation"
)
@pytest.mark.parametrize("matrix", [(0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0)])
def test_rotated(tmp_path: Path, matrix: tuple[int, int, int, int]) -> None:
    """Shown upright, stored rotated: the rotation is kept."""
    turns = {(0, 1, -1, 0): 1, (-1, 0, 0, -1): 2, (0, -1, 1, 0): 3}[matrix]
    stored = [np.ascontiguousarray(np.rot90(each, turns)) for each in pictures()]
    film = write_film(tmp_path / "turned.mp4", stored, rate=RATE)
    set_display_matrix(film, *matrix)
    assert images(film)[0].shape == (270, 480, 3)
    assert with_faces(film) == [*range(FRAMES)]
    out = tmp_path / "out.mp4"
    written(result_of(film), film, out)
    assert with_faces(out) == []
    first, second = (next(iter(Reader(probe(path)))).raw for path in (film, out))
    assert orientation(first) == orientation(second) != (False, False, False)


def test_variable_rate_and_no_sound(tmp_path: Path) -> None:
    at_s = [i / 12 + (0.75 if i >= 10 else 0) + (0.03 if i % 3 else 0) for i in range(FRAMES)]
    film = write_small(tmp_path / "variable.mp4", times_s=at_s, start_s=0.4)
    out = tmp_path / "out.mp4"
    written(result_of(film), film, out)
    assert times(out) == times(film)
    assert with_faces(out) == []
    with av.open(str(out)) as container:
        assert len(container.streams) == 1


def test_the_codec_is_kept(tmp_path: Path) -> None:
    film = write_small(tmp_path / "small.webm", codec="libvpx", sound_s=(0, 2))
    out = tmp_path / "out.webm"
    written(result_of(film), film, out)
    with av.open(str(out)) as container:
        names = [each.codec_context.name for each in container.streams]
    assert names in (["vp8", "opus"], ["libvpx", "libopus"])
    assert with_faces(out) == []
    assert len(images(out)) == FRAMES


def test_colours_are_kept(tmp_path: Path) -> None:
    options = {"preset": "veryfast", "colorspace": "bt709", "color_primaries": "bt709"}
    film = write_small(tmp_path / "a.mp4", options={**options, "color_trc": "bt709"})
    out = tmp_path / "out.mp4"
    written(result_of(film), film, out)

    def tags(path: Path) -> list[int]:
        with av.open(str(path)) as container:
            context = container.streams.video[0].codec_context
            names = ("colorspace", "color_primaries", "color_trc", "color_range")
            return [getattr(context, name) for name in names]

    assert tags(out) == tags(film)
    assert tags(out)[:3] == [1, 1, 1]


def test_the_report(film: Path, tmp_path: Path) -> None:
    """A stays, and is in no result: somebody should look."""
    only_b = result_of(film, ([], LOOKS[1]))
    done = written(only_b, film, tmp_path / "out.mp4", AnonymiseChoice(all_but="Person 1"))
    assert done.report == tmp_path / "out.mp4.check.csv"
    rows = list(csv.reader(done.report.read_text("utf-8").splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 1 + len(done.checks)


def test_another_file_is_never_replaced(
    film: Path, result: ClusteringResult, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    out.write_bytes(b"mine")
    for words, file in (("is not an anonymised film", out), ("is the film itself", film)):
        with pytest.raises(ConfigError, match=words):
            anonymise(result, film, file, EVERYBODY)
    assert out.read_bytes() == b"mine"
    out.unlink()
    report_of(out).write_bytes(b"mine")
    with pytest.raises(ConfigError, match="is not a report"):
        anonymise(result, film, out, EVERYBODY)
    assert report_of(out).read_bytes() == b"mine"
    assert anonymise(result, film, out, EVERYBODY, overwrite=True) is not None
    assert anonymise(result, film, out, EVERYBODY) is not None  # ours


@pytest.mark.parametrize("until", [0.0, 0.5])
def test_ended_half_way(film: Path, result: ClusteringResult, tmp_path: Path, until: float) -> None:
    def go_on(done: float) -> bool:
        return done < until

    assert anonymise(result, film, tmp_path / "a/b.mp4", EVERYBODY, go_on) is None
    assert not any((tmp_path / "a").glob("*"))


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({}, "Nobody is chosen. Give people, or all_but, or everybody=True"),
        ({"people": "a", "everybody": True}, "The choice of people is not clear"),
        ({"everybody": True, "style": "fog"}, "no style 'fog'. There are: blur, pixelate, box"),
        ({"everybody": True, "margin": -1}, "margin is -1. Give 0 to 2"),
        ({"everybody": True, "margin": float("nan")}, "margin is nan"),
    ],
)
def test_errors_of_a_choice(chosen: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as error:
        AnonymiseChoice(**chosen)
    assert words in str(error.value)


def test_other_errors(film: Path, result: ClusteringResult, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    with pytest.raises(ConfigError, match="No person is named 'Zoe'"):
        anonymise(result, film, out, AnonymiseChoice(people="Zoe"))
    with pytest.raises(ConfigError, match=r"does not end in one of .mp4"):
        anonymise(result, film, tmp_path / "out.avi", EVERYBODY)
    with pytest.raises(ConfigError, match=r".webm cannot hold the sound of the film \(aac\)"):
        anonymise(result, film, tmp_path / "out.webm", EVERYBODY)
    with pytest.raises(VideoError):
        anonymise(result, tmp_path / "gone.mp4", out, EVERYBODY)
    longer = write_small(tmp_path / "long.mp4", times_s=[i / 5 for i in range(FRAMES)])
    with pytest.raises(VideoError, match="Name the film that was analysed"):
        anonymise(result, longer, out, EVERYBODY)
    assert not out.exists()


def test_names_of_files(result: ClusteringResult) -> None:
    assert name_for(result.analysis.video) == "small.anonymised.mp4"
    avi = clusterer.VideoInfo("a/b.avi", 4, 4, RATE, Fraction(1, 12), 0, 1.0)
    assert name_for(avi) == "b.anonymised.mkv"
