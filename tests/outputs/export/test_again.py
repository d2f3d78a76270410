"""Exporting again: partial exports have names of their own, and what is stale is removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

import clusterer
from clusterer.core.text import folded_file
from clusterer.core.types import ClusteringResult, VideoInfo
from clusterer.outputs.export import FORMATS
from clusterer.outputs.export.batch import batches, by_ids, key
from clusterer.outputs.export.choose import Choice
from tests.small_result import small_result

EVERY_FORMAT = pytest.mark.parametrize("to", FORMATS.built_in)
ODD = ("2", "appearances", "resolve-markers", "small", "CON", "together", "a/b", "to-1", "+x")
"""Names that look like something else in the name of a file."""
CHOICES = (
    Choice(people="person-1"),
    Choice(people="person-2"),
    Choice(people="person-1,person-2"),
    Choice(people="person-1,person-2", together=True),
    Choice(begin=0.2),
    Choice(end=3),
    Choice(begin=0.2, end=3),
    Choice(people="person-1", begin=0.2, end=3),
)


def named(*names: str) -> ClusteringResult:
    """The small result, its first people called so."""
    result = small_result()
    who = (*map(lambda one, name: replace(one, name=name), result.people, names),)
    return replace(result, people=(*who, *result.people[len(who) :]))


def hidden(result: ClusteringResult, number: int) -> ClusteringResult:
    people = list(result.people)
    people[number] = replace(people[number], hidden=True)
    return replace(result, people=tuple(people))


def without(result: ClusteringResult, number: int) -> ClusteringResult:
    """As after this person was merged into another."""
    people = list(result.people)
    del people[number]
    return replace(result, people=tuple(people))


def written(result: ClusteringResult, to: str, choice: Choice) -> Iterator[str]:
    _, made = batches(result, [to], choice)
    return (name for batch in made for name in batch.files)


@EVERY_FORMAT
@pytest.mark.parametrize("names", [("Anna", "Boris"), *pairwise(ODD)])
def test_no_partial_export_has_a_name_of_everybodys(to: str, names: tuple[str, str]) -> None:
    pytest.importorskip("opentimelineio") if to == "otio" else None
    result = named(*names)
    taken = set(map(folded_file, written(result, to, Choice())))
    for choice in CHOICES:
        of_some = list(map(folded_file, written(result, to, choice)))
        assert of_some
        assert taken.isdisjoint(of_some), choice
        taken |= set(of_some)


@EVERY_FORMAT
def test_names_are_the_same_each_time(to: str) -> None:
    pytest.importorskip("opentimelineio") if to == "otio" else None
    result = named("Anna", "Boris")
    first = list(written(result, to, Choice(people="Anna,Boris")))
    assert first == list(written(result, to, Choice(people=("boris", "ANNA"))))
    assert first == list(written(result, to, Choice(people="person-2,person-1", handles=3)))


@EVERY_FORMAT
def test_after_a_rename_the_old_files_are_gone(to: str, tmp_path: Path) -> None:
    pytest.importorskip("opentimelineio") if to == "otio" else None
    few = Choice(people="person-1,person-2")
    (tmp_path / "mine.edl").write_text("mine")
    for choice in (Choice(), few):
        clusterer.export(named("Anna", "Boris"), to, tmp_path, choice)
    paths = [
        path
        for choice in (Choice(), few)
        for path in clusterer.export(named("Zoe", "Boris"), to, tmp_path, choice)
    ]
    assert sorted(tmp_path.iterdir()) == sorted([*paths, tmp_path / "mine.edl"])
    assert not any("Anna" in path.name for path in paths)


@pytest.mark.parametrize(
    ("after", "left"),
    [
        (named("Anna", "Boris"), {"Anna", "Boris"}),
        (named("Ann", "Boris"), {"Ann", "Boris"}),
        (hidden(named("Anna", "Boris"), 0), {"Boris"}),
        (without(named("Anna", "Boris"), 1), {"Anna"}),
    ],
)
def test_cut_lists_of_single_people(
    after: ClusteringResult, left: set[str], tmp_path: Path
) -> None:
    for result in (named("Anna", "Boris"), after):
        clusterer.export(result, "edl", tmp_path)
    single = {f"small.{name}.edl" for name in left}
    others = {f"small.{who.name}.edl" for who in after.people[2:]}
    if len(single | others) == 1:
        single = set()
    assert {path.name for path in tmp_path.iterdir()} == {"small.edl"} | single | others


def test_partial_exports_are_kept_apart(tmp_path: Path) -> None:
    before, after = named("Anna", "Boris"), named("Ann", "Boris")
    clusterer.export(before, "edl", tmp_path, Choice(people="Anna"))
    clusterer.export(before, "edl", tmp_path, Choice(people="Boris"))
    clusterer.export(before, "edl", tmp_path, Choice(people="Anna", begin=0))
    clusterer.export(after, "edl", tmp_path)
    assert {path.name for path in tmp_path.glob("*+*")} == {
        "small+Anna.edl", "small+Boris.edl", "small+Anna+from-0-00-00.edl",
    }  # fmt: skip
    clusterer.export(after, "edl", tmp_path, Choice(people="ann"))
    assert {path.name for path in tmp_path.glob("*+*")} == {
        "small+Ann.edl", "small+Boris.edl", "small+Anna+from-0-00-00.edl",
    }  # fmt: skip


def test_another_film_of_the_same_name_keeps_its_files(tmp_path: Path) -> None:
    result = named("Anna", "Boris")
    other = replace(result.analysis.video, duration_s=result.analysis.video.duration_s + 1)
    clusterer.export(result, "edl", tmp_path)
    clusterer.export(
        replace(named("Zoe", "Boris"), analysis=replace(result.analysis, video=other)),
        "edl",
        tmp_path,
    )
    assert (tmp_path / "small.Anna.edl").exists()


def test_a_key_depends_on_nothing_else() -> None:
    video: VideoInfo = small_result().analysis.video
    moved = replace(video, path="/elsewhere/small.mp4")
    assert key("result", "small", moved, "edl", "") == key("result", "small", video, "edl", "")
    assert by_ids(Choice(people="Anna"), ["person-2", "person-1"]) == "+person-1+person-2"
    assert by_ids(Choice(), []) == by_ids(Choice(handles=5, gap_s=1), []) == ""
    assert by_ids(Choice(begin=90.0), []) == "+from-0-01-30"
