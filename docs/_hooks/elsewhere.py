"""What a built site loads from elsewhere: ``python docs/_hooks/elsewhere.py SITE`` lists it.

Links may lead out; scripts, styles, pictures, fonts and frames may not come from there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

_LOADS = {"src", "srcset", "data", "poster"}
_ADDRESS = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_STYLE = re.compile(r"url\(\s*['\"]?((?:https?:)?//[^)]+)|@import\s+['\"]((?:https?:)?//[^'\"]+)")
_HARMLESS = {"canonical", "alternate"}


class _Page(HTMLParser):
    """Collects the addresses that a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes that load something."""
        values = {name: value or "" for name, value in attrs}
        loading = [values[name] for name in _LOADS & set(values)]
        if tag == "link" and values.get("rel", "") not in _HARMLESS:
            loading.append(values.get("href", ""))
        self.found += [value for value in loading if _ADDRESS.match(value)]
        self.found += in_style(values.get("style", ""))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        """Look at style sheets within the page."""
        if self._inside == "style":
            self.found += in_style(data)


def in_style(text: str) -> list[str]:
    """Addresses that a style sheet loads from elsewhere."""
    return ["".join(pair) for pair in _STYLE.findall(text)]


def in_page(text: str) -> list[str]:
    """Addresses that a page loads from elsewhere."""
    page = _Page()
    page.feed(text)
    return page.found


def in_site(folder: Path) -> Iterator[str]:
    """One line for each thing that a site loads from elsewhere."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".html", ".css"}:
            look = in_page if path.suffix == ".html" else in_style
            for address in look(path.read_text("utf-8")):
                yield f"{path.relative_to(folder)} loads {address}"


if __name__ == "__main__":
    lines = list(in_site(Path(sys.argv[1])))
    sys.exit("\n".join(lines) or 0)
