"""Progress and messages of the pipeline."""

from __future__ import annotations


class Hook:
    """Does nothing; override what you want to know."""

    def progress(self, done_s: float, total_s: float, faces: int) -> None:
        """Called as the analysis advances.

        Parameters
        ----------
        done_s, total_s
            Seconds of video.
        faces
            Number of faces so far.
        """

    def note(self, text: str) -> None:
        """Called with a message for the user, such as that a damaged cache is rebuilt."""
