"""A contact sheet for print: a PDF with a page for each person, their totals and stills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clusterer.core.errors import ConfigError
from clusterer.core.files import read_file, writing
from clusterer.core.hook import GoOn
from clusterer.core.text import counted
from clusterer.core.timecode import spoken
from clusterer.core.types import ClusteringResult
from clusterer.outputs.export.choose import choose
from clusterer.outputs.export.timeline import Part, Timeline
from clusterer.outputs.replaced import check_replaceable
from clusterer.outputs.stills.choose import Still, StillsChoice
from clusterer.outputs.stills.fonts import fonts_for
from clusterer.outputs.stills.look import Film, Stopped
from clusterer.outputs.stills.pages import Grid, Pages, Picture, check_library, is_sheet
from clusterer.outputs.stills.picture import cut
from clusterer.outputs.stills.write import EVERYBODY
from clusterer.store.output import output_file

ENDING = ".sheet.pdf"
PAPERS_MM = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
_MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Paper and fonts of a contact sheet.

    Attributes
    ----------
    paper
        ``"a4"`` or ``"letter"``, upright.
    fonts
        Files of fonts (TrueType or OpenType) for characters that the built-in one lacks; it has
        Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic. Then those of the system are
        searched.

    Raises
    ------
    ConfigError
        There is no such paper.

    Examples
    --------
    >>> clusterer.SheetLayout("letter").paper
    'letter'
    """

    paper: str = "a4"
    fonts: Sequence[Path] = ()

    def __post_init__(self) -> None:
        if self.paper not in PAPERS_MM:
            raise ConfigError(f"paper is {self.paper!r}", f"Choose from {', '.join(PAPERS_MM)}")
        object.__setattr__(self, "fonts", tuple(map(Path, self.fonts)))


A4 = SheetLayout()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A contact sheet.

    Attributes
    ----------
    people, pages : their numbers
    lacking : characters of names that no font has; they are printed as U+FFFD
    name : of a file for it, safe on every system
    content : the PDF
    """

    people: int
    pages: int
    lacking: str
    name: str
    content: bytes = field(repr=False)


def sheet(
    result: ClusteringResult,
    video: Path | str,
    file: Path | str,
    choice: StillsChoice = EVERYBODY,
    layout: SheetLayout = A4,
) -> Sheet:
    """Write a contact sheet: a page for each person, with name, totals and stills by timecode.

    Fonts are embedded, text can be searched, and the same film and corrections give the same bytes.

    Parameters
    ----------
    result
        With its corrections.
    video
        The film that was analysed, or a copy.
    file
        Where to write; an earlier sheet is replaced.
    choice
        People, part of the film, number of stills, and whether they are cropped.
    layout
        Paper and fonts.

    Returns
    -------
    What was written

    Raises
    ------
    ConfigError
        There is nobody of that name, nobody is seen in that part of the film, a file is no font, or
        `file` exists and is not a sheet.
    VideoError
        The film is missing, is another one, or cannot be read.
    DependencyError
        fpdf2 is not installed: ``pip install ".[pdf]"``.
    ResultError
        The disk is full, or the folder cannot be written to. What was there before stays.

    Examples
    --------
    >>> few = clusterer.StillsChoice("Anna", best=6)
    >>> clusterer.sheet(result, "episode.mp4", "people.pdf", few)  # doctest: +SKIP
    Sheet(people=1, pages=1, lacking='', name='episode+Anna.sheet.pdf')
    """
    check_place(Path(file), Path(video))
    made = make_sheet(result, Path(video), choice, layout)
    assert made is not None
    write_sheet(made, Path(file))
    return made


def make_sheet(
    result: ClusteringResult,
    video: Path,
    choice: StillsChoice = EVERYBODY,
    layout: SheetLayout = A4,
    go_on: GoOn = lambda _: True,
) -> Sheet | None:
    """Make a sheet without writing it.

    Parameters
    ----------
    result, video, choice, layout
        As of `sheet`; errors as there.
    go_on
        Called before each picture with the share that is done, 0 to 1; once it returns False, the
        answer is None.
    """
    check_library()
    timeline = choose(result, choice.exported)
    texts = [timeline.name, *(part.name for part in timeline.parts)]
    fonts, lacking = fonts_for("".join(texts), layout.fonts)
    paper_mm = PAPERS_MM[layout.paper]
    film, small = Film(result, video, go_on), dict[Still, bytes]()
    try:
        picked = film.pick(choice)
        grid = Grid.of(paper_mm, film.aspect if not choice.crop else 1.0)
        for taken in film.take(still for _, own in picked for still in own):
            small[taken.still] = grid.jpeg(cut(taken, result, crop=choice.crop)[0])
    except Stopped:
        return None
    pages = Pages(paper_mm, timeline.name, fonts, lacking)
    parts = {part.id: part for part in timeline.parts}
    for person, own in picked:
        pictures = [Picture(small[still], still.timecode) for still in own]
        part = parts[person.id]
        pages.add(part.name, _totals(part, timeline), pictures, grid)
    return Sheet(len(picked), pages.count, lacking, name_of(result, choice), pages.content())


def name_of(result: ClusteringResult, choice: StillsChoice) -> str:
    """Name of a file for a sheet, safe on every system; errors as of `choose`."""
    return f"{choose(result, choice.exported).stem}{ENDING}"


def write_sheet(made: Sheet, file: Path) -> None:
    """Write a sheet; whatever `file` is, it is replaced."""
    with output_file(file) as draft, writing(file, elsewhere=""):
        draft.path.write_bytes(made.content)


def check_place(file: Path, video: Path, *, overwrite: bool = False) -> None:
    """Raise ConfigError if a sheet may not be written to this file."""
    check_replaceable(file, video, "a contact sheet", _is_ours, overwrite=overwrite)


def _is_ours(file: Path) -> bool:
    try:
        return is_sheet(read_file(file, _MOST_BYTES))
    except OSError:
        return False


def _totals(part: Part, timeline: Timeline) -> str:
    """Screen time, appearances, shots, and where the first and the last one are."""
    first, last = part.spans[0].start, part.spans[-1].end - 1
    length_s = float(timeline.seconds(sum(span.length for span in part.spans)))
    shots = len({span.shot for span in part.spans})
    return " · ".join(
        [
            f"{spoken(length_s)} on screen",
            counted(len(part.spans), "appearance"),
            counted(shots, "shot"),
            f"{timeline.timecode(first)} to {timeline.timecode(last)}",
        ]
    )
