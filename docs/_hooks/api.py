"""What the page of the Python API needs beyond mkdocstrings: missing entries, and types.

Names of ``clusterer.__all__`` without a line ``::: clusterer.NAME`` of their own come at the place
of `MARK`, so that none is missing.
"""

from __future__ import annotations

import re
from typing import Any

MARK = "<!-- other public names -->"
_ENTRY = "::: clusterer."
_SECTION = re.compile(r"^(Attributes|Parameters)\n-+\n", re.MULTILINE)
_DESCRIBED = re.compile(r"^(\w[\w, ]*?) : (.+(?:\n    .*)*)", re.MULTILINE)


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Add the entries that the page does not name; called by MkDocs."""
    del page
    if MARK not in markdown:
        return markdown
    import clusterer  # noqa: PLC0415 (for this page only)

    return complete(markdown, clusterer.__all__)


def complete(markdown: str, names: list[str]) -> str:
    """The page with an entry for every name."""
    listed = {line[len(_ENTRY) :].strip() for line in markdown.splitlines() if _ENTRY in line}
    missing = [name for name in names if name not in listed and not name.startswith("__")]
    entries = "\n\n".join(f"{_ENTRY}{name}" for name in missing)
    return markdown.replace(MARK, f"## More\n\n{entries}" if missing else "")


def tidy(docstring: str) -> str:
    """A docstring whose ``name : what it is`` says so below the name.

    numpydoc has the type there, which mkdocstrings takes from the annotation instead.
    """
    head, *sections = re.split(r"(?m)^(?=[A-Z]\w+\n-{3,}\n)", docstring)
    return head + "".join(
        _DESCRIBED.sub(_below, section) if _SECTION.match(section) else section
        for section in sections
    )


def _below(match: re.Match[str]) -> str:
    first, *rest = match[2].split("\n")
    return "\n".join([match[1], f"    {first}", *rest])
