"""Progress and messages of the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

GoOn: TypeAlias = Callable[[float], bool]
"""Called with the share that is done, 0 to 1; False ends the work."""


class Hook:
    """Does nothing; override what you want to know.

    Examples
    --------
    >>> class Percent(clusterer.Hook):
    ...     def progress(self, done_s: float, total_s: float, faces: int) -> None:
    ...         print(f"{100 * done_s / total_s:.0f} %, {faces} faces")
    >>> Percent().progress(12.0, 48.0, 90)  # `process` and `analyse` call it
    25 %, 90 faces
    """

    def progress(self, done_s: float, total_s: float, faces: int) -> None:
        """Called as the analysis advances.

        Parameters
        ----------
        done_s, total_s
            Seconds of video. Only in a damaged video, which is analysed again from its beginning,
            `done_s` goes back.
        faces
            Number of faces so far.
        """

    def note(self, text: str) -> None:
        """Called with a message for the user, such as that a damaged cache is rebuilt."""
