"""The storyboard of the sample film: photographs, shots and camera moves.

Lengths are pixels. A box is ``(left, top, right, bottom)`` in its photograph, in continuous
coordinates with the origin at the upper left corner. Provenance and licences: README.md.
"""

from __future__ import annotations

from dataclasses import dataclass

WIDTH_PX, HEIGHT_PX = 640, 360
FPS = 24
LABEL_EVERY = 6

Rgb = tuple[float, float, float]


@dataclass(frozen=True)
class Photo:
    """One photograph, found in a package or in the folder given by ``--photos``.

    Parameters
    ----------
    file
        File name.
    sha256
        Hash of the file, so that the film is the same everywhere.
    box
        The face, forehead hairline (or brim of the hat) to chin and cheek to cheek without the
        ears, annotated by hand. In a photograph without people: the thing to look at.
    person
        Name in the truth file; None for a photograph without people.
    """

    file: str
    sha256: str
    box: tuple[float, float, float, float]
    person: str | None = None


@dataclass(frozen=True)
class Pose:
    """Position in the frame of the middle of a photo's box, its height, and its rotation.

    ``turn_deg`` is clockwise as seen on the screen.
    """

    x: float
    y: float
    box_height: float
    turn_deg: float = 0.0


@dataclass(frozen=True)
class Figure:
    """A photograph that moves from one pose to another during a shot.

    ``style`` is ``full`` (fills the frame), ``soft`` (its left and right edges fade into the
    backdrop) or ``print`` (a paper print with a white edge and a shadow).
    """

    photo: str
    start: Pose
    end: Pose
    style: str = "full"


@dataclass(frozen=True)
class Shot:
    """A shot: the frames between two cuts.

    Parameters
    ----------
    note
        Description, one line.
    frames
        Number of frames.
    figures
        Figures from back to front.
    backdrop
        Photo whose blurred enlargement fills the frame behind figures that do not fill it.
    light, light_end
        Gains of red, green and blue at the first and the last frame; None = unchanged.
    blur_px
        Standard deviation of the lens blur, 0 = sharp.
    title
        Lines of a title, the first one large.
    """

    note: str
    frames: int
    figures: tuple[Figure, ...]
    backdrop: str = ""
    light: Rgb = (1.0, 1.0, 1.0)
    light_end: Rgb | None = None
    blur_px: float = 0.0
    title: tuple[str, ...] = ()


PHOTOS = {
    "collins": Photo(
        "astronaut.png",
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        (181, 65, 270, 179),
        "eileen_collins",
    ),
    "hopper": Photo(
        "grace_hopper.jpg",
        "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
        (170, 133, 358, 331),
        "grace_hopper",
    ),
    "obama": Photo(
        "obama.jpg",
        "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
        (372, 92, 604, 427),
        "barack_obama",
    ),
    "biden": Photo(
        "biden.jpg",
        "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
        (424, 155, 705, 555),
        "joe_biden",
    ),
    "rocket": Photo(
        "rocket.jpg",
        "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
        (300, 120, 340, 400),
    ),
}


def _one(photo: str, start: Pose, end: Pose, style: str = "full") -> tuple[Figure, ...]:
    return (Figure(photo, start, end, style),)


SHOTS = (
    Shot(
        "title over the rocket at dusk, no people",
        60,
        _one("rocket", Pose(320, 234, 302), Pose(326, 222, 326)),
        light=(0.70, 0.74, 0.85),
        title=("cluster-video demo", "four people, sixteen shots"),
    ),
    Shot(
        "Collins, medium close-up, slow push in",
        84,
        _one("collins", Pose(284, 142, 154), Pose(300, 158, 178)),
    ),
    Shot(
        "Hopper, close-up, pull back",
        78,
        _one("hopper", Pose(346, 186, 288), Pose(334, 200, 264)),
    ),
    Shot(
        "Obama, medium shot, pan to the right",
        84,
        _one("obama", Pose(266, 92, 122), Pose(362, 98, 132), "soft"),
        "obama",
    ),
    Shot(
        "Biden, close-up, slow tilt",
        78,
        _one("biden", Pose(374, 194, 282), Pose(386, 174, 294)),
    ),
    Shot(
        "Collins, closer, head tilted, evening light",
        72,
        _one("collins", Pose(262, 186, 206, -6), Pose(286, 190, 222, -4)),
        light=(1.06, 0.92, 0.72),
    ),
    Shot(
        "Hopper and Collins, two prints side by side",
        96,
        (
            Figure("hopper", Pose(160, 158, 84, -2), Pose(166, 156, 90, -2), "print"),
            Figure("collins", Pose(470, 124, 59, 2), Pose(466, 120, 63, 2), "print"),
        ),
        "rocket",
    ),
    Shot(
        "the rocket, closer, no people",
        48,
        _one("rocket", Pose(250, 250, 420), Pose(290, 230, 440)),
    ),
    Shot(
        "Biden, small in a wide shot",
        78,
        _one("biden", Pose(306, 68, 38, -2), Pose(334, 74, 43, -2), "print"),
        "biden",
    ),
    Shot(
        "Hopper, head tilted, getting dark",
        72,
        _one("hopper", Pose(322, 196, 292, 5), Pose(310, 190, 304, 6)),
        light=(0.62, 0.64, 0.74),
        light_end=(0.42, 0.45, 0.56),
    ),
    Shot(
        "Obama, out of focus",
        72,
        _one("obama", Pose(338, 166, 252), Pose(348, 176, 270)),
        blur_px=2.6,
    ),
    Shot(
        "Collins, small in a wide shot",
        78,
        (
            Figure("rocket", Pose(424, 170, 150, 3), Pose(436, 168, 146, 3), "print"),
            Figure("collins", Pose(178, 146, 43, -3), Pose(170, 148, 39, -3), "print"),
        ),
        "collins",
        light=(0.95, 0.97, 1.0),
    ),
    Shot(
        "Biden and Obama, two prints side by side",
        96,
        (
            Figure("biden", Pose(186, 136, 92, 1.5), Pose(178, 132, 97, 1.5), "print"),
            Figure("obama", Pose(446, 132, 84, -1.5), Pose(456, 136, 89, -1.5), "print"),
        ),
        "rocket",
        light=(1.08, 1.0, 0.9),
    ),
    Shot(
        "Hopper, medium shot, lamp light",
        72,
        _one("hopper", Pose(366, 146, 142), Pose(290, 146, 130), "soft"),
        "hopper",
        light=(1.05, 0.92, 0.74),
    ),
    Shot(
        "Biden, close-up, head tilted, cold light that comes up",
        72,
        _one("biden", Pose(370, 182, 308, 4), Pose(384, 180, 318, 5)),
        light=(0.6, 0.68, 0.8),
        light_end=(0.9, 0.99, 1.1),
    ),
    Shot(
        "Obama, head tilted, warm light that goes down",
        84,
        _one("obama", Pose(346, 160, 274, -5), Pose(338, 170, 294, -6)),
        light=(1.06, 0.96, 0.8),
        light_end=(0.6, 0.52, 0.42),
    ),
)
