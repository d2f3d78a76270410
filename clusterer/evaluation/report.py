"""The page of one clip: figures, confusion, mistakes with their pictures, distances."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from clusterer.evaluation.comparison import Evaluation, to_json
from clusterer.evaluation.mistakes import Kind, Mistake
from clusterer.evaluation.people_plots import METRICS, faces, histogram, matrix
from clusterer.evaluation.wording import MISTAKES, SECTIONS, Meaning, meaning
from clusterer.outputs import pages
from clusterer.store.output import write_output

PAGE, FIGURES = "evaluation.html", "evaluation.json"

MOST_SHOWN = {Kind.WRONG: 24, Kind.SPLIT: 12, Kind.UNKNOWN: 16, Kind.STRAY: 8}
"""Pictures of each kind of mistake, 60 in all, so that the page stays small."""
MOST_HISTOGRAMS = 6

ReadCrop = Callable[[int], bytes | None]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the confusion matrix: faces, and the strength of its colour, 0 to 10."""

    faces: int
    heat: int
    right: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the confusion matrix: a person, or the strays."""

    name: str
    cells: tuple[Cell, ...]
    unknown: Cell
    missed: Cell | None
    total: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One mistake with its picture as base64 JPEG, empty if none is stored."""

    picture: str
    timecode: str
    track: int
    faces: int
    person: str
    found: str
    owner: str
    reason: str


@dataclass(frozen=True, slots=True)
class Group:
    """Mistakes of one kind: the worst with pictures, and the numbers of tracks and faces."""

    kind: str
    title: str
    text: str
    shown: tuple[Shown, ...]
    tracks: int
    faces: int


def save(evaluation: Evaluation, folder: Path, read_crop: ReadCrop) -> Path:
    """Write ``evaluation.html`` and ``evaluation.json``: both or neither.

    Parameters
    ----------
    evaluation
        Of one clip.
    folder
        Created if needed.
    read_crop
        Detection row → JPEG bytes of the face, or None if no picture is stored.

    Returns
    -------
    Path of the page

    Raises
    ------
    ResultError
        The folder cannot be written to; earlier files are kept.
    """
    write_output(folder, {PAGE: render(evaluation, read_crop), FIGURES: to_json([evaluation])})
    return folder / PAGE


def render(evaluation: Evaluation, read_crop: ReadCrop) -> str:
    """Render the page.

    Parameters
    ----------
    evaluation, read_crop
        As for `save`.

    Returns
    -------
    str
        A self-contained HTML document. Deterministic: equal input gives equal text.

    Raises
    ------
    ResultError
        The templates are not installed.
    """
    return pages.fill(
        "evaluation.html",
        ["pages.css", "evaluation.css"],
        ["theme.js"],
        name=evaluation.name,
        facts=list(_facts(evaluation)),
        headlines=_headlines(evaluation),
        sections=_sections(evaluation),
        columns=[evaluation.found_name(label, -1) for label in evaluation.confusion.labels],
        rows=_rows(evaluation),
        kinds=[(k or "no kind", m, n) for k, (m, n) in evaluation.by_kind.items()],
        groups=_groups(evaluation, read_crop),
        figures=FIGURES,
        **_pictures(evaluation),
    )


def _facts(evaluation: Evaluation) -> Iterator[str]:
    truth, chosen = evaluation.matching.truth, evaluation.result.config.clustering
    yield f"{len(evaluation.matching.rows):,} labelled faces"
    yield f"{len(truth.frames):,} labelled frames"
    yield f"{len(truth.cast)} labelled {'person' if len(truth.cast) == 1 else 'people'}"
    metric = METRICS.get(chosen.metric, chosen.metric)
    yield f"{chosen.method}, {metric} threshold {evaluation.result.threshold}"
    yield f"IoU from {evaluation.min_iou:g}"


def _headlines(evaluation: Evaluation) -> list[tuple[str, str]]:
    ratios = evaluation.scores.ratios()
    return [
        (_write(ratios["b_cubed_f"]), "B-cubed F, end to end"),
        (_write(ratios["assigned_b_cubed_precision"]), "precision of assigned faces"),
        (_write(ratios["face_recall"]), "of faces found"),
        (_write(ratios["unknown_share"]), "of these left unknown"),
        (f"{ratios['people_found']} / {ratios['people_true']}", "people found / labelled"),
        (_write(ratios["clicks"]), "clicks to correct"),
    ]


def _write(value: float) -> str:
    return f"{value:.3f}" if isinstance(value, float) else f"{value:,}"


def _sections(
    evaluation: Evaluation,
) -> list[tuple[str, str, list[tuple[str, Meaning, str, int | None]]]]:
    """Each score in the section that explains it; scores without a section go to the first."""
    ratios = evaluation.scores.ratios()
    placed = {name for _, _, known in SECTIONS for name in known}
    sections = []
    for i, (title, text, known) in enumerate(SECTIONS):
        names = [name for name in ratios if name in known or (i == 0 and name not in placed)]
        lines = [(name, meaning(name), _write(ratios[name]), _bar(ratios[name])) for name in names]
        sections.append((title, text, lines))
    return sections


def _bar(value: float) -> int | None:
    """Length of the bar beside a rate in per cent; counts have no bar."""
    return round(100 * min(max(value, 0.0), 1.0)) if isinstance(value, float) else None


def _rows(evaluation: Evaluation) -> list[Row]:
    counted = evaluation.confusion
    rows = []
    for i, person in enumerate(counted.people):
        line = counted.faces[i].tolist()
        unknown, missed = int(counted.unknown[i]), int(counted.missed[i])
        total = sum(line) + unknown + missed
        cells = tuple(
            _cell(n, total, counted.owners.get(label) == person)
            for n, label in zip(line, counted.labels, strict=True)
        )
        rows.append(Row(person, cells, _cell(unknown, total), _cell(missed, total), total))
    strays = counted.strays.tolist()
    total = sum(strays) + counted.stray_unknown
    cells = tuple(_cell(n, total) for n in strays)
    return [*rows, Row("", cells, _cell(counted.stray_unknown, total), None, total)]


def _cell(faces: int, total: int, right: bool = False) -> Cell:
    return Cell(faces, -(-10 * faces // total) if total else 0, right)


def _groups(evaluation: Evaluation, read_crop: ReadCrop) -> list[Group]:
    groups = []
    for kind, (title, text) in MISTAKES.items():
        every = [each for each in evaluation.mistakes if each.kind is kind]
        shown = tuple(_shown(evaluation, each, read_crop) for each in every[: MOST_SHOWN[kind]])
        faces_of_all = sum(each.faces for each in every)
        groups.append(Group(kind.value, title, text, shown, len(every), faces_of_all))
    return groups


def _shown(evaluation: Evaluation, each: Mistake, read_crop: ReadCrop) -> Shown:
    picture = read_crop(evaluation.picture_row(each))
    return Shown(
        picture=base64.b64encode(picture).decode("ascii") if picture else "",
        timecode=evaluation.timecode(each.frame),
        track=each.track,
        faces=each.faces,
        person=each.person,
        found=evaluation.found_name(each.label, each.track),
        owner=each.owner,
        reason=evaluation.reason(each),
    )


def _pictures(evaluation: Evaluation) -> dict[str, Any]:
    """Histograms and matrix of the people with most faces; empty without faces."""
    known = faces(evaluation.matching, evaluation.result.analysis)
    metric = evaluation.result.config.clustering.metric
    threshold = evaluation.result.threshold or 0.0
    drawn = [
        (person, int((known.person == i).sum()), Markup(histogram(known, i, metric, threshold)))
        for i, person in enumerate(known.people[:MOST_HISTOGRAMS])
    ]
    several = len(known.people) > 1
    return {
        "histograms": drawn,
        "matrix": Markup(matrix(known)) if several else "",
        "left_out": max(0, len(known.people) - MOST_HISTOGRAMS),
        "metric": METRICS.get(metric, metric),
        "threshold": f"{threshold:g}",
    }
