"""Films whose cuts are known, rendered from textures and from the shots of the sample film."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np

from benchmarks.footage import DEMO, frames_at
from clusterer.core.types import ImageArray

WIDTH_PX, HEIGHT_PX = 320, 180
FPS = 24
_DEMO_SHOTS = ((60, 144), (144, 222), (222, 306), (306, 384), (384, 456), (600, 678), (822, 900))
"""First and end frames of shots with people."""

Shot: TypeAlias = Callable[[int], ImageArray]
"""Picture of a shot by its number."""
Cut: TypeAlias = tuple[int, int]
"""First and last frame at which a shot may begin: one for a hard cut, all of a dissolve."""


@dataclass
class Film:
    """Pictures, and where their cuts are."""

    pictures: list[ImageArray] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)

    def cut_to(self, shot: Shot, frames: int, first: int = 0) -> None:
        """Append a shot."""
        if self.pictures:
            self.cuts.append((len(self.pictures), len(self.pictures)))
        self.pictures += [shot(first + i) for i in range(frames)]

    def mix_to(self, before: Shot, after: Shot, frames: int, first: int) -> None:
        """Append a dissolve from a shot, which continues with picture `first`, to another."""
        self.cuts.append((len(self.pictures), len(self.pictures) + frames - 1))
        for i in range(frames):
            share = (i + 1) / (frames + 1)
            self.pictures.append(_mix(before(first + i), after(i), share))


def _mix(a: ImageArray, b: ImageArray, share: float) -> ImageArray:
    return np.asarray(cv2.addWeighted(a, 1 - share, b, share, 0), np.uint8)


def texture(seed: int, width_px: int, height_px: int) -> ImageArray:
    """Coloured clouds with edges, of a palette of their own."""
    random = np.random.default_rng(seed)
    base = random.uniform(60, 190, 3)
    total = np.zeros((height_px, width_px, 3))
    for cells, weight in ((3, 45.0), (7, 35.0), (16, 25.0), (40, 15.0)):
        shape = (cells, max(2, cells * width_px // height_px), 3)
        noise = random.normal(0, 1, shape) * 0.5 + random.normal(0, 1, (*shape[:2], 1))
        total += weight * cv2.resize(noise, (width_px, height_px), interpolation=cv2.INTER_CUBIC)
    image = np.ascontiguousarray(np.clip(base + total, 0, 255), np.uint8)
    for _ in range(9):
        at = tuple(random.integers(0, (width_px, height_px)).tolist())
        axes = tuple(random.integers(height_px // 14, height_px // 4, 2).tolist())
        colour = random.uniform(0, 255, 3).tolist()
        cv2.ellipse(image, at, axes, float(random.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
    return image


def textured(seed: int, speed: float = 0.002, zoom: float = 0.0) -> Shot:
    """A camera over a texture.

    Parameters
    ----------
    seed
        Of the texture, and of where the camera begins.
    speed
        Motion of the camera to the right, widths per frame; the texture repeats.
    zoom
        Growth per frame.
    """
    place = texture(seed, 3 * WIDTH_PX, 2 * HEIGHT_PX)
    start = float(np.random.default_rng(seed).uniform(0, 2 * WIDTH_PX))

    def picture(number: int) -> ImageArray:
        left = start + speed * WIDTH_PX * number
        scale = (1 + zoom) ** number
        matrix = np.array([[scale, 0, -left * scale], [0, scale, -HEIGHT_PX / 4 * scale]])
        moved = cv2.warpAffine(place, matrix, (WIDTH_PX, HEIGHT_PX), borderMode=cv2.BORDER_WRAP)
        return np.asarray(moved, np.uint8)

    return picture


def filmed() -> list[Shot]:
    """The shots of people of the sample film."""
    wanted = {frame for start, end in _DEMO_SHOTS for frame in range(start, end)}
    shrunk = {
        frame.index: np.asarray(
            cv2.resize(frame.image, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA), np.uint8
        )
        for frame in frames_at(DEMO, wanted)
    }

    def shot(start: int, end: int) -> Shot:
        return lambda number: shrunk[min(start + number, end - 1)]

    return [shot(*ends) for ends in _DEMO_SHOTS]


def _mixed(filmed_shots: Sequence[Shot], seed: int) -> Iterator[Shot]:
    """Shots of the sample film and of textures in turn, without end."""
    number = 0
    while True:
        yield filmed_shots[number % len(filmed_shots)]
        yield textured(seed + number)
        number += 1


def cuts(people: Sequence[Shot]) -> Film:
    """Hard cuts after 18 to 36 frames."""
    film = Film()
    for i, shot in zip(range(20), _mixed(people, 100), strict=False):
        film.cut_to(shot, 18 + i % 7 * 3)
    return film


def similar(people: Sequence[Shot]) -> Film:
    """Hard cuts to another part of the same picture."""
    del people
    film = Film()
    for seed in range(200, 206):
        place = texture(seed, 3 * WIDTH_PX, 2 * HEIGHT_PX)
        for left, top in ((64, 36), (320, 18), (192, 90), (384, 72)):
            film.cut_to(_over(place, left, top), 20)
    return film


def _over(place: ImageArray, left: int, top: int) -> Shot:
    """A camera that moves by a pixel per frame."""
    return lambda number: place[
        top : top + HEIGHT_PX, left + number : left + number + WIDTH_PX
    ].copy()


def short(people: Sequence[Shot]) -> Film:
    """Shots of 3 to 6 frames."""
    film = Film()
    for i, shot in zip(range(40), _mixed(people, 300), strict=False):
        film.cut_to(shot, 3 + i % 4)
    return film


def pans(people: Sequence[Shot]) -> Film:
    """Hard cuts between pans of 2 to 10% of the width per frame."""
    del people
    film = Film()
    speeds = (0.02, -0.03, 0.05, -0.07, 0.1, -0.02, 0.04, -0.08)
    for i in range(24):
        film.cut_to(textured(400 + i, speeds[i % len(speeds)]), 24)
    return film


def fields(people: Sequence[Shot]) -> Film:
    """Cuts between the two fields of a frame; the shots move."""
    film = Film()
    shots = [textured(500 + i, (-1) ** i * 0.01) for i in range(12)]
    shots = [shot for pair in zip(shots, [*people, *people], strict=False) for shot in pair]
    film.cut_to(shots[0], 24)
    for before, after in pairwise(shots):
        film.cuts.append((len(film.pictures), len(film.pictures) + 1))
        woven = before(24).copy()
        woven[1::2] = after(0)[1::2]
        film.pictures += [woven, *(after(i) for i in range(1, 24))]
    return film


def dissolves(frames: int) -> Callable[[Sequence[Shot]], Film]:
    """Dissolves of so many frames; the shots move."""

    def make(people: Sequence[Shot]) -> Film:
        film = Film()
        shots = [shot for shot, _ in zip(_mixed(people, 600 + frames), range(14), strict=False)]
        film.pictures += [shots[0](i) for i in range(24)]
        for before, after in pairwise(shots):
            film.mix_to(before, after, frames, 24)
            film.pictures += [after(frames + i) for i in range(24)]
        return film

    return make


def fades(people: Sequence[Shot]) -> Film:
    """To black in 12 frames, 6 of black, and up in 12."""
    film = Film()
    black = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    for i, shot in zip(range(14), _mixed(people, 700), strict=False):
        if i:
            film.pictures += [_mix(black, shot(j), (j + 1) / 13) for j in range(12)]
        film.pictures += [shot(12 + j) for j in range(24)]
        film.cuts.append((len(film.pictures) + 6, len(film.pictures) + 23))
        film.pictures += [_mix(shot(36 + j), black, (j + 1) / 13) for j in range(12)]
        film.pictures += [black] * 6
    return film


def flashes(people: Sequence[Shot]) -> Film:
    """One to three white frames, and light from one side, in shots without cuts."""
    film = Film()
    ramp = np.linspace(0, 200, WIDTH_PX)[None, :, None]
    for i, shot in zip(range(10), _mixed(people, 800), strict=False):
        start = len(film.pictures)
        film.cut_to(shot, 60)
        white = np.full_like(film.pictures[0], 255)
        for at, length in ((15, 1 + i % 3), (30, 1 + (i + 1) % 3)):
            for j in range(length):
                film.pictures[start + at + j] = white
        for at, share in ((45, 1.0), (46, 0.5)):
            lit = film.pictures[start + at] + share * ramp
            film.pictures[start + at] = np.clip(lit, 0, 255).astype(np.uint8)
    return film


def lights(people: Sequence[Shot]) -> Film:
    """Light switched on and off, and dimmed."""
    film = Film()
    for _, shot in zip(range(10), _mixed(people, 900), strict=False):
        gains = [1.0] * 20 + [0.4] * 20 + list(np.linspace(0.4, 1.0, 20))
        film.cut_to(_lit(shot, gains), 60)
    return film


def _lit(shot: Shot, gains: Sequence[float]) -> Shot:
    return lambda number: (shot(number) * gains[number]).astype(np.uint8)


def fast_pans(people: Sequence[Shot]) -> Film:
    """Pans of 2 to 20% of the width per frame, some of which start and stop at once."""
    del people
    film = Film()
    for i, speed in enumerate((0.02, 0.04, 0.06, 0.08, 0.1, 0.14, 0.2)):
        film.cut_to(textured(1000 + i, speed), 48)
        film.cut_to(_started(textured(1100 + i, speed)), 48)
    return film


def _started(shot: Shot) -> Shot:
    """Still, then as fast as ever, then still."""
    return lambda number: shot(min(max(number - 16, 0), 16))


def zooms(people: Sequence[Shot]) -> Film:
    """Zooms of 1 to 6% per frame."""
    del people
    film = Film()
    for i, zoom in enumerate((0.01, 0.02, 0.03, 0.04, 0.05, 0.06)):
        film.cut_to(textured(1200 + i, 0.0, zoom), 36)
    return film


def passing(people: Sequence[Shot]) -> Film:
    """Somebody walks past close to the camera; the rest stands still."""
    film = Film()
    for i, shot in zip(range(10), _mixed(people, 1300), strict=False):
        body = texture(1400 + i, WIDTH_PX // 2, HEIGHT_PX)
        still = shot(0)

        def picture(n: int, still: ImageArray = still, body: ImageArray = body) -> ImageArray:
            image = still.copy()
            left = round((n - 12) / 24 * 1.5 * WIDTH_PX - 0.5 * WIDTH_PX)
            first, end = max(0, left), min(WIDTH_PX, left + body.shape[1])
            if first < end:
                image[:, first:end] = body[:, first - left : end - left]
            return image

        film.cut_to(picture, 48)
    return film


FILMS: Mapping[str, Callable[[Sequence[Shot]], Film]] = {
    "hard cuts": cuts,
    "similar pictures": similar,
    "shots of 3 to 6 frames": short,
    "cuts between pans": pans,
    "cuts between fields": fields,
    "dissolves, 6 frames": dissolves(6),
    "dissolves, 12 frames": dissolves(12),
    "dissolves, 24 frames": dissolves(24),
    "dissolves, 48 frames": dissolves(48),
    "fades through black": fades,
    "flashes": flashes,
    "changes of light": lights,
    "fast pans": fast_pans,
    "zooms": zooms,
    "somebody passes": passing,
}


def grey(image: ImageArray) -> ImageArray:
    """Without colour."""
    return np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[:, :, None], 3, axis=2)


def dark(image: ImageArray) -> ImageArray:
    """A quarter of the light."""
    return image // 4


def letterboxed(image: ImageArray) -> ImageArray:
    """Black bars above and below, with a logo."""
    barred = image.copy()
    bar = HEIGHT_PX // 8
    barred[:bar] = barred[-bar:] = 16
    barred[6:16, -40:-10] = 220
    return barred


def pillared(image: ImageArray) -> ImageArray:
    """Shrunk to three quarters of the width, between patterned pillars."""
    framed = texture(1, WIDTH_PX, HEIGHT_PX)
    side = WIDTH_PX // 8
    framed[:, side:-side] = cv2.resize(image, (WIDTH_PX - 2 * side, HEIGHT_PX))
    return framed


COPIES: Mapping[str, Callable[[ImageArray], ImageArray]] = {
    "as it is": lambda image: image,
    "grey": grey,
    "dark": dark,
    "letterboxed": letterboxed,
    "pillars": pillared,
    "compressed": lambda image: image,
}
