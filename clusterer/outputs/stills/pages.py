"""The pages of a contact sheet as a PDF, by fpdf2."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import cv2
import numpy as np

from clusterer._version import __version__
from clusterer.core.errors import DependencyError
from clusterer.core.types import ImageArray
from clusterer.outputs.stills.fonts import Font, needs_shaping

if TYPE_CHECKING:
    from fpdf import FPDF

MADE_BY = "cluster-video sheet"
"""The creator that a sheet states; so it is known again as ours."""
_MADE = datetime(1980, 1, 1, tzinfo=UTC)
"""Date of every sheet: the same film and corrections give the same bytes."""
_MARGIN_MM, _GAP_MM = 15.0, 4.0
_HEADER_MM, _CAPTION_MM, _FOOTER_MM = 20.0, 5.0, 8.0
_NAME_PT, _TEXT_PT, _CAPTION_PT = 20, 9, 8
_LEAST_PT = 10
"""A long name is made smaller down to this, then cut."""
_DPI = 300
"""Of pictures in print; those of a small film are as they are."""
_QUALITY = 90
_WIDE = 1.2
"""Width by height from which three pictures stand side by side, not four."""
_GREY = 90


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on a sheet.

    Attributes
    ----------
    jpeg : the file
    caption
    """

    jpeg: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class Grid:
    """How pictures of one shape are laid out on a paper.

    Attributes
    ----------
    paper_mm : width and height
    columns, rows
    width_mm, height_mm : of a picture
    """

    paper_mm: tuple[float, float]
    columns: int
    rows: int
    width_mm: float
    height_mm: float

    @classmethod
    def of(cls, paper_mm: tuple[float, float], aspect: float) -> Grid:
        """The grid for pictures of this width by height."""
        columns = 3 if aspect >= _WIDE else 4
        inner_mm = paper_mm[0] - 2 * _MARGIN_MM
        room_mm = paper_mm[1] - 2 * _MARGIN_MM - _HEADER_MM - _FOOTER_MM
        width_mm = (inner_mm - (columns - 1) * _GAP_MM) / columns
        height_mm = min(width_mm / aspect, room_mm - _CAPTION_MM)
        rows = int((room_mm + _GAP_MM) // (height_mm + _CAPTION_MM + _GAP_MM))
        return cls(paper_mm, columns, max(1, rows), height_mm * aspect, height_mm)

    def places(self) -> Iterator[tuple[float, float]]:
        """Left and top of each picture of a page, mm, row by row."""
        inner_mm = self.paper_mm[0] - 2 * _MARGIN_MM + _GAP_MM
        for row in range(self.rows):
            for column in range(self.columns):
                yield (
                    _MARGIN_MM + column * inner_mm / self.columns,
                    _MARGIN_MM + _HEADER_MM + row * (self.height_mm + _CAPTION_MM + _GAP_MM),
                )

    def jpeg(self, image: ImageArray) -> bytes:
        """A picture as it is embedded: no larger than print needs."""
        width_px = round(self.width_mm / 25.4 * _DPI)
        if width_px < image.shape[1]:
            size = width_px, max(1, round(image.shape[0] * width_px / image.shape[1]))
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))
        bgr = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2BGR)
        _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        return encoded.tobytes()


def check_library() -> None:
    """Raise DependencyError if fpdf2 is missing."""
    try:
        import fpdf  # noqa: F401, PLC0415 (an extra)
    except ModuleNotFoundError as error:
        raise DependencyError(
            f"The library {error.name} is missing", 'Install it: pip install ".[pdf]"'
        ) from None


class Pages:
    """A PDF in the making.

    Parameters
    ----------
    paper_mm
        Width and height.
    title
        Of the film.
    fonts
        The first is used where it has a character, then the next.
    lacking
        Characters that none has; they are replaced by U+FFFD, or left out if they only format.
    """

    def __init__(
        self,
        paper_mm: tuple[float, float],
        title: str,
        fonts: Sequence[Font],
        lacking: str = "",
    ) -> None:
        from fpdf import FPDF  # noqa: PLC0415 (an extra)

        self._instead = {
            ord(c): "" if unicodedata.category(c) == "Cf" else "\N{REPLACEMENT CHARACTER}"
            for c in lacking
        }
        self._title = self._printable(title)
        self._paper_mm = paper_mm
        self._pdf: FPDF = FPDF(unit="mm", format=paper_mm)
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.set_margin(_MARGIN_MM)
        self._pdf.c_margin = 0.0  # text begins where pictures do
        self._pdf.set_creation_date(_MADE)
        self._pdf.set_title(self._title)
        self._pdf.set_creator(MADE_BY)
        self._pdf.set_producer(f"cluster-video {__version__}")
        self._pdf.set_lang("en")
        for i, font in enumerate(fonts):
            self._pdf.add_font(f"f{i}", fname=font.path, collection_font_number=font.number)
        self._pdf.set_fallback_fonts([f"f{i}" for i in range(1, len(fonts))])
        self._pdf.alias_nb_pages("{pages}")

    @property
    def count(self) -> int:
        """Pages so far."""
        return len(self._pdf.pages)

    def add(self, name: str, totals: str, pictures: Sequence[Picture], grid: Grid) -> None:
        """Add a person: one page, or more if the pictures take more.

        Parameters
        ----------
        name, totals
            For the head of each page.
        pictures
            At least one.
        grid
            Of the pictures.
        """
        size = grid.columns * grid.rows
        for first in range(0, len(pictures), size):
            self._pdf.add_page()
            if not first:
                self._pdf.start_section(self._printable(name))
            self._head(name if not first else f"{name} (continued)", totals)
            some = pictures[first : first + size]
            for picture, (left, top) in zip(some, grid.places(), strict=False):
                self._pdf.image(
                    BytesIO(picture.jpeg), left, top, grid.width_mm, grid.height_mm,
                    alt_text=self._printable(f"{name}, {picture.caption}"),
                )  # fmt: skip
                self._text(picture.caption, left, top + grid.height_mm, _CAPTION_PT, _CAPTION_MM)
            self._foot()

    def content(self) -> bytes:
        """The file; nothing can be added afterwards."""
        try:
            return bytes(self._pdf.output())
        finally:
            for font in self._pdf.fonts.values():
                if file := getattr(font, "ttfont", None):
                    file.close()  # fpdf2 leaves it open

    def _head(self, name: str, totals: str) -> None:
        self._text(name, _MARGIN_MM, _MARGIN_MM, _NAME_PT, 10.0)
        self._text(totals, _MARGIN_MM, _MARGIN_MM + 10.0, _TEXT_PT, 6.0, grey=_GREY)

    def _foot(self) -> None:
        top = self._paper_mm[1] - _MARGIN_MM - _CAPTION_MM
        text = f"{self._pdf.page_no()} / {{pages}} · {self._title}"
        self._text(text, _MARGIN_MM, top, _CAPTION_PT, _CAPTION_MM, grey=_GREY)

    def _text(  # noqa: PLR0913 (a line of text)
        self, text: str, left: float, top: float, points: float, high: float, *,
        grey: int = 0,
    ) -> None:  # fmt: skip
        """A line: as small as it must be, cut if that is not enough."""
        pdf, text = self._pdf, self._printable(text)
        room = self._paper_mm[0] - _MARGIN_MM - left
        pdf.set_text_shaping(needs_shaping(text))
        pdf.set_font("f0", size=points)
        while points > _LEAST_PT and pdf.get_string_width(text) > room:
            points -= 1
            pdf.set_font("f0", size=points)
        while len(text) > 1 and pdf.get_string_width(text) > room:
            text = f"{text[:-2]}…"
        pdf.set_text_color(grey)
        pdf.set_xy(left, top)
        pdf.cell(room, high, text, align="L")
        pdf.set_text_shaping(False)

    def _printable(self, text: str) -> str:
        return text.translate(self._instead)


def is_sheet(content: bytes) -> bool:
    """Whether a file is a PDF that states that it is a sheet of ours."""
    return content.startswith(b"%PDF-") and f"/Creator ({MADE_BY})".encode() in content
