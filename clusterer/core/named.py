"""Finding somebody by id or name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from clusterer.core.errors import ConfigError
from clusterer.core.text import folded

MOST_NAMES = 20
"""Names that an error lists."""


class Named(Protocol):
    """Whoever has an id and a name, such as an `Identity`."""

    @property
    def id(self) -> str:
        """Such as ``person-1``."""

    @property
    def name(self) -> str:
        """For display."""


Who = TypeVar("Who", bound=Named)


def find(who: str, people: Sequence[Who], others: Sequence[Who] = ()) -> Who:
    """Find somebody by id or name.

    Parameters
    ----------
    who
        An id goes before a name, an exact name before one that differs in case or in how its
        accents are encoded.
    people
        Whom an error names.
    others
        Who is found, too.

    Raises
    ------
    ConfigError
        Nobody has that name, or several have it.
    """
    everyone = (*people, *others)
    found = [one for one in everyone if one.id == who]
    found = found or [one for one in everyone if one.name == who]
    found = found or [one for one in everyone if folded(one.name) == folded(who)]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(one.id for one in found)
        raise ConfigError(f"Several are called {who!r}", f"Give an id: {ids}")
    names = ", ".join(one.name for one in people[:MOST_NAMES]) or "nobody"
    raise ConfigError(f"No person is named {who!r}", f"There are: {names}")
