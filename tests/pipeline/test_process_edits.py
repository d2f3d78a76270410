"""Corrections of a result folder, when the command runs again."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import clusterer
from clusterer.core.appearances import numbers_of
from clusterer.core.config import ClusteringConfig, Config
from clusterer.core.errors import EditsError
from clusterer.core.hook import Hook
from clusterer.core.types import Action, Analysis, ClusteringResult, Edit
from clusterer.edits import EditLog, Keys
from clusterer.outputs.save import save
from clusterer.people.amend import amend
from clusterer.people.numbering import with_numbers
from clusterer.pipeline import process as process_module
from clusterer.store.edits_json import read, write
from clusterer.store.folder import ResultFolder, load
from clusterer.store.names import EDITS
from tests.conftest import DEMO
from tests.digests import digests
from tests.store.test_load import assert_same


@pytest.fixture
def log(demo: clusterer.Outcome) -> EditLog:
    keys = Keys(demo.result.analysis).tracks
    who = tuple(keys[track] for track in demo.result.people[0].track_ids[:2])
    removed = tuple(keys[track] for track in demo.result.people[1].track_ids[:1])
    return EditLog(
        (Edit(Action.NAME, who=who, name="Ada"), Edit(Action.NOT_A_FACE, tracks=removed)),
        (Edit(Action.HIDE, who=who),),
        "from elsewhere.mp4",
    )


def names(folder: Path) -> list[str]:
    with (folder / "people.csv").open(encoding="utf-8", newline="") as file:
        return [row["name"] for row in csv.DictReader(file)]


def test_corrections_in_the_folder_are_applied(demo_folder: Path, log: EditLog) -> None:
    write(demo_folder / EDITS, log)
    before = (demo_folder / EDITS).read_bytes()
    result = clusterer.process(DEMO, folder=demo_folder).result
    assert (result.edits, result.grouped_under, result.edit_notes) == (log.edits, 2, ())
    assert "Ada" in names(demo_folder)
    assert names(demo_folder)[-1] == "Not a face 1"
    assert (demo_folder / EDITS).read_bytes() == before
    assert_same(load(demo_folder), result)
    written = digests(demo_folder, "*")
    clusterer.process(DEMO, folder=demo_folder)
    assert digests(demo_folder, "*") == written


def test_another_threshold_keeps_the_corrections(demo_folder: Path, log: EditLog) -> None:
    write(demo_folder / EDITS, log)
    config = Config(clustering=ClusteringConfig(threshold=0.2, method="agglomerative"))
    clusterer.process(DEMO, config, demo_folder)
    assert "Ada" in names(demo_folder)


def test_a_file_of_corrections_is_copied_into_the_folder(
    demo_folder: Path, log: EditLog, tmp_path: Path
) -> None:
    write(tmp_path / "mine.json", log)
    result = clusterer.process(DEMO, folder=demo_folder, edits=tmp_path / "mine.json").result
    assert result.edits == log.edits
    assert read(demo_folder / EDITS) == EditLog(log.edits, log.undone, "demo.mp4")
    # A file may continue the corrections in the folder, or equal them.
    more = EditLog((*log.edits, Edit(Action.REGROUP)))
    write(tmp_path / "more.json", more)
    clusterer.process(DEMO, folder=demo_folder, edits=str(tmp_path / "more.json"))
    assert clusterer.process(DEMO, folder=demo_folder, edits=demo_folder / EDITS).result.edits == (
        more.edits
    )


@pytest.mark.parametrize("how", ["other", "fewer", "damaged", "damaged file", "missing"])
def test_nothing_is_overwritten(demo_folder: Path, log: EditLog, tmp_path: Path, how: str) -> None:
    write(demo_folder / EDITS, log)
    edits_file: Path | None = tmp_path / "mine.json"
    if how == "damaged":
        (demo_folder / EDITS).write_text("{")
        edits_file = None
    elif how == "damaged file":
        (tmp_path / "mine.json").write_text("{")
    elif how != "missing":
        edits = log.edits[1:] if how == "other" else log.edits[:1]
        write(tmp_path / "mine.json", EditLog(edits))
    before = digests(demo_folder, "*")
    with pytest.raises(EditsError) as refused:
        clusterer.process(DEMO, folder=demo_folder, edits=edits_file)
    assert digests(demo_folder, "*") == before
    assert "\n" not in str(refused.value)
    assert refused.value.remedy or how == "missing"


@pytest.fixture
def reviewed_meanwhile(monkeypatch: pytest.MonkeyPatch, log: EditLog) -> EditLog:
    """Let a review add a correction during each analysis."""
    log_then, analyse_into = EditLog(log.edits[:1]), process_module.analyse_into

    def reviewing(own: ResultFolder, *args: Any, **how: Any) -> Analysis:
        own.write_edits(log_then)
        return analyse_into(own, *args, **how)

    monkeypatch.setattr(process_module, "analyse_into", reviewing)
    return log_then


def test_corrections_made_during_the_analysis_are_applied(
    demo_folder: Path, reviewed_meanwhile: EditLog
) -> None:
    result = clusterer.process(DEMO, folder=demo_folder).result
    assert result.edits == reviewed_meanwhile.edits
    assert_same(load(demo_folder), result)


def test_corrections_made_during_the_analysis_are_not_overwritten(
    tmp_path: Path, demo_folder: Path, log: EditLog, reviewed_meanwhile: EditLog
) -> None:
    write(tmp_path / "mine.json", EditLog(log.edits[1:]))
    with pytest.raises(EditsError, match=r"does not begin with the corrections in "):
        clusterer.process(DEMO, folder=demo_folder, edits=tmp_path / "mine.json")
    assert read(demo_folder / EDITS) == reviewed_meanwhile


@pytest.mark.parametrize("change", ["undo", "add", "nothing"])
@pytest.mark.parametrize("biometrics", [True, False])
def test_names_are_added_to_corrections_that_a_review_changed_meanwhile(
    demo_folder: Path, log: EditLog, change: str, biometrics: bool
) -> None:
    ada, no_face = log.edits
    eve = replace(ada, name="Eve", who=no_face.tracks)
    then = {
        "undo": EditLog((ada,), (no_face,)),
        "add": EditLog((ada, no_face, Edit(Action.HIDE, who=ada.who))),
        "nothing": log,
    }[change]
    write(demo_folder / EDITS, log)

    def named(result: ClusteringResult, known: EditLog) -> ClusteringResult:
        assert known == log
        write(demo_folder / EDITS, then)
        return amend(result, (*result.edits, eve))

    clusterer.process(DEMO, folder=demo_folder, biometrics=biometrics, named=named)
    after = read(demo_folder / EDITS)
    added = then.edits[2:]  # what was corrected later prevails
    assert after == EditLog((*then.edits[:2], eve, *added), then.undone, "demo.mp4")


def test_corrections_made_during_the_grouping_are_not_overwritten(
    tmp_path: Path, demo_folder: Path, log: EditLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide, meanwhile = process_module.decide, EditLog(log.edits[1:])

    def reviewing(*args: Any) -> ClusteringResult:
        write(demo_folder / EDITS, meanwhile)
        return decide(*args)

    monkeypatch.setattr(process_module, "decide", reviewing)
    write(tmp_path / "mine.json", EditLog(log.edits[:1]))
    with pytest.raises(EditsError, match=r"does not begin with the corrections in"):
        clusterer.process(DEMO, folder=demo_folder, edits=tmp_path / "mine.json")
    assert read(demo_folder / EDITS) == meanwhile


def test_a_damaged_file_is_reported_before_the_analysis(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text("{")
    with pytest.raises(EditsError, match=r"mine\.json is damaged"):
        clusterer.process(DEMO, folder=tmp_path / "new", edits=tmp_path / "mine.json")
    assert not (tmp_path / "new").exists()


def test_without_corrections_there_is_no_file(demo: clusterer.Outcome, demo_folder: Path) -> None:
    assert not (demo.folder / EDITS).exists()
    shutil.copy(demo_folder / "people.csv", demo_folder / "before.csv")
    clusterer.process(DEMO, folder=demo_folder)
    assert not (demo_folder / EDITS).exists()
    assert (demo_folder / "people.csv").read_bytes() == (demo_folder / "before.csv").read_bytes()


def renumber(folder: Path, log: EditLog | None) -> dict[str, tuple[int, ...]]:
    """Give the people of a result the numbers 11, 12, … and return who has them, by tracks."""
    result = load(folder)
    if log is not None:
        write(folder / EDITS, log)
        result = amend(result, log.edits)
    usual = numbers_of(result.analysis, result.grouped)
    result = with_numbers(result, {label: 10 + number for label, number in usual.items()})
    save(result, folder)
    return {who.id: who.track_ids for who in result.people}


class Notes(Hook):
    """Collects notes."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def note(self, text: str) -> None:
        self.texts.append(text)


def test_a_corrected_result_keeps_its_numbers(demo_folder: Path, log: EditLog) -> None:
    before, hook = renumber(demo_folder, log), Notes()
    config = Config(clustering=ClusteringConfig(threshold=0.2))
    result = clusterer.process(DEMO, config, demo_folder, hook).result
    for who in result.people:
        # Whoever shares most faces with somebody is that person; new people come after all.
        shared = {one: len({*tracks} & {*who.track_ids}) for one, tracks in before.items()}
        if who.id in before:
            assert shared[who.id] > 0
        else:
            assert int(who.id.removeprefix("person-")) > 10 + len(before)
    kept = {who.id for who in result.people} & before.keys()
    assert len(kept) == len(before)
    assert hook.texts == []
    written = digests(demo_folder, "*")
    clusterer.process(DEMO, config, demo_folder)
    assert digests(demo_folder, "*") == written
    back = clusterer.process(DEMO, folder=demo_folder).result
    assert {who.id: who.track_ids for who in back.people} == before


def test_a_film_beside_others_keeps_its_numbers_too(
    demo: clusterer.Outcome, demo_folder: Path, log: EditLog
) -> None:
    before = renumber(demo_folder, log)
    film = ResultFolder(demo_folder).film
    assert film is not None
    job = process_module._Grouping(demo_folder, film, demo.result.analysis, Config(), _by_id)
    assert process_module._group(job) == before


def _by_id(result: ClusteringResult) -> dict[str, tuple[int, ...]]:
    return {who.id: who.track_ids for who in result.people}


def test_an_uncorrected_one_is_numbered_anew_and_that_is_said(
    demo: clusterer.Outcome, demo_folder: Path
) -> None:
    count, hook = len(renumber(demo_folder, None)), Notes()
    clusterer.process(DEMO, folder=demo_folder, hook=hook)
    moved = [f"Person {10 + n} is now Person {n}" for n in range(1, count + 1)]
    more = f" and {count - 5} more" if count > 5 else ""
    assert hook.texts == [f"people are numbered anew: {', '.join(moved[:5])}{more}"]
    assert digests(demo_folder, "*") == digests(demo.folder, "*")


def test_a_damaged_earlier_result_has_no_numbers(demo_folder: Path, log: EditLog) -> None:
    renumber(demo_folder, log)
    (demo_folder / "result.json").write_text("{")
    result = clusterer.process(DEMO, folder=demo_folder).result
    assert "person-1" in {who.id for who in result.people}
