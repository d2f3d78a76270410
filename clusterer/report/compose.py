"""Result and chosen pictures → what the page shows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from clusterer.report.axis import Axis, percentage, short, spoken
from clusterer.report.clothes import Note, tally
from clusterer.report.pictures import Gallery, order_of_showing
from clusterer.report.view import (
    ChipView,
    Header,
    Model,
    PageView,
    PersonView,
    PictureData,
    ReasonGroup,
    Stretch,
    UnknownView,
)
from clusterer.report.wording import EXPLANATIONS, flatten, licence
from clusterer.types import (
    Analysis,
    Appearance,
    ClusteringResult,
    FloatArray,
    Identity,
    Move,
    VideoInfo,
)

COLOURS = 8
"""Colours in the stylesheet; people beyond that begin anew."""
SHOT_AXIS = 10_000
"""Width of the box in which cuts are drawn: a tenth of a pixel on a screen 1,000 px wide."""
PREVIEW = 20
"""Pictures of a person before one asks for all: two lines on a desk, five on a phone. A face with
its torso takes the room of two."""
THIN_PERCENT = 0.65
"""Segments under it may fall short of 2 px on a phone (310 px of timeline): they get an outline."""
FILES = (
    ("people.csv", "People", "one row per person"),
    ("appearances.csv", "Appearances", "in and out points"),
    ("faces.csv", "Faces", "every face found"),
    ("result.json", "Everything", "for programs"),
)


@dataclass(frozen=True)
class _Desk:
    """What the functions below hand to one another."""

    analysis: Analysis
    axis: Axis
    gallery: Gallery
    shot_starts_pts: tuple[int, ...]
    quality: FloatArray
    notes: Mapping[int, Note]
    moves: Mapping[int, Move]
    data: PictureData = field(default_factory=PictureData)

    def enter(
        self, row: int, owner: int, *, inline: bool = False, preview: bool = True
    ) -> ChipView:
        """Enter a detection into the page's data; `inline`: the page itself shows its picture."""
        found = self.analysis.detections
        pts = int(found.pts[row])
        seconds = self.axis.seconds(pts)
        name = self.axis.timecode(pts)
        shot = max(0, bisect_right(self.shot_starts_pts, pts) - 1)
        numbers = (
            round(seconds, 2),
            round(float(self.quality[row]), 2),
            round(float(found.scores[row]), 2),
            round(float(found.boxes[row, 3] - found.boxes[row, 1])),
        )
        self.data.chips.append((owner, name, int(found.frame_index[row]), shot, *numbers))
        self.data.pictures.append("" if inline else self.gallery.pictures.get(row, ""))
        index = len(self.data.chips) - 1
        note = self.notes.get(row)
        if note:
            self.data.evidence[index] = note.evidence
        if torso := self.gallery.torsos.get(row):
            self.data.torsos[index] = torso
        place = short(self.axis.percent(seconds))
        return ChipView(index, name, place, preview, note, bool(torso))

    def own(self, name: str) -> int:
        """Enter the owner of the pictures to come."""
        self.data.names.append(name)
        return len(self.data.names) - 1

    def stretch(self, appearance: Appearance) -> Stretch:
        axis = self.axis
        x, width = axis.span(appearance.start_pts, appearance.end_pts)
        length_s = axis.seconds(appearance.end_pts) - axis.seconds(appearance.start_pts)
        start, end = axis.timecode(appearance.start_pts), axis.timecode(appearance.end_pts)
        return Stretch(
            x, width, start, end, spoken(length_s), appearance.shot_index, _is_thin(width)
        )


def compose(result: ClusteringResult, gallery: Gallery, notes: Mapping[int, Note]) -> PageView:
    """Turn a result into the page's view.

    Parameters
    ----------
    result
    gallery
        The pictures that the page may carry.
    notes
        Detection row → what clothing decided.
    """
    analysis = result.analysis
    starts = tuple(shot.start_pts for shot in analysis.shots)
    moves = {decision.track_id: decision.move for decision in result.clothing}
    desk = _Desk(analysis, Axis.of(analysis), gallery, starts, analysis.quality.value, notes, moves)
    people = tuple(_person(desk, i, person) for i, person in enumerate(result.people))
    appearances = sorted(
        (a for unknown in result.unknowns for a in unknown.appearances),
        key=lambda a: (a.start_pts, a.end_pts),
    )
    return PageView(
        header=_header(result),
        people=people,
        groups=_groups(desk, result.unknowns),
        unknown_stretches=tuple(desk.stretch(appearance) for appearance in appearances),
        unknown_time=spoken(sum(unknown.screen_time_s for unknown in result.unknowns)),
        ticks=desk.axis.ticks(),
        shots=_cuts(desk),
        settings=tuple(flatten(result.config)),
        models=tuple(
            Model(name, licence(name), sha256) for name, sha256 in sorted(analysis.models.items())
        ),
        files=FILES,
        data=desk.data,
    )


def _person(desk: _Desk, number: int, person: Identity) -> PersonView:
    owner = desk.own(person.name)
    cover = desk.gallery.pictures.get(person.cover_row)
    shown = [row for row in person.crop_rows if row in desk.gallery]
    order = order_of_showing(person, desk.analysis.detections.pts, desk.quality)
    preview = _preview([row for row in order if row in desk.gallery], desk.gallery)
    chips = {
        row: desk.enter(row, owner, inline=row == person.cover_row, preview=row in preview)
        for row in shown
    }
    stretches = tuple(desk.stretch(appearance) for appearance in person.appearances)
    of_cover = chips.get(person.cover_row) or desk.enter(person.cover_row, owner, inline=True)
    first_s = desk.axis.seconds(person.appearances[0].start_pts) if person.appearances else 0.0
    return PersonView(
        anchor=person.id,
        name=person.name,
        colour=number % COLOURS,
        cover=cover,
        cover_index=of_cover.index,
        screen_time_s=round(person.screen_time_s, 2),
        screen_time=spoken(person.screen_time_s),
        share=percentage(person.screen_time_s, desk.axis.length_s),
        first_s=round(first_s, 2),
        confidence=round(100 * person.confidence),
        stretches=stretches,
        chips=tuple(chips.values()),
        left_out=len(person.crop_rows) - len(shown),
        clothing=tally((a.track_ids for a in person.appearances), desk.moves),
    )


def _preview(order: list[int], gallery: Gallery) -> set[int]:
    """The first rows of an order of showing that fit the room of `PREVIEW` pictures."""
    room = accumulate(2 if row in gallery.torsos else 1 for row in order)
    return {row for row, taken in zip(order, room, strict=True) if taken <= PREVIEW}


def _groups(desk: _Desk, unknowns: tuple[Identity, ...]) -> tuple[ReasonGroup, ...]:
    groups = []
    for reason, words in EXPLANATIONS.items():
        members = tuple(_unknown(desk, u) for u in unknowns if u.reason == reason)
        if members:
            groups.append(ReasonGroup(words, members))
    return tuple(groups)


def _unknown(desk: _Desk, unknown: Identity) -> UnknownView:
    chip = desk.enter(unknown.cover_row, desk.own(unknown.name))
    return UnknownView(
        anchor=unknown.id,
        name=unknown.name,
        chip=chip,
        has_picture=unknown.cover_row in desk.gallery,
        duration=spoken(unknown.screen_time_s),
    )


def _is_thin(width: str) -> bool:
    return float(width) < THIN_PERCENT


def _header(result: ClusteringResult) -> Header:
    analysis = result.analysis
    counts = (
        (len(result.people), "person", "people"),
        (len(result.unknowns), "unknown", "unknowns"),
        (len(analysis.detections), "face", "faces"),
        (len(analysis.shots), "shot", "shots"),
    )
    return Header(
        title=_file_name(analysis.video.path),
        facts=_facts(analysis.video),
        counts=tuple((f"{n:,}", one if n == 1 else many) for n, one, many in counts),
        warnings=analysis.warnings,
    )


def _file_name(path: str) -> str:
    """Last part of a path of this or another system."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2] or "Video"


def _facts(video: VideoInfo) -> tuple[str, ...]:
    facts = [
        spoken(video.duration_s),
        f"{video.width_px} × {video.height_px}",  # noqa: RUF001 (the sign for sizes)
        f"{short(float(video.frame_rate))} fps",
    ]
    if video.start_timecode:
        facts.append(f"starts at {video.start_timecode}")
    return tuple(facts)


def _cuts(desk: _Desk) -> str:
    """Path of all cuts but the first frame, in a box `SHOT_AXIS` wide and 1 high."""
    places = [desk.axis.percent(desk.axis.seconds(p)) for p in desk.shot_starts_pts[1:]]
    columns = sorted({round(place / 100 * SHOT_AXIS) for place in places})
    return "".join(f"M{column} 0v1" for column in columns)
