"""What the page of the Python API needs beyond mkdocstrings: missing entries, and types.

A line ``<!-- others of MODULE as TITLE -->`` gives way to an entry for each public name of the
module that the page does not have yet, so that none is missing.
"""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import Any

_MARK = re.compile(r"^<!-- others of ([\w.]+) as (.+) -->$", re.MULTILINE)
_ENTRY = re.compile(r"^::: [\w.]+\.(\w+)$", re.MULTILINE)
_SECTION = re.compile(r"^(Attributes|Parameters)\n-+\n", re.MULTILINE)
_RETURNS = re.compile(r"^(Returns\n-+\n)(.+)", re.DOTALL)
_DESCRIBED = re.compile(r"^(\w[\w, ]*?) : (.+(?:\n    .*)*)", re.MULTILINE)


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Add the entries that the page does not have; called by MkDocs."""
    del page
    while match := _MARK.search(markdown):
        listed = set(_ENTRY.findall(markdown))
        missing = [name for name in public_names(match[1]) if name not in listed]
        entries = "".join(f"\n\n::: {match[1]}.{name}" for name in missing)
        section = f"## {match[2]}{entries}" if missing else ""
        markdown = markdown[: match.start()] + section + markdown[match.end() :]
    return markdown


def public_names(module: str) -> list[str]:
    """Names of the functions and classes that a module offers."""
    content = import_module(module)
    names = getattr(content, "__all__", None) or [
        name
        for name, value in vars(content).items()
        if inspect.isclass(value) and value.__module__ == module and not name.startswith("_")
    ]
    found = {name: getattr(content, name) for name in names}
    return [
        name for name, value in found.items() if inspect.isclass(value) or inspect.isfunction(value)
    ]


def tidy(docstring: str) -> str:
    """A docstring whose ``name : what it is`` says so below the name.

    numpydoc has the type there, which mkdocstrings takes from the annotation instead.
    """
    head, *sections = re.split(r"(?m)^(?=[A-Z]\w+\n-{3,}\n)", docstring)
    return head + "".join(
        _DESCRIBED.sub(_below, section) if _SECTION.match(section) else section
        for section in sections
    )


def with_type(docstring: str, annotation: str) -> str:
    """A docstring of which Returns only says what comes back, with the type above that.

    numpydoc has the type in the first line, where mkdocstrings would read each line as one.
    """
    head, *sections = re.split(r"(?m)^(?=[A-Z]\w+\n-{3,}\n)", docstring)
    return head + "".join(
        _RETURNS.sub(lambda match: _typed(match, annotation), section) for section in sections
    )


def _typed(match: re.Match[str], annotation: str) -> str:
    lines = match[2].rstrip("\n").split("\n")
    if any(line.startswith(" ") for line in lines) or lines == [annotation]:
        return match[0]
    lines[0] = re.sub(rf"^{re.escape(annotation)}[;,] ", "", lines[0])
    ending = match[2][len(match[2].rstrip("\n")) :]
    return match[1] + "\n    ".join([annotation, *lines]) + ending


def _below(match: re.Match[str]) -> str:
    first, *rest = match[2].split("\n")
    return "\n".join([match[1], f"    {first}", *rest])
