"""Make corrections of a result by person and track rather than by key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from clusterer.core.errors import EditsError
from clusterer.core.types import Action, ClusteringResult, Edit, Identity
from clusterer.edits import parse_edit, revise, to_dict
from clusterer.people.amend import keys_of

ANCHORS = 5
"""Most tracks that stand for a person in a correction; the page takes as many."""


@dataclass(frozen=True, slots=True, eq=False)
class Editor:
    """Makes corrections of a result; `amend` applies them.

    Each method returns an `Edit` and leaves the result as it is. People are given as `Identity`,
    name or id, tracks by position in `Analysis.tracks`, such as those of `Identity.track_ids`.

    Attributes
    ----------
    result : the result to correct; the corrections use its names of people

    Raises
    ------
    ConfigError
        Nobody has that name, or several have it.
    EditsError
        The correction is not valid, as with a track that does not exist.

    Examples
    --------
    >>> editor = clusterer.Editor(result)
    >>> edits = [editor.name("Person 2", "Anna"), editor.move([3], "Person 2")]
    >>> amended = clusterer.amend(result, (*result.edits, *edits))
    >>> [(person.name, person.track_ids) for person in amended]
    [('Person 1', (0, 2)), ('Anna', (1, 3))]
    """

    result: ClusteringResult

    def name(self, who: str | Identity, name: str) -> Edit:
        """Name a person; an unknown becomes one.

        Parameters
        ----------
        who
            The person, or a name or id.
        name
            At most 200 characters, printable; empty = the automatic name.
        """
        return _checked(Edit(Action.NAME, who=self._who(who), name=name))

    def same(self, one: str | Identity, other: str | Identity) -> Edit:
        """Merge the second person into the first; the name of the first is kept if it has one."""
        return _checked(Edit(Action.SAME, who=self._who(one), others=self._who(other)))

    def different(self, one: str | Identity, other: str | Identity) -> Edit:
        """State that these are two people; `decide` then never makes them one."""
        return _checked(Edit(Action.DIFFERENT, who=self._who(one), others=self._who(other)))

    def move(self, tracks: Iterable[int], to: str | Identity) -> Edit:
        """Move tracks to a person; those that are theirs already are left out."""
        identity = self._identity(to)
        going = [track for track in tracks if track not in identity.track_ids]
        return self._of_tracks(Action.MOVE, going, who=self._who(identity))

    def new(self, tracks: Iterable[int]) -> Edit:
        """Make a new person of tracks."""
        return self._of_tracks(Action.NEW, tracks)

    def remove(self, tracks: Iterable[int]) -> Edit:
        """Take tracks of one person from that person; they become unknown."""
        going = tuple(tracks)
        if len(self._owners(going)) > 1:
            raise EditsError("The tracks are of several people", "Remove them person by person")
        return self._of_tracks(Action.REMOVE, going)

    def not_a_face(self, tracks: Iterable[int]) -> Edit:
        """State that tracks show no face."""
        return _checked(Edit(Action.NOT_A_FACE, tracks=self._keys(tracks)))

    def hide(self, who: str | Identity) -> Edit:
        """Hide a person: left out of the table of appearances and of exports."""
        return _checked(Edit(Action.HIDE, who=self._who(who)))

    def show(self, who: str | Identity) -> Edit:
        """Show a hidden person again."""
        return _checked(Edit(Action.SHOW, who=self._who(who)))

    def background(self, who: str | Identity) -> Edit:
        """Put a person in the background: folded away on the page, and never asked about."""
        return _checked(Edit(Action.BACKGROUND, who=self._who(who)))

    def main(self, who: str | Identity) -> Edit:
        """State that a person is not one of the background."""
        return _checked(Edit(Action.MAIN, who=self._who(who)))

    def cover(self, who: str | Identity, row: int) -> Edit:
        """Choose the picture that stands for a person.

        Parameters
        ----------
        who
            The person, or a name or id.
        row
            One of `Identity.crop_rows`.
        """
        identity = self._identity(who)
        if row not in identity.crop_rows:
            raise EditsError(
                f"{row} is not a row of a picture of {identity.name}", "Take one of its crop_rows"
            )
        face = keys_of(self.result.analysis).face(row)
        return _checked(Edit(Action.COVER, who=self._who(identity), face=face))

    def cut(self, track: int, time_s: float) -> Edit:
        """Cut a track in two, where the face becomes another person's.

        Parameters
        ----------
        track
            Its position.
        time_s
            The second track begins with the first face at or after this time, as a player counts.

        Raises
        ------
        EditsError
            The track has no face before that time, or none after it.
        """
        self._keys([track])
        analysis = self.result.analysis
        rows = analysis.tracks[track].detection_rows
        times_s = [analysis.video.seconds(pts) for pts in analysis.detections.pts[rows].tolist()]
        later = [
            row for row, at_s in zip(rows.tolist(), times_s, strict=True) if at_s >= time_s - 1e-6
        ]
        if not 0 < len(later) < len(rows):
            raise EditsError(
                f"Track {track} cannot be cut at {time_s:g} s",
                f"Its faces are from {times_s[0]:.2f} to {times_s[-1]:.2f} s",
            )
        return _checked(Edit(Action.CUT, tracks=(keys_of(analysis).face(later[0]),)))

    def join(self, tracks: Iterable[int]) -> Edit:
        """Join tracks of one shot; the whole is of the first person among theirs.

        Parameters
        ----------
        tracks
            Two or more, of which no frame shows two.

        Raises
        ------
        EditsError
            There is only one, they are in different shots, or one frame shows two of them.
        """
        chosen = tuple(dict.fromkeys(tracks))
        edit = _checked(Edit(Action.JOIN, tracks=self._keys(chosen)))
        found = self.result
        why = revise(found.analysis, (*found.edits, edit)).notes[-1]
        if why:
            raise EditsError(f"Tracks {', '.join(map(str, chosen))} cannot be joined: {why}")
        return edit

    def _identity(self, who: str | Identity) -> Identity:
        return self.result.person(who) if isinstance(who, str) else who

    def _who(self, who: str | Identity) -> tuple[str, ...]:
        return self._keys(anchors(self.result, self._identity(who).track_ids))

    def _owners(self, tracks: Iterable[int]) -> list[Identity]:
        taken = set(tracks)
        return [who for who in self.result.people if not taken.isdisjoint(who.track_ids)]

    def _of_tracks(self, action: Action, tracks: Iterable[int], who: tuple[str, ...] = ()) -> Edit:
        """A correction of tracks; `source` is what stays of the people that they are taken from."""
        going = tuple(tracks)
        staying = [
            track
            for owner in self._owners(going)
            for track in anchors(self.result, set(owner.track_ids) - set(going))
        ]
        return _checked(Edit(action, who=who, tracks=self._keys(going), source=self._keys(staying)))

    def _keys(self, tracks: Iterable[int]) -> tuple[str, ...]:
        keys = keys_of(self.result.analysis).tracks
        chosen = tuple(tracks)
        for track in chosen:
            if not 0 <= track < len(keys):
                raise EditsError(f"There is no track {track}", f"There are {len(keys)}")
        return tuple(keys[track] for track in chosen)


def anchors(result: ClusteringResult, tracks: Iterable[int]) -> tuple[int, ...]:
    """Up to five tracks that stand for a person in a correction, best first, as on the page.

    Parameters
    ----------
    result
    tracks
        Of the person.
    """
    quality = np.round(result.features.quality.astype(np.float64), 3)
    lengths = result.analysis.tracks
    worth = {track: float(quality[track]) + 1e-6 * len(lengths[track]) for track in tracks}
    return tuple(sorted(worth, key=lambda track: (-worth[track], track))[:ANCHORS])


def _checked(edit: Edit) -> Edit:
    """A correction that can be stored; EditsError if it cannot."""
    return parse_edit(to_dict(edit))
