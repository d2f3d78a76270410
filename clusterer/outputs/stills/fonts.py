"""Fonts that have every character of some text: ours first, then given ones, then the system's."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from clusterer.core.errors import ConfigError
from clusterer.core.files import open_file

OURS = Path(__file__).with_name("DejaVuSans.ttf")
"""DejaVu Sans 2.37: Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic, and symbols."""
_ENDINGS = {".ttf", ".otf", ".ttc"}
_PREFERRED = ("noto", "dejavu", "arial", "unifont")
"""Beginnings of names of the system's fonts that are tried first: they have much, or look alike."""
_MOST_FONTS = 2000
"""Of the system that are looked at."""


@dataclass(frozen=True, slots=True)
class Font:
    """A font in a file.

    Attributes
    ----------
    path
    number : of the font in a collection, from 0
    """

    path: Path
    number: int = 0


def fonts_for(text: str, given: Sequence[Path] = ()) -> tuple[list[Font], str]:
    """Fonts that together have the characters of a text.

    Parameters
    ----------
    text
    given
        Files of fonts to try before those of the system.

    Returns
    -------
    fonts, ours first, then every given one, then as few of the system as are needed; and the
    characters that none of them has

    Raises
    ------
    ConfigError
        A given file is no font.
    """
    chosen = [Font(OURS), *(Font(path) for path in given)]
    for font in chosen[1:]:
        if _characters(font) is None:
            raise ConfigError(
                f"{font.path} is not a font", "Name a TrueType or OpenType file: .ttf, .otf or .ttc"
            )
    left = _lacking({*filter(_is_drawn, text)}, chosen)
    for font in _of_system() if left else ():
        rest = _lacking(left, [font])
        if rest != left:
            chosen.append(font)
            left = rest
        if not left:
            break
    return chosen, "".join(sorted(left))


def needs_shaping(text: str) -> bool:
    """Whether characters join, or are written from right to left."""
    return any(
        unicodedata.bidirectional(c) in {"R", "AL", "AN"} or 0x0900 <= ord(c) < 0x1100 for c in text
    )


def _is_drawn(character: str) -> bool:
    return not character.isspace()


def _lacking(characters: set[str], fonts: Iterable[Font]) -> set[str]:
    return {c for c in characters if not any(ord(c) in (_characters(font) or ()) for font in fonts)}


@cache
def _characters(font: Font) -> frozenset[int] | None:
    """Code points that a font has; None if it cannot be read."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 (an extra)

    try:
        with open_file(font.path) as file:
            opened = TTFont(file, fontNumber=font.number, lazy=True)
            if not {"glyf", "CFF "} & set(opened.keys()):
                return None  # of pictures only, which are not printed
            return frozenset(opened.getBestCmap() or ())
    except Exception:
        return None


def _of_system() -> Iterator[Font]:
    """Fonts of the system, in the same order each time."""
    paths = [path for folder in _folders() for path in _files(folder)]
    ranked = sorted(paths, key=lambda path: (_rank(path), path.name, str(path)))
    yield from (Font(path) for path in ranked[:_MOST_FONTS])


def _rank(path: Path) -> tuple[int, bool]:
    name = path.name.casefold()
    place = next((i for i, start in enumerate(_PREFERRED) if name.startswith(start)), 99)
    return place, "regular" not in name


def _folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", str(home))
        root = os.environ.get("SYSTEMROOT", "C:/Windows")
        return [Path(root) / "Fonts", Path(local) / "Microsoft/Windows/Fonts"]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
        home / ".fonts",
    ]


def _files(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place) / name for name in names if Path(name).suffix.lower() in _ENDINGS)
