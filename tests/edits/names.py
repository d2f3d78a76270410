"""Simple keys for tests that do not depend on the lookup: ``"3"`` is track 3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from clusterer.core.types import Action, Edit


class Fixed:
    """No correction changes a track."""

    def whole(self, track: int) -> tuple[int, ...]:
        return (track,)

    def after(self, _edit: Edit) -> Self:
        return self


@dataclass(frozen=True)
class Numbered(Fixed):
    """Resolves keys of a number of tracks; ``"7a"`` is a face of track 7 if it has a picture."""

    count: int
    without_picture: frozenset[str] = frozenset()

    def track(self, key: str) -> int | None:
        digits = key.rstrip("abc")
        return int(digits) if digits.isdigit() and int(digits) < self.count else None

    def pictured(self, key: str) -> int | None:
        return None if key in self.without_picture else self.track(key)


@dataclass(frozen=True)
class Listed(Fixed):
    """Tracks by their keys, and tracks by the keys of pictures."""

    tracks: Mapping[str, int]
    faces: Mapping[str, int] = field(default_factory=dict)

    def track(self, key: str) -> int | None:
        return self.tracks.get(key)

    def pictured(self, key: str) -> int | None:
        return self.faces.get(key)


def edit(action: Action, *, name: str = "", face: str = "", **lists: Iterable[int | str]) -> Edit:
    """A correction of numbered tracks: ``edit(Action.MOVE, who=[0], tracks=[2, 3])``."""
    keys = {field: tuple(map(str, tracks)) for field, tracks in lists.items()}
    return Edit(action, **keys, name=name, face=face)
