"""Tables of a result: people, appearances and faces; the only place that rounds their numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusterer.core.cells import restored
from clusterer.core.certainty import REASONS, overall
from clusterer.core.clock import Clock
from clusterer.core.errors import ResultError
from clusterer.core.files import read_file, reading
from clusterer.core.types import UNKNOWN, Appearance, ClusteringResult, Identity, Reason

if TYPE_CHECKING:
    from pandas import DataFrame

Row = tuple[Any, ...]

APPEARANCES = (
    "person",
    "name",
    "start_s",
    "end_s",
    "duration_s",
    "start_timecode",
    "end_timecode",
    "start_frame",
    "end_frame",
    "shot",
)
"""Columns of an export as a table; ``appearances.csv`` has `CERTAINTY`, too."""
CERTAINTY = ("certainty", "why")
"""Columns of how sure it is: a word, and the reason."""
TEXTS = {
    "film",
    "person",
    "person_in_film",
    "name",
    "status",
    *CERTAINTY,
    "start_timecode",
    "end_timecode",
    "first_timecode",
    "last_timecode",
}
"""Columns of text."""
NUMBERS = {
    "appearances",
    "tracks",
    "faces",
    "track",
    "frame",
    "start_frame",
    "end_frame",
    "shot",
    "films",
    "confirmed",
}
"""Columns of whole numbers; all others are decimal."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of plain values.

    Attributes
    ----------
    name : ``people``, ``appearances`` or ``faces``
    columns : names, with units
    rows : one value per column, rounded as in the CSV file

    Examples
    --------
    >>> table = result.tables.appearances
    >>> table.columns[:5]
    ('person', 'name', 'start_s', 'end_s', 'duration_s')
    >>> table.rows[0][:5]
    ('person-1', 'Person 1', 0.0, 0.84, 0.84)
    >>> faces = result.tables.faces.to_pandas()
    >>> faces.groupby("person")["time_s"].max().to_dict()
    {'person-1': 3.96, 'person-2': 0.4}
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def to_pandas(self) -> DataFrame:
        """The table as a pandas data frame.

        Returns
        -------
        DataFrame; text has the dtype string, counts, frames and shots int64, everything else
        float64. Empty text is missing (``pd.NA``): the person of an unknown face, a timecode
        that the file does not state.
        """
        import pandas as pd  # noqa: PLC0415 - slow to import

        columns = zip(*self.rows, strict=True) if self.rows else [()] * len(self.columns)
        return pd.DataFrame(
            {
                name: pd.Series([None if x == "" else x for x in values], dtype=_dtype(name))
                for name, values in zip(self.columns, columns, strict=True)
            }
        )


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """The three tables of a result, made on access; iterating gives all three.

    Examples
    --------
    >>> [(table.name, len(table)) for table in result.tables]
    [('people', 3), ('appearances', 3), ('faces', 9)]
    """

    result: ClusteringResult

    @property
    def people(self) -> Table:
        """One row per person by screen time, then one per unknown track, in time order."""
        return people_table(self.result)

    @property
    def appearances(self) -> Table:
        """One row per appearance of a person, in time order; hidden people are left out."""
        return appearances_table(self.result)

    @property
    def faces(self) -> Table:
        """One row per face of a track, in time order; `person` is empty for unknowns."""
        return faces_table(self.result)

    def __iter__(self) -> Iterator[Table]:
        yield from (self.people, self.appearances, self.faces)


def read_table(path: Path | str) -> Table:
    """Read ``people.csv``, ``appearances.csv`` or ``faces.csv``, of a result or an export.

    Parameters
    ----------
    path
        Its name, without ``.csv`` and whatever precedes the last dot, becomes the table's.

    Returns
    -------
    Table, as it was written: text that is guarded against spreadsheets is restored

    Raises
    ------
    ResultError
        The file is missing or is not such a table.

    Examples
    --------
    >>> path = clusterer.export(result, "csv", "tables")[0]
    >>> clusterer.read_table(path).rows[0][:2]
    ('person-1', 'Person 1')
    """
    path = Path(path)
    with reading(path, ResultError):
        content = read_file(path)
    try:
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        columns, *lines = csv.reader(text, strict=True)
        rows = tuple(
            tuple(_value(column, cell) for column, cell in zip(columns, line, strict=True))
            for line in lines
        )
    except (ValueError, csv.Error) as error:  # not UTF-8, no number, a row too short or too long
        words = " ".join(str(error).split())[:100]
        raise ResultError(f"{path} is not a table of cluster-video ({words})") from None
    return Table(path.stem.rpartition(".")[2], tuple(columns), rows)


def _value(column: str, cell: str) -> str | int | float:
    if column in TEXTS:
        return restored(cell)
    return int(cell) if column in NUMBERS else float(cell)


def _dtype(column: str) -> str:
    if column in TEXTS:
        return "string"
    return "int64" if column in NUMBERS else "float64"


def in_words(result: ClusteringResult, tracks: Sequence[int]) -> tuple[str, str]:
    """How sure it is of some tracks of one person: a word, and the reason as a sentence.

    Both are empty for tracks of nobody, and if the result does not know, see `ClusteringResult`.
    """
    if not result.sure or not tracks or result.labels[tracks[0]] == UNKNOWN:
        return "", ""
    lengths = [len(result.analysis.tracks[track]) for track in tracks]
    sure = overall([result.sure[track] for track in tracks], lengths)
    return sure.word.value, REASONS[sure.why]


def people_table(result: ClusteringResult) -> Table:
    """One row per person by screen time, then one per track that is nobody's, in time order."""
    columns = (
        "person",
        "name",
        "status",
        "screen_time_s",
        "appearances",
        "tracks",
        "faces",
        "first_s",
        "last_s",
        "confidence",
        *CERTAINTY,
    )
    everyone = (*result.people, *result.unknowns)
    return Table("people", columns, tuple(_person_row(result, who) for who in everyone))


def _status(who: Identity) -> str:
    if who.label != UNKNOWN:
        return "hidden" if who.hidden else "background" if who.background else "person"
    return "not a face" if who.reason is Reason.NOT_A_FACE else "unknown"


def _person_row(result: ClusteringResult, who: Identity) -> Row:
    analysis = result.analysis
    seen = who.appearances
    return (
        who.id,
        who.name,
        _status(who),
        round(who.screen_time_s, 3),
        len(seen),
        len(who.track_ids),
        sum(len(analysis.tracks[track]) for track in who.track_ids),
        round(analysis.video.seconds(seen[0].start_pts), 3),
        round(analysis.video.seconds(max(a.end_pts for a in seen)), 3),
        round(who.confidence, 3),
        *in_words(result, who.track_ids),
    )


def appearances_table(result: ClusteringResult) -> Table:
    """One row per appearance of a person, in time order; hidden people are left out."""
    clock = Clock.of(result.analysis)
    shown = [person for person in result.people if not person.hidden]
    pairs = [(person, seen) for person in shown for seen in person.appearances]
    pairs.sort(key=lambda pair: (pair[1].start_pts, pair[0].label))
    return Table(
        "appearances",
        (*APPEARANCES, *CERTAINTY),
        tuple(
            (*_appearance_row(clock, who, seen), *in_words(result, seen.track_ids))
            for who, seen in pairs
        ),
    )


def _appearance_row(clock: Clock, who: Identity, seen: Appearance) -> Row:
    video = clock.video
    start_s, end_s = video.seconds(seen.start_pts), video.seconds(seen.end_pts)
    return (
        who.id,
        who.name,
        round(start_s, 3),
        round(end_s, 3),
        round(float((seen.end_pts - seen.start_pts) * video.time_base), 3),
        clock.timecode(seen.start_pts),
        clock.timecode(seen.end_pts),
        seen.start_frame,
        seen.end_frame,
        seen.shot_index,
    )


def faces_table(result: ClusteringResult) -> Table:
    """One row per face of a track, in time order; `person` is empty for unknowns.

    What a reviewer said shows no face is left out.
    """
    columns = (
        "person",
        "track",
        "shot",
        "frame",
        "time_s",
        "left",
        "top",
        "right",
        "bottom",
        "score",
        "quality",
    )
    return Table("faces", columns, tuple(_face_rows(result)))


def _face_rows(result: ClusteringResult) -> Iterator[Row]:
    analysis = result.analysis
    person_of = {track: p.id for p in result.people for track in p.track_ids}
    no_faces = {
        track
        for who in result.unknowns
        if who.reason is Reason.NOT_A_FACE
        for track in who.track_ids
    }
    found, quality = analysis.detections, analysis.quality.value.tolist()
    frames, pts = found.frame_index.tolist(), found.pts.tolist()
    boxes, scores = found.boxes.tolist(), found.scores.tolist()
    tracks = analysis.track_of_row.tolist()
    for row in analysis.rows_of_tracks.tolist():
        track = tracks[row]
        if track in no_faces:
            continue
        yield (
            person_of.get(track, ""),
            track,
            analysis.tracks[track].shot_index,
            frames[row],
            round(analysis.video.seconds(pts[row]), 4),
            *(round(side, 1) for side in boxes[row]),
            round(scores[row], 3),
            round(quality[row], 3),
        )
