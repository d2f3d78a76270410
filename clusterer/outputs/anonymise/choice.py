"""Whom to make unrecognisable, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clusterer.core.errors import ConfigError
from clusterer.core.types import ClusteringResult, Reason
from clusterer.outputs.export.choose import Choice, named

STYLES = ("blur", "pixelate", "box")
MARGINS = (0.0, 2.0)
_ONE_OF = "Give people, or all_but, or everybody=True"


@dataclass(frozen=True, slots=True)
class AnonymiseChoice:
    """Whom to make unrecognisable, and how.

    Attributes
    ----------
    people
        Names or ids, in any case, or several separated by commas: only they are hidden.
    all_but
        Likewise: only they stay as they are; every other face that is found is hidden, also where
        the result has none.
    everybody
        Hide every face that is found.
    style
        ``"blur"``, ``"pixelate"`` (both keep a few mean colours of the face, which cannot be
        undone), or ``"box"``: a black rectangle.
    margin
        How much larger than the face what hides it is, on each side, in widths and heights of the
        face.

    Raises
    ------
    ConfigError
        Not exactly one of people, all_but and everybody is given, or a value is out of its range.

    Examples
    --------
    >>> clusterer.AnonymiseChoice(people="Person 1").style
    'blur'
    """

    people: Sequence[str] = ()
    all_but: Sequence[str] = ()
    everybody: bool = False
    style: str = "blur"
    margin: float = 0.25

    def __post_init__(self) -> None:
        for name in ("people", "all_but"):
            object.__setattr__(self, name, Choice(people=getattr(self, name)).people)
        if (given := bool(self.people) + bool(self.all_but) + self.everybody) != 1:
            cause = "Nobody is chosen" if not given else "The choice of people is not clear"
            raise ConfigError(cause, _ONE_OF)
        if self.style not in STYLES:
            raise ConfigError(
                f"There is no style {self.style!r}", f"There are: {', '.join(STYLES)}"
            )
        low, high = MARGINS
        if not low <= self.margin <= high:
            raise ConfigError(f"margin is {self.margin:g}", f"Give {low:g} to {high:g}")

    @property
    def spares_strangers(self) -> bool:
        """Whether a face that belongs to nobody stays as it is."""
        return bool(self.people)


def hidden_tracks(result: ClusteringResult, choice: AnonymiseChoice) -> frozenset[int]:
    """The tracks of a result that are to be hidden.

    A track that a reviewer called not a face is not.

    Parameters
    ----------
    result
        With its corrections.
    choice

    Raises
    ------
    ConfigError
        There is nobody of that name.
    """
    everyone = (*result.people, *result.unknowns)
    chosen = {who.id for who in named(everyone, choice.people or choice.all_but)}
    return frozenset(
        track
        for who in everyone
        if who.reason is not Reason.NOT_A_FACE
        and ((who.id in chosen) if choice.people else who.id not in chosen)
        for track in who.track_ids
    )
