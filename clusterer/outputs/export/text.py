"""Names as every format can carry them: on one line, and safe as a file's name."""

from __future__ import annotations

import re
import unicodedata

BREAKS = ("Cc", "Cs", "Zl", "Zp")
"""Categories of Unicode: controls, surrogates, separators of lines and paragraphs."""
LONGEST_STEM = 150
"""Bytes of UTF-8: file systems take 255 for a name, of which formats add some."""
_NO_CHARACTER = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")
"""Never text, by the Unicode Standard (23.7); XML 1.0 forbids the last two."""
_NO_FILE = re.compile(r'[<>:"/\\|?*]')
"""Microsoft, "Naming Files, Paths, and Namespaces"; so are the devices and the last dot."""
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def one_line(text: str) -> str:
    """Text without controls, ends of lines and what is no character; joiners of scripts stay."""
    plain = _NO_CHARACTER.sub(" ", text)
    return " ".join("".join(" " if unicodedata.category(c) in BREAKS else c for c in plain).split())


def file_stem(text: str) -> str:
    """Text as the beginning of a file's name on every system, not empty."""
    stem = _NO_FILE.sub("_", one_line(text))
    stem = stem.encode()[:LONGEST_STEM].decode(errors="ignore").rstrip(". ")
    if _DEVICE.fullmatch(stem):
        stem = f"_{stem}"
    return stem or "video"
