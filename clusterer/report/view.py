"""What the page shows: plain, frozen, every number already in words.

Places on the time axis (`x`, `width`) are percentages, written as SVG attributes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from clusterer.report.axis import Tick
from clusterer.report.clothes import Note
from clusterer.report.wording import Explanation, Setting

ChipRow = tuple[int, str, int, int, float, float, float, int]
"""owner, timecode, frame, shot, seconds, quality, score, height in px"""


@dataclass(frozen=True, slots=True)
class ChipView:
    """A picture: its number in the page's data, its timecode, its place in time.

    Attributes
    ----------
    preview : shown before a reader asks for all
    note : what clothing decided, or None
    has_torso : the torso is shown beside the face
    """

    index: int
    timecode: str
    x: str
    preview: bool = True
    note: Note | None = None
    has_torso: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """An appearance; `end` is the first frame after it; `thin`: too short to be seen as it is."""

    x: str
    width: str
    start: str
    end: str
    duration: str
    shot: int
    thin: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """A card, and a row of the overview.

    Attributes
    ----------
    anchor : id of the card in the page
    colour : number of the colour in the stylesheet
    cover : base64 JPEG, or None
    cover_index : number of the cover in the page's data
    first_s : start of the first appearance, seconds
    confidence : percent
    left_out : pictures that are kept, but not in this page
    clothing : how many appearances clothing brought, in words
    """

    anchor: str
    name: str
    colour: int
    cover: str | None
    cover_index: int
    screen_time_s: float
    screen_time: str
    share: str
    first_s: float
    confidence: int
    stretches: tuple[Stretch, ...]
    chips: tuple[ChipView, ...]
    left_out: int
    clothing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownView:
    """A face that belongs to nobody."""

    anchor: str
    name: str
    chip: ChipView
    has_picture: bool
    duration: str


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """All unknowns of one reason, in time order."""

    words: Explanation
    unknowns: tuple[UnknownView, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """What stands at the top: the video's name, its facts, how many of what."""

    title: str
    facts: tuple[str, ...]
    counts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """Weights that were used."""

    name: str
    licence: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PictureData:
    """What the script needs of each picture.

    Attributes
    ----------
    names : owner → name
    chips : picture → its numbers
    pictures : picture → base64 JPEG; empty where a cover of the page has it, or nothing has
    torsos : picture → base64 JPEG, where there is one
    evidence : picture → what clothing decided and why, where it did
    """

    names: list[str] = field(default_factory=list)
    chips: list[ChipRow] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    torsos: dict[int, str] = field(default_factory=dict)
    evidence: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageView:
    """The whole page.

    Attributes
    ----------
    unknown_stretches : all unknowns on one timeline
    shots : SVG path of the cuts, in a box 10000 wide and 1 high
    files : name, title, what is in it
    """

    header: Header
    people: tuple[PersonView, ...]
    groups: tuple[ReasonGroup, ...]
    unknown_stretches: tuple[Stretch, ...]
    unknown_time: str
    ticks: tuple[Tick, ...]
    shots: str
    settings: tuple[Setting, ...]
    models: tuple[Model, ...]
    files: tuple[tuple[str, str, str], ...]
    data: PictureData
