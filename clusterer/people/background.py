"""Who never stands in the foreground: extras, passers-by, faces on posters behind the people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from clusterer.core.types import Analysis, Identity
from clusterer.edits import Person


def relative_heights(analysis: Analysis) -> npt.NDArray[np.float64]:
    """How high the face of each track is, as a share of the largest face of its frames.

    Parameters
    ----------
    analysis
        Of t tracks.

    Returns
    -------
    array of shape (t,), float64, 0 to 1: the median over the frames of a track; 1 for a face that
    is alone in most of them
    """
    found = analysis.detections
    heights = found.heights_px.astype(np.float64)
    tracked = analysis.track_of_row >= 0
    frames, place = np.unique(found.frame_index, return_inverse=True)
    largest = np.zeros(len(frames))
    np.maximum.at(largest, place[tracked], heights[tracked])
    share = heights / np.maximum(largest[place], 1e-9)
    return np.array([np.median(share[track.detection_rows]) for track in analysis.tracks])


@lru_cache(maxsize=1)  # a review works on one analysis
def in_front(analysis: Analysis, foreground: float) -> npt.NDArray[np.bool_]:
    """Whether each track stands in the foreground.

    Parameters
    ----------
    analysis
        Of t tracks.
    foreground
        As of `ClusteringConfig`.

    Returns
    -------
    array of shape (t,), bool, read-only
    """
    front: npt.NDArray[np.bool_] = relative_heights(analysis) >= foreground
    front.setflags(write=False)
    return front


def with_background(
    people: Iterable[Identity],
    reviewed: Mapping[int, Person],
    analysis: Analysis,
    foreground: float,
) -> tuple[Identity, ...]:
    """Mark the people who are in the background, as the page does.

    They are if a reviewer said so; or if nobody said anything, they have no name, and none of their
    tracks stands in the foreground.

    Parameters
    ----------
    people
        As of `clusterer.people.identities.present`.
    reviewed
        Label → the reviewer's settings.
    analysis, foreground
        As of `in_front`.
    """
    front = in_front(analysis, foreground)
    return tuple(
        replace(
            who,
            background=is_background(
                reviewed.get(who.label, Person(0)), bool(front[list(who.track_ids)].any())
            ),
        )
        for who in people
    )


def is_background(said: Person, front: bool) -> bool:
    """Whether a person is in the background.

    Parameters
    ----------
    said
        The reviewer's settings.
    front
        Whether any track of the person stands in the foreground.
    """
    if said.background is not None:
        return said.background
    return not said.name and not front
