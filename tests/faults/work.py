"""What a user does with a result folder, on a film of two shots and without networks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import clusterer
from clusterer.core.config import AnalysisConfig, Config, EncodingConfig, VideoConfig
from clusterer.core.errors import ResultError
from clusterer.core.types import Action, Analysis, ClusteringResult, Edit
from clusterer.edits import EditLog
from clusterer.gallery import keep
from clusterer.outputs import report
from clusterer.pipeline import analyse as analyse_module
from clusterer.review import session as session_module
from clusterer.review.session import Session
from clusterer.review.writer import Written
from clusterer.store import edits_json
from clusterer.store.analysis_cache import AnalysisCache
from clusterer.store.folder import ResultFolder
from clusterer.store.marker import read_marker
from clusterer.store.names import MARKER
from tests.faults.disk import tree
from tests.small_result import finished_part, pictures, small_analysis

FILM, OTHER_FILM = "small.mp4", "other.mp4"
ENCODER = EncodingConfig("dlib")
BEFORE = Config(AnalysisConfig(encoding=ENCODER))
AFTER = Config(AnalysisConfig(encoding=ENCODER, video=VideoConfig(end_s=3.0)))
"""Settings of another analysis."""
ACKNOWLEDGED: list[Edit] = []
"""Corrections that a review reported as saved."""
ADA = Edit(Action.NAME, who=("0@100,50,140,98",), name="Ada", at="2026-01-01T00:00:00Z")


def analysis_of(config: AnalysisConfig, film: str) -> Analysis:
    """The analysis under some settings; each differs from the others in its warning."""
    whole = small_analysis()
    return replace(
        whole,
        video=replace(whole.video, path=film),
        warnings=(f"{film} until {config.video.end_s}",),
    )


def drawn(analysis: Analysis) -> dict[str, bytes]:
    """A picture for each face; those of no two analyses are the same."""
    grey = sum(analysis.warnings[0].encode()) % 200
    jpeg = cv2.imencode(".jpg", np.full((8, 8, 3), grey, np.uint8))[1].tobytes()
    return dict.fromkeys(pictures(analysis), jpeg)


def look(
    path: Path,
    config: AnalysisConfig,
    _models: dict[str, str],
    cache: AnalysisCache,
    *_: object,
    **_more: object,
) -> Analysis:
    """Stands in for the pass over the film; stores what it stores."""
    analysis = analysis_of(config, path.name)
    done = cache.finished_parts()
    cache.start(done.keys())
    for index in range(len(done), 2):
        cache.add(finished_part(index))
    faces = list(drawn(analysis).items())
    cache.finish(analysis, map(dict, (faces[:2], faces[2:])))
    return analysis


class AtTheEnd:
    """Stands in for the writer of a review: writes when the review ends, in the same thread."""

    def __init__(self, save: Callable[[ClusteringResult], None], count: int) -> None:
        self._save, self._count = save, count
        self._newest: ClusteringResult | None = None

    def submit(self, result: ClusteringResult) -> None:
        self._newest = result

    def close(self) -> Written:
        if self._newest is not None:
            self._save(self._newest)
            self._count = len(self._newest.edits)
        return Written(self._count, True, "")


@contextmanager
def without_networks() -> Iterator[None]:
    """What is slow, and changes nothing on the disk, is left out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analyse_module, "_look", look)
        patch.setattr(analyse_module, "model_hashes", lambda _config: {})
        patch.setattr(session_module, "Writer", AtTheEnd)
        patch.setattr(report, "render", _render)
        patch.setattr(keep, "_Album", _Album)
        yield


def _render(
    result: ClusteringResult, read: Callable[[int], bytes | None], *_: object, **__: object
) -> str:
    names = [person.name for person in result.people]
    return repr((names, [read(row) for row in result.analysis.crop_rows.tolist()]))


class _Album:
    """The pictures of a person, as if a face had been found in all of them."""

    def __init__(self, _result: object, folder: ResultFolder, _chosen: object) -> None:
        self._folder = folder

    def pictures(self, people: Iterable[clusterer.Identity]) -> list[bytes]:
        found = {row: one for who in people for row, one in self._folder.pictures(who).items()}
        return [picture + bytes([row]) for row, picture in found.items()]


@dataclass(frozen=True, slots=True)
class Work:
    """One thing that a user does.

    Attributes
    ----------
    do : it, in a folder that holds the films, a result folder and a gallery
    before : what was done before
    each : it is disturbed at every so many changes of the disk; above 1 where another work differs
        little
    """

    do: Callable[[Path], object]
    before: tuple[Callable[[Path], object], ...]
    each: int = 1


def _run(config: Config = BEFORE, film: str = FILM, **how: Any) -> Callable[[Path], object]:
    def run(place: Path) -> object:
        return clusterer.process(place / film, config, place / "x.people", **how)

    return run


def _analyse(place: Path) -> object:
    return clusterer.analyse(place / FILM, AFTER.analysis, place / "x.people")


def _review(place: Path) -> object:
    session = Session(place / "x.people")
    if ADA not in session.state.log.edits:
        session.append(ADA, session.count)
        ACKNOWLEDGED.append(ADA)
    return session.close()


def _correct(place: Path) -> None:
    ResultFolder(place / "x.people").write_edits(EditLog((ADA,)))


def _export(place: Path) -> object:
    result = clusterer.load(place / "x.people")
    return clusterer.export(result, "csv", place / "x.people" / "exports")


def _export_elsewhere(place: Path) -> object:
    return clusterer.export(clusterer.load(place / "x.people"), "csv", place / "out" / "deep")


def _export_cuts(place: Path) -> None:
    """Cut lists of single people, before and after one of them is renamed."""
    before = clusterer.load(place / "x.people")
    ada = replace(before.people[0], name="Ada")
    for result in (before, replace(before, people=(ada, *before.people[1:]))):
        clusterer.export(result, "edl", place / "out")


def _gallery(place: Path) -> object:
    return keep.add_to_gallery(place / "x.people", place / "gallery")


def _stopped(place: Path) -> None:
    """A run with other settings that was killed when its analysis was complete."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("clusterer.pipeline.process.decide", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            _run(AFTER)(place)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _run_with_edits(place: Path) -> object:
    return _run(AFTER, edits=place / "ada.json")(place)


GROUPED = BEFORE.with_clustering(threshold=0.1)
WORK = {
    "first run": Work(_run(), ()),
    "run with other settings": Work(_run(AFTER), (_run(), _correct)),
    "run after a killed one": Work(_run(AFTER), (_run(), _stopped), 3),
    "grouping": Work(_run(GROUPED), (_run(), _stopped), 3),
    "run with --edits": Work(_run_with_edits, (_run(),), 3),
    "run with --replace": Work(_run(BEFORE, OTHER_FILM, replace=True), (_run(), _correct, _export)),
    "analysis": Work(_analyse, (_run(),), 3),
    "review": Work(_review, (_run(), _stopped)),
    "export": Work(_export, (_run(), _export)),
    "export elsewhere": Work(_export_elsewhere, (_run(),)),
    "export after a rename": Work(_export_cuts, (_run(),), 3),
    "gallery": Work(_gallery, (_run(), _review)),
}


def prepare(place: Path, work: Work) -> None:
    """Make the folder in which something is to be done."""
    place.mkdir()
    edits_json.write(place / "ada.json", EditLog((ADA,)))
    for film in (FILM, OTHER_FILM):
        (place / film).write_text(film)
    for do in work.before:
        do(place)


def seen(place: Path) -> object:
    """Whatever a reader finds in the result folder, by content; None if there is no result yet."""
    folder = ResultFolder(place / "x.people")
    try:
        result = folder.load()
    except ResultError as error:
        if error.cause.endswith(("is not a result folder", "result.json is missing")):
            return None
        raise
    people = (*result.people, *result.unknowns)
    shown = [(who.id, who.name, folder.pictures(who)) for who in people]
    return result.analysis.warnings, result.threshold, result.edits, shown, result.tables.faces.rows


def files(place: Path) -> dict[str, object]:
    """All files, the marker by what it lists: only a run sorts that."""
    found: dict[str, object] = {n: data for n, data in tree(place).items() if data is not None}
    marker = f"x.people/{MARKER}"
    return found | {marker: read_marker(place / "x.people")}


def corrections(place: Path) -> tuple[tuple[Edit, ...], ...]:
    """Those that a reader finds, then those of every file of corrections in the result folder."""
    folder = ResultFolder(place / "x.people")
    stored = sorted(folder.path.glob("edits*.json"))
    return (folder.edits.edits, *(edits_json.read(path).edits for path in stored))
