"""Cut lists, worked out by hand, and reels of a result."""

from __future__ import annotations

import errno
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

import clusterer
from clusterer.core.errors import ConfigError, ResultError, VideoError
from clusterer.core.types import ClusteringResult
from clusterer.media import probe
from clusterer.outputs.export.choose import Choice, choose
from clusterer.outputs.reel import Cut, ReelChoice, cut_list, fitted, reel
from clusterer.store.owned import OwnedFolder
from tests.conftest import DEMO
from tests.media.test_reel import shown
from tests.odd_clocks import write_film
from tests.result_folder import decided, write
from tests.video_files import picture

FRAME_PTS, START_PTS = 512, 1024
"""Of the small film: 100 frames, 25 a second. Person 1 is in 0 to 21 and 50 to 100, person 2 in 0
to 11."""


@pytest.fixture(scope="module")
def result() -> ClusteringResult:
    return decided()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film of `result`: every frame shows its number."""
    path = tmp_path_factory.mktemp("film") / "small.mp4"
    return write_film(path, [picture(i) for i in range(100)], sound_s=(0, 4))


def frames(result: ClusteringResult, **chosen: object) -> list[tuple[int, int]]:
    """First and last frame of every cut, half-open."""
    cuts = cut_list(result, ReelChoice(**chosen)).cuts
    # the first frame that begins at a boundary or later
    count = [
        -(-(pts - START_PTS) // FRAME_PTS) for cut in cuts for pts in (cut.start_pts, cut.end_pts)
    ]
    return list(zip(count[::2], count[1::2], strict=True))


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        # 25 frames after 21 meet 25 before 50
        ({}, [(0, 100)]),
        ({"handles_s": 0}, [(0, 21), (50, 100)]),
        ({"handles_s": 0.2}, [(0, 26), (45, 100)]),
        # 21 + 10 to 50 - 10: nine frames, less than the handles of ten
        ({"handles_s": 0.4}, [(0, 100)]),
        # 21 + 9 to 50 - 9: eleven frames, more than nine
        ({"handles_s": 0.36}, [(0, 30), (41, 100)]),
        # the nearest to 2.6 frames is 3
        ({"handles_s": 0.104}, [(0, 24), (47, 100)]),
        ({"people": "Person 2", "handles_s": 0}, [(0, 11)]),
        ({"people": "person-2", "handles_s": 0.2}, [(0, 16)]),
        ({"people": ["Person 1", "Person 2"], "handles_s": 0}, [(0, 21), (50, 100)]),
        ({"people": "Person 1,Person 2", "together": True, "handles_s": 0}, [(0, 11)]),
        # cut to 60 to 80, then widened
        ({"begin": 2.4, "end": 3.2, "handles_s": 0}, [(60, 80)]),
        ({"begin": "01:00:02:10", "end": 3.2, "handles_s": 0.2}, [(55, 85)]),
        ({"end": 0.2, "handles_s": 0.2}, [(0, 10)]),
        # 21 frames, then nine of the second
        ({"handles_s": 0, "longest_s": 1.2}, [(0, 21), (50, 59)]),
        ({"handles_s": 0, "longest_s": 0.84}, [(0, 21)]),
        ({"handles_s": 0, "longest_s": 0.001}, [(0, 1)]),
    ],
)  # fmt: skip
def test_cuts_of_the_small_film(
    result: ClusteringResult, chosen: dict[str, object], expected: list[tuple[int, int]]
) -> None:
    assert frames(result, **chosen) == expected


def test_names_of_files(result: ClusteringResult) -> None:
    assert cut_list(result).name == "small.reel.mp4"
    few = ReelChoice("person-2", begin=0.04)
    assert cut_list(result, few).name == "small+Person 2+from-0-00-00.04.reel.mp4"
    cuts = cut_list(result, ReelChoice(handles_s=0))
    assert cuts.cuts == (Cut(1024, 1024 + 21 * 512), Cut(1024 + 50 * 512, 1024 + 100 * 512))
    assert cuts.length_s == 71 / 25


def test_hidden_people_are_left_out(result: ClusteringResult) -> None:
    first, second = result.people
    hidden = replace(result, people=(replace(first, hidden=True), second))
    assert frames(hidden, handles_s=0) == [(0, 11)]
    assert frames(hidden, people="Person 1", handles_s=0) == [(0, 21), (50, 100)]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"people": "Nobody"}, "No person is named 'Nobody'. There are: Person 1, Person 2"),
        ({"begin": 0.84, "end": 2}, "nobody is on screen in this part of the film. Choose other"),
        ({"begin": 2, "end": 1}, "The part of the film from 2 to 1 is empty"),
        ({"people": "Person 1", "together": True}, "at least two people"),
        ({"people": "Person 1,Person 2", "together": True, "begin": 1}, "never on screen at once"),
        ({"handles_s": -1}, "handles are -1 s. Give 0 to 600 seconds"),
        ({"handles_s": float("nan")}, "handles are nan s"),
        ({"longest_s": 0}, "the largest length is 0 s. Give more than 0 seconds"),
        ({"height_px": 2}, "height is 2 px. Give 16 to 4320"),
        ({"begin": -1}, "begin is -1"),
    ],
)
def test_errors_of_a_choice(
    result: ClusteringResult, chosen: dict[str, object], words: str
) -> None:
    with pytest.raises(ConfigError) as error:
        frames(result, **chosen)
    assert words in str(error.value)


@given(
    spans=st.lists(st.tuples(st.integers(0, 900), st.integers(1, 100)), min_size=1, max_size=12),
    handles=st.fractions(0, 200, max_denominator=10),
    frame=st.fractions(1, 40, max_denominator=3),
    more=st.integers(0, 300),
    longest=st.none() | st.fractions(1, 2000, max_denominator=10),
)
def test_cuts_are_apart_inside_the_film_and_cover_every_appearance(
    spans: list[tuple[int, int]],
    handles: Fraction,
    frame: Fraction,
    more: int,
    longest: Fraction | None,
) -> None:
    seen = [(start, start + length) for start, length in spans]
    length = max(end for _, end in seen) + more
    cuts = fitted(seen, handles=handles, frame=frame, length=length)
    assert all(0 <= start < end <= length for start, end in cuts)
    gaps = [after - before for (_, before), (after, _) in pairwise(cuts)]
    assert all(gap > 0 and gap >= handles - frame for gap in gaps)
    for start, end in seen:
        (around,) = (cut for cut in cuts if cut[0] <= start and end <= cut[1])
        assert around[0] <= max(Fraction(0), start - handles + frame)
        assert around[1] >= min(Fraction(length), end + handles - frame)
    short = fitted(seen, handles=handles, frame=frame, length=length, longest=longest)
    if longest is not None:
        total = sum(end - start for start, end in short)
        assert total <= max(longest + 1, Fraction(1))
        assert short[:-1] == cuts[: len(short) - 1]
        assert short[-1][0] == cuts[len(short) - 1][0]


def test_the_frames_of_a_cut_list_for_editing_programs(demo: clusterer.Outcome) -> None:
    """A reel and an EDL of the sample film have the same frames, at 24 a second with handles."""
    who = demo.result.people[0]
    video = demo.result.analysis.video
    spans = choose(demo.result, Choice(who.id, handles=6)).parts[0].spans
    per_frame = 1 / (video.frame_rate * video.time_base)
    cuts = cut_list(demo.result, ReelChoice(who.id, handles_s=6 / float(video.frame_rate))).cuts
    assert len(cuts) <= len(spans)  # short gaps are kept in
    starts = {round((cut.start_pts - video.start_pts) / per_frame + Fraction(1, 4)) for cut in cuts}
    assert starts <= {span.start for span in spans}
    for span in spans:
        assert any(
            cut.start_pts - video.start_pts <= span.start * per_frame
            and (span.end - Fraction(1, 2)) * per_frame <= cut.end_pts - video.start_pts
            for cut in cuts
        )


def test_a_reel_has_exactly_the_frames_of_its_cuts(
    result: ClusteringResult, film: Path, tmp_path: Path
) -> None:
    shares: list[float] = []

    def go_on(done: float) -> bool:
        shares.append(done)
        return True

    choice = ReelChoice("Person 1", handles_s=0.2)
    assert reel(result, film, tmp_path / "a.mp4", choice, go_on)
    numbers = [number for number, *_ in shown(probe(tmp_path / "a.mp4"))]
    assert numbers == [*range(26), *range(45, 100)]
    assert shares == sorted(shares)
    assert len(shares) == 81
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
    again = (tmp_path / "a.mp4").read_bytes()
    assert clusterer.reel(result, str(film), str(tmp_path / "a.mp4"), choice)
    assert (tmp_path / "a.mp4").read_bytes() == again


def test_what_is_stopped_or_interrupted_leaves_nothing(
    result: ClusteringResult, film: Path, tmp_path: Path
) -> None:
    calls: list[float] = []

    def interrupted(done: float) -> bool:
        calls.append(done)
        if len(calls) == 9:
            raise KeyboardInterrupt
        return True

    assert not reel(result, film, tmp_path / "a.mp4", go_on=lambda done: done < 0.5)
    with pytest.raises(KeyboardInterrupt):
        reel(result, film, tmp_path / "a.mp4", go_on=interrupted)
    assert list(tmp_path.iterdir()) == []
    assert reel(result, film, tmp_path / "a.mp4", ReelChoice(longest_s=0.2))
    before = (tmp_path / "a.mp4").read_bytes()
    assert not reel(result, film, tmp_path / "a.mp4", go_on=lambda done: done < 0.5)
    assert (tmp_path / "a.mp4").read_bytes() == before


def test_a_full_disk(
    result: ClusteringResult, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise av.error.OSError(errno.ENOSPC, "No space left on device", "a")

    monkeypatch.setattr("clusterer.media.reel.coded", full)
    with pytest.raises(ResultError) as error:
        reel(result, film, tmp_path / "a.mp4")
    assert str(error.value) == (
        f"Cannot write {tmp_path / 'a.mp4'} (no space left on device). Free some space"
    )
    assert list(tmp_path.iterdir()) == []


def test_only_reels_are_replaced(result: ClusteringResult, film: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.mp4").write_bytes(b"mine")
    with pytest.raises(ConfigError, match=r"mine\.mp4 exists and is not a reel.*--overwrite"):
        reel(result, film, tmp_path / "mine.mp4")
    with pytest.raises(ConfigError, match="is the film itself"):
        reel(result, film, film)
    with pytest.raises(ConfigError, match="is a folder"):
        reel(result, film, tmp_path)
    assert (tmp_path / "mine.mp4").read_bytes() == b"mine"


def test_the_film_is_missing_or_another(
    result: ClusteringResult, film: Path, tmp_path: Path
) -> None:
    with pytest.raises(VideoError, match="does not exist"):
        reel(result, tmp_path / "gone.mp4", tmp_path / "a.mp4")
    other = write_film(tmp_path / "other.mp4", [picture(i) for i in range(30)])
    with pytest.raises(VideoError, match=r"is 1\.2 s long, but the film of the result 4\.0 s"):
        reel(result, other, tmp_path / "a.mp4")
    with pytest.raises(ResultError, match="Cannot write"):
        reel(result, film, film / "below" / "a.mp4")
    assert not (tmp_path / "a.mp4").exists()


def test_a_copy_with_another_clock(result: ClusteringResult, tmp_path: Path) -> None:
    """Times in whole milliseconds, an hour late."""
    path = tmp_path / "small.mkv"
    write_film(path, [picture(i) for i in range(100)], rate=Fraction(25), start_s=3600)
    assert reel(result, path, tmp_path / "a.mp4", ReelChoice(handles_s=0))
    numbers = [number for number, *_ in shown(probe(tmp_path / "a.mp4"))]
    assert numbers == [*range(21), *range(50, 100)]


def test_in_a_result_folder_it_is_a_file_of_the_result(
    result: ClusteringResult, film: Path, tmp_path: Path
) -> None:
    folder = write(result, tmp_path / "small.people")
    file = folder / "exports" / "a.reel.mp4"
    assert reel(result, film, file, ReelChoice(longest_s=0.2))
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["a.reel.mp4"]
    assert "exports/a.reel.mp4" in OwnedFolder(folder).names
    with pytest.raises(ConfigError, match="is not a reel"):
        reel(result, film, folder / "report.html")


def test_a_reel_of_the_sample_film(demo: clusterer.Outcome, tmp_path: Path) -> None:
    """At the ends of every cut, its pictures are the film's; the person is in between."""
    choice = ReelChoice(demo.result.people[0].id, handles_s=0.25)
    cuts = cut_list(demo.result, choice).cuts
    assert reel(demo.result, DEMO, tmp_path / "a.mp4", choice)
    film, made = shown(probe(DEMO)), shown(probe(tmp_path / "a.mp4"))
    info = probe(DEMO)
    wanted = [
        [image for _, time_s, image in film
         if cut.start_pts <= info.start_pts + time_s / info.time_base < cut.end_pts]
        for cut in cuts
    ]  # fmt: skip
    assert len(made) == sum(map(len, wanted))
    at = 0
    for images in wanted:
        for number in (0, len(images) - 1):
            ours = made[at + number][2].astype(int)
            errors = [abs(ours - image).mean() for image in images]
            assert errors[number] == min(errors)
            assert errors[number] < 3
        at += len(images)
