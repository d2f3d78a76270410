"""Draw over the faces of every frame, and over those that are found in what was drawn."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

import numpy as np

from clusterer.core.geometry import areas, iou
from clusterer.core.hook import GoOn
from clusterer.core.types import Frame, VideoInfo
from clusterer.media.decode import Decoded, Reader
from clusterer.media.picture import Converter, orientation
from clusterer.media.read_ahead import ReadAhead
from clusterer.media.recode import Form, Timed
from clusterer.media.veil import STRONGEST, Patch, Style, place, veiled
from clusterer.outputs.anonymise.choice import AnonymiseChoice
from clusterer.outputs.anonymise.paths import Check, Doubt, Map, Spot
from clusterer.outputs.anonymise.watch import (
    FAINT_SCORE,
    Boxes,
    FaceFinder,
    Stretch,
    share_done,
    since_start_s,
    stretch_at,
)

_FOUND_SCORE = 0.4
"""From which a face in what was drawn is drawn over again: less than the 0.5 from which a face
begins a track, because coding changes scores a little."""
_MOST_TRIES = 6
_CALM = FAINT_SCORE
"""Below which what was drawn is far from a face: a frame between two such of the same shot is not
looked at again. Of 6,159 frames of nine clips, in two styles, that were passed over so, one had
what scores 0.5, a cloth in the wind; the next best scored 0.41."""
_BESIDE_S = 0.101
"""Longest time between those two: three frames of 30 a second, whose times may be rounded; two of
24. Where frames are rarer, a face may come and go between them."""
_WIDER = 0.2
"""By how much each strength enlarges an ellipse, in sides of the face."""
_STAYS_S = 10.0
"""How long an ellipse stays as strong as it had to be, so that it does not pulse."""
_COVERED = 0.4
"""Part of a face that lies within what is drawn, from which it is the one below."""
_SAME_IOU = 0.4
"""Overlap from which it is a face that stays."""


@dataclass(slots=True)
class _Shown:
    """A frame, what is hidden in it, and what was drawn.

    Attributes
    ----------
    shot : number of its stretch
    spots : each with its strength
    kept : boxes that stay
    score : the highest that any face had in what was drawn; infinite before it is looked at
    """

    decoded: Decoded
    time_s: float
    shot: int
    spots: list[Spot]
    strengths: list[int]
    kept: Boxes
    score: float = math.inf
    drawn: Timed | None = None


class Renderer:
    """Yields the frames of a film with faces hidden.

    Parameters
    ----------
    info, form
        From `probe` and `clusterer.media.recode.form_of`.
    faces
        Where they are.
    film
        From `clusterer.outputs.anonymise.watch.stretches`.
    finder
        Looks at what was drawn.
    choice
        Style and margin.
    go_on
        Asked before each frame; once it returns False, `frames` ends.

    Attributes
    ----------
    frames_hidden : frames so far in which something was hidden
    checks : faces that are still found
    is_stopped : whether `go_on` ended it
    """

    def __init__(  # noqa: PLR0913 (as described above)
        self,
        info: VideoInfo,
        form: Form,
        faces: Map,
        *,
        film: Sequence[Stretch],
        finder: FaceFinder,
        choice: AnonymiseChoice,
        go_on: GoOn,
    ) -> None:
        self._info, self._form, self._map = info, form, faces
        self._film, self._finder = film, finder
        self._style, self._grown = Style(choice.style), 1 + 2 * choice.margin
        self._spares_strangers, self._go_on = choice.spares_strangers, go_on
        self._at_once = 3 * finder.batch
        self._converter = Converter(*info.square_px, 160)
        self._strength: dict[int, tuple[int, float]] = {}
        self.frames_hidden = 0
        self.checks: list[Check] = []
        self.is_stopped = False

    def frames(self) -> Generator[Timed, None, None]:
        """Every frame, in order; the next ones are drawn in a second thread meanwhile."""
        with ReadAhead(self._drawn(), self._at_once) as ahead:
            for each in ahead:
                if not self._go_on(share_done(self._info, each.pts)):
                    self.is_stopped = True
                    return
                yield each

    def _drawn(self) -> Iterator[Timed]:
        reader, before = Reader(self._info), None
        with ReadAhead(reader, self._at_once, reader.cancel) as ahead:
            while batch := list(islice(ahead, self._at_once)):
                shown = [self._shown(decoded) for decoded in batch]
                self._hide(shown, before)
                before = shown[-1]
                for one in shown:
                    self.frames_hidden += bool(one.spots)
                    assert one.drawn is not None
                    yield one.drawn

    def _hide(self, shown: Sequence[_Shown], before: _Shown | None) -> None:
        """Draw frames: some, and then those between that are not calm."""
        first = _spread([one.time_s for one in shown], before.time_s if before else -math.inf)
        self._hide_all([shown[at] for at in first])
        left = []
        earlier = before
        for begin, end in pairwise([-1, *first]):
            later = shown[end]
            for one in shown[begin + 1 : end]:
                one.strengths = self._strengths(one.spots, one.time_s)
                if _are_calm(earlier, one, later):
                    self._draw(one)
                else:
                    left.append(one)
            earlier = later
        self._hide_all(left)

    def _hide_all(self, shown: Sequence[_Shown]) -> None:
        left = shown
        for is_last in (*[False] * _MOST_TRIES, True):
            for one in left:
                self._draw(one)
            left = self._again(left, is_last=is_last)
            if not left:
                break

    def _shown(self, decoded: Decoded) -> _Shown:
        time_s = since_start_s(self._info, decoded.pts)
        spots, kept = self._map.spots(time_s)
        strengths = self._strengths(spots, time_s)
        return _Shown(decoded, time_s, stretch_at(self._film, time_s), spots, strengths, kept)

    def _strengths(self, spots: Sequence[Spot], time_s: float) -> list[int]:
        """How strong each must be at a time, as far as is known."""
        known = (self._strength.get(spot.path, (0, 0.0)) for spot in spots)
        return [strength if time_s < until_s else 0 for strength, until_s in known]

    def _draw(self, one: _Shown) -> None:
        raw = self._form.fitting(one.decoded.raw)
        if one.spots:
            turned = orientation(one.decoded.raw)
            patches = [
                (self._patch(spot, strength, turned), strength)
                for spot, strength in zip(one.spots, one.strengths, strict=True)
            ]
            raw = veiled(raw, patches, self._style)
        one.drawn = Timed(raw, one.decoded.pts, one.decoded.duration_pts)

    def _patch(self, spot: Spot, strength: int, turned: tuple[bool, bool, bool]) -> Patch:
        grown = self._grown * spot.grown + _WIDER * strength
        return place(spot.box.tolist(), self._info, turned, grown)

    def _again(self, drawn: Sequence[_Shown], *, is_last: bool) -> list[_Shown]:
        """Frames in which a face is still found, with more to hide."""
        looked = [one for one in drawn if one.spots or not self._spares_strangers]
        frames = [Frame(one.decoded.index, one.decoded.pts, self._picture(one)) for one in looked]
        left = []
        for one, found in zip(looked, self._finder.find(frames) if frames else [], strict=True):
            is_added = False
            one.score = 0.0 if math.isinf(one.score) else one.score
            for box, seen in zip(
                found.boxes.astype(np.float64), found.scores.tolist(), strict=True
            ):
                spot = self._spot(one, box)
                if spot is None:
                    continue
                one.score = max(one.score, seen)
                if seen >= _FOUND_SCORE:
                    is_added |= self._add(one, box, spot, is_last=is_last)
            if is_added:
                left.append(one)
        return left

    def _picture(self, one: _Shown) -> np.ndarray:
        assert one.drawn is not None
        return self._converter.rgb(one.drawn.frame, one.decoded.raw)

    def _spot(self, one: _Shown, box: Boxes) -> int | None:
        """Which spot a face is of that was found; -1 = of none; None = it stays."""
        hidden = np.array([spot.box for spot in one.spots]).reshape(-1, 4)
        stays = iou(box[None], one.kept).max(initial=0)
        if stays >= _SAME_IOU and stays > iou(box[None], hidden).max(initial=0):
            return None
        drawn = np.array([_outer(spot, self._grown) for spot in one.spots]).reshape(-1, 4)
        covered = _within(box, drawn)
        best = int(covered.argmax()) if len(covered) else -1
        if best >= 0 and covered[best] >= _COVERED:
            return best
        return None if self._spares_strangers else -1

    def _add(self, one: _Shown, box: Boxes, best: int, *, is_last: bool) -> bool:
        """Hide a face that was found, more than before; False if it stays as it is."""
        if best < 0:
            one.spots.append(Spot(-1, box, 1.0))
            one.strengths.append(0)
            return True
        if is_last or one.strengths[best] >= STRONGEST:
            if is_last:
                end_s = one.time_s + float(1 / self._info.frame_rate)
                left, top, right, bottom = box.round(1).tolist()
                self.checks.append(
                    Check(one.time_s, end_s, Doubt.REMAINS, "", (left, top, right, bottom))
                )
                return False
            one.spots[best] = replace(one.spots[best], grown=one.spots[best].grown + _WIDER)
            return True
        one.strengths[best] += 1
        path = one.spots[best].path
        if path >= 0:
            (known,) = self._strengths([one.spots[best]], one.time_s)
            strength = max(known, one.strengths[best])
            self._strength[path] = strength, one.time_s + _STAYS_S
        return True


def _spread(times_s: Sequence[float], before_s: float) -> list[int]:
    """Which of these frames to look at first: the last, and others at most `_BESIDE_S` apart.

    Where frames are rarer, that is all of them. `before_s` is when one before was looked at.
    """
    chosen = [len(times_s) - 1]
    while chosen[-1] and times_s[chosen[-1]] - before_s > _BESIDE_S:
        latest = chosen[-1]
        nearest = bisect_left(times_s, times_s[latest] - _BESIDE_S)
        chosen.append(min(nearest, latest - 1))
    return chosen[::-1]


def _are_calm(before: _Shown | None, one: _Shown, after: _Shown) -> bool:
    """Whether two frames are near one, and of its shot, with nothing like a face in them."""
    return (
        before is not None
        and before.shot == one.shot == after.shot
        and max(before.score, after.score) < _CALM
        and after.time_s - before.time_s <= _BESIDE_S
    )


def _outer(spot: Spot, grown: float) -> Boxes:
    """What is drawn for a spot, at least."""
    middle = np.tile((spot.box[:2] + spot.box[2:]) / 2, 2)
    return middle + (spot.box - middle) * grown * spot.grown


def _within(box: Boxes, others: Boxes) -> Boxes:
    """Part of a box that lies in each of the others, array of shape (n,)."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    inside = np.prod(np.clip(high - low, 0, None), axis=1)
    return np.asarray(inside / max(float(areas(box[None])[0]), 1e-6))
