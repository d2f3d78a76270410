"""How the pipeline tells what it is doing."""

from __future__ import annotations


class Hook:
    """Does nothing; override what you want to know."""

    def progress(self, done_s: float, total_s: float, faces: int) -> None:
        """So much of the video has been analysed, and so many faces were found in it.

        Parameters
        ----------
        done_s, total_s
            Seconds of video.
        faces
            Number of faces so far.
        """

    def note(self, text: str) -> None:
        """Something the user should know, such as that a damaged cache is redone."""
