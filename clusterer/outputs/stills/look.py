"""Opens the film: looks at candidates at full size, and gives the pictures that were picked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np

from clusterer.core.errors import ConfigError
from clusterer.core.hook import GoOn
from clusterer.core.types import ClusteringResult, FloatArray, Identity, ImageArray
from clusterer.faces.alignment.predictor import Predictor
from clusterer.faces.eyes import rate_eyes
from clusterer.faces.quality import rate_sharpness
from clusterer.media.still import Stills
from clusterer.outputs.footage import probe_film, pts_in
from clusterer.outputs.stills.choose import Still, StillsChoice, candidates, pick

Picked: TypeAlias = list[tuple[Identity, list[Still]]]
_OTHERS = "Choose other people or times"
_SIDE_PX = 160
"""Sharpness is measured in faces of this size: what people see, where an encoder needs less."""
_LEAST_EYES = 0.25
"""Factor of the rating of a face whose eyes look closed."""
_DARK, _LIGHT, _BURNT = 30.0, 100.0, 250
"""Grey levels of the lightest tenth of a face: nothing to see, and light enough; and those of what
is burnt out."""
_LEAST = 0.05
"""Stills rated less than this share of a person's best are not taken: they are of no use."""


class Stopped(Exception):  # noqa: N818 (not an error)
    """The caller ended the work."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A still and its picture.

    Attributes
    ----------
    still
    image : array of shape (height, width, 3), uint8, RGB: the whole frame, square pixels
    scale : factors of x and y from boxes of the analysis to the picture
    """

    still: Still
    image: ImageArray
    scale: tuple[float, float]


class Film:
    """The film of a result, for its pictures.

    Parameters
    ----------
    result
    video
        The film that was analysed, or a copy.
    go_on
        See `GoOn`.

    Raises
    ------
    VideoError
        The film is missing, is another one, or cannot be read.
    """

    def __init__(self, result: ClusteringResult, video: Path, go_on: GoOn) -> None:
        self._result, self._go_on = result, go_on
        self._info = probe_film(video, result.analysis.video)
        self._done, self._total = 0, 1

    @property
    def aspect(self) -> float:
        """Width of a frame by its height, as shown."""
        width_px, height_px = self._info.square_px
        return width_px / height_px

    def pick(self, choice: StillsChoice) -> Picked:
        """The best stills of each person, by a look at the candidates at full size.

        Raises
        ------
        ConfigError
            There is nobody of that name, or nobody is seen in that part of the film.
        Stopped
            The caller ended it.
        """
        found = list(candidates(self._result, choice))
        if not found:
            raise ConfigError(
                "There is nothing to show: no frame with a face was analysed", _OTHERS
            )
        self._total = 2 * len(found)
        rate = _Rating(self._result)
        ratings = {taken.still: rate(taken) for taken in self.take(found)}
        picked: Picked = []
        video = self._result.analysis.video
        for person in dict.fromkeys(still.person.id for still in found):
            own = [still for still in found if still.person.id == person]
            least = _LEAST * max(ratings[one] for one in own)
            own = [one for one in own if ratings[one] >= least]
            best = pick(own, [ratings[one] for one in own], choice.best, video)
            picked.append((own[0].person, best))
        self._total = len(found) + sum(len(stills) for _, stills in picked)
        return picked

    def take(self, stills: Iterable[Still]) -> Iterator[Taken]:
        """Pictures of stills, in the order of the film."""
        film = self._result.analysis.video
        source = Stills(self._info, self._info.square_px[1])
        try:
            last: tuple[int, ImageArray] | None = None
            for still in sorted(stills, key=lambda one: (one.pts, one.row)):
                if not self._go_on(min(1.0, self._done / self._total)):
                    raise Stopped
                if last is None or last[0] != still.pts:
                    at = pts_in(self._info, film, still.pts)
                    last = still.pts, np.ascontiguousarray(source.picture(at))
                height_px, width_px = last[1].shape[:2]
                scale = width_px / film.width_px, height_px / film.height_px
                yield Taken(still, last[1], scale)
                self._done += 1
        finally:
            source.close()


class _Rating:
    """Rates a face at full size: as before, and how sharp, light and open-eyed it is."""

    def __init__(self, result: ClusteringResult) -> None:
        self._boxes, self._predictor = result.analysis.detections.boxes, Predictor()

    def __call__(self, taken: Taken) -> float:
        (box,) = boxes_in(taken, self._boxes[[taken.still.row]])
        points = self._predictor.shape(taken.image, box).parts()
        eyes = rate_eyes(taken.image, np.array([(p.x, p.y) for p in points[:4]], np.float64))
        sharp = rate_sharpness(taken.image, box, _SIDE_PX)
        light = rate_light(taken.image, box)
        return taken.still.rating * sharp * light * (_LEAST_EYES + (1 - _LEAST_EYES) * eyes)


def rate_light(image: ImageArray, box: FloatArray) -> float:
    """Rate whether a face is light enough, and not burnt out.

    Parameters
    ----------
    image : array of shape (height, width, 3), uint8, RGB
    box : array of shape (4,), px

    Returns
    -------
    0 to 1; 0 for a box outside the image
    """
    left, top, right, bottom = (max(round(float(side)), 0) for side in box)
    face = image[top:bottom, left:right]
    if not face.size:
        return 0.0
    grey = cv2.cvtColor(np.ascontiguousarray(face), cv2.COLOR_RGB2GRAY)
    light = (float(np.percentile(grey, 90)) - _DARK) / (_LIGHT - _DARK)
    return min(max(light, 0.0), 1.0) * float((grey < _BURNT).mean())


def boxes_in(taken: Taken, boxes: FloatArray) -> FloatArray:
    """Boxes of the analysis in a picture, array of shape (n, 4), px."""
    scaled: FloatArray = boxes * np.tile(np.array(taken.scale), 2)
    return scaled
