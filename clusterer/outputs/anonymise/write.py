"""Write a film in which people cannot be recognised, and what somebody should check in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from clusterer.core.errors import ConfigError
from clusterer.core.files import is_there, read_file, writing
from clusterer.core.hook import GoOn
from clusterer.core.tables import Table
from clusterer.core.text import counted
from clusterer.core.types import ClusteringResult, VideoInfo
from clusterer.outputs.anonymise.choice import AnonymiseChoice, hidden_tracks
from clusterer.outputs.export.csv import to_csv
from clusterer.outputs.footage import probe_film
from clusterer.outputs.replaced import ELSEWHERE, check_replaceable
from clusterer.store.output import output_file, write_output

if TYPE_CHECKING:
    from clusterer.outputs.anonymise.paths import Check

MADE_BY = "Anonymised by cluster-video"
"""The comment in every such film, by which it is known as ours."""
ENDINGS = (".mp4", ".m4v", ".mov", ".mkv", ".webm")
"""Of the files that can be written; the last but one takes every film."""
REPORT = ".check.csv"
COLUMNS = ("start_s", "end_s", "why", "person", "left", "top", "right", "bottom")
_MOST_BYTES = 1 << 26
"""Largest report that is read."""
_WATCHING = 0.4
"""Part of the work that is done before a frame is written."""


@dataclass(frozen=True, slots=True)
class Anonymised:
    """What was written.

    Attributes
    ----------
    file : the film
    report : CSV of `checks`, beside it
    frames : frames in which something is hidden
    checks : spans in which a face may be missed, in time order; times are those of a player
    left_out : streams of the original that are not in the file, such as subtitles

    Examples
    --------
    >>> files = pathlib.Path("out.mp4"), pathlib.Path("out.mp4.check.csv")
    >>> clusterer.Anonymised(*files, 250, (), ()).summary
    'faces hidden in 250 frames'
    """

    file: Path
    report: Path
    frames: int
    checks: tuple[Check, ...]
    left_out: tuple[str, ...]

    @property
    def summary(self) -> str:
        """One line for the user."""
        line = f"faces hidden in {counted(self.frames, 'frame')}"
        if self.checks:
            seconds = sum(each.end_s - each.start_s for each in self.checks)
            reasons = Counter(each.doubt.value for each in self.checks)
            listed = ", ".join(f"{number} {why}" for why, number in sorted(reasons.items()))
            line += f"; check {counted(len(self.checks), 'span')} of {seconds:.0f} s: {listed}"
        return line


def anonymise(  # noqa: PLR0913 (as described below)
    result: ClusteringResult,
    video: Path | str,
    file: Path | str,
    choice: AnonymiseChoice,
    go_on: GoOn = lambda _: True,
    *,
    overwrite: bool = False,
) -> Anonymised | None:
    """Write a film in which people cannot be recognised.

    Every frame is written, at its time, with the sound as it was. Beside it, a CSV lists the spans
    in which a face may be missed, for somebody to check.

    Parameters
    ----------
    result
        With its corrections.
    video
        The film that was analysed, or a copy; it is only read.
    file
        Where to write: MP4, MOV, MKV or WebM by its ending. An earlier one of ours is replaced. It
        is there only once it is whole.
    choice
        Whom to hide, and how.
    go_on
        Called with the share that is done, 0 to 1; once it returns False, nothing is written.
    overwrite
        Replace `file` also if it is not ours.

    Returns
    -------
    What was written; None if `go_on` ended it

    Raises
    ------
    ConfigError
        There is nobody of that name, `file` exists and is not ours, or its container cannot hold
        the film.
    VideoError
        The film is missing, is another one, or cannot be read.
    DependencyError
        PyAV comes without the encoder.
    ResultError
        The disk is full, or the folder cannot be written to. What was there before stays.

    Examples
    --------
    >>> anna = clusterer.AnonymiseChoice(people="Anna")
    >>> done = clusterer.anonymise(result, "street.mp4", "out.mp4", anna)  # doctest: +SKIP
    >>> done.checks  # doctest: +SKIP
    ()
    """
    from clusterer.media.recode import form_of, rewrite  # noqa: PLC0415 (loads FFmpeg)
    from clusterer.outputs.anonymise.paths import plan  # noqa: PLC0415 (loads the detector)
    from clusterer.outputs.anonymise.render import Renderer  # noqa: PLC0415 (likewise)
    from clusterer.outputs.anonymise.watch import (  # noqa: PLC0415 (likewise)
        FaceFinder,
        stretches,
        watch,
    )

    file, analysis = Path(file), result.analysis
    hidden = hidden_tracks(result, choice)
    check_place(file, Path(video), overwrite=overwrite)
    info = probe_film(Path(video), analysis.video)
    form = form_of(info, file)
    finder = FaceFinder(info, result.config.analysis.detection)
    film = stretches(analysis, hidden if choice.spares_strangers else None)
    found = watch(info, analysis, finder, film, lambda done: go_on(done * _WATCHING))
    if found is None:
        return None
    faces, checks = plan(result, found, film, hidden, spares_strangers=choice.spares_strangers)
    renderer = Renderer(
        info,
        form,
        faces,
        film=film,
        finder=finder,
        choice=choice,
        go_on=lambda done: go_on(_WATCHING + done * (1 - _WATCHING)),
    )
    with output_file(file) as draft, writing(file, elsewhere=""):
        with closing(renderer.frames()) as frames:
            rewrite(info, form, frames, draft.path, MADE_BY)
        draft.is_kept = not renderer.is_stopped
    if renderer.is_stopped:
        return None
    shown = _as_shown([*checks, *renderer.checks], float(info.delay_s))
    report = report_of(file)
    write_output(report.parent, {report.name: to_csv(_table(shown))})
    return Anonymised(file, report, renderer.frames_hidden, shown, form.left_out)


def name_for(film: VideoInfo) -> str:
    """Name of a file for it: of the film's own kind, if that can be written."""
    path = Path(film.path)
    ending = path.suffix.casefold()
    return f"{path.stem}.anonymised{ending if ending in ENDINGS else ENDINGS[-2]}"


def report_of(file: Path) -> Path:
    """Where the report of a film is."""
    return file.with_name(file.name + REPORT)


def check_place(file: Path, video: Path, *, overwrite: bool = False) -> None:
    """Raise ConfigError if an anonymised film, or its report, may not be written there."""
    from clusterer.media.proxy import made_of  # noqa: PLC0415 (loads FFmpeg)

    check_replaceable(
        file, video, "an anonymised film", lambda path: made_of(path) == MADE_BY,
        overwrite=overwrite,
    )  # fmt: skip
    report = report_of(file)
    try:
        if overwrite or not is_there(report):
            return
        first = read_file(report, _MOST_BYTES).partition(b"\r\n")[0]
    except OSError:
        first = b""
    if first != ",".join(COLUMNS).encode():
        raise ConfigError(
            f"{report} exists and is not a report of an anonymised film",
            f"{ELSEWHERE}, or replace both with --overwrite",
        )


def _as_shown(checks: Sequence[Check], delay_s: float) -> tuple[Check, ...]:
    """In time order, by the clock of a player."""
    shown = (
        replace(each, start_s=each.start_s + delay_s, end_s=each.end_s + delay_s) for each in checks
    )
    return tuple(sorted(shown, key=lambda each: (each.start_s, each.end_s, each.doubt, each.box)))


def _table(checks: Sequence[Check]) -> Table:
    rows = (
        (round(each.start_s, 3), round(each.end_s, 3), each.doubt.value, each.person, *each.box)
        for each in checks
    )
    return Table("check", COLUMNS, tuple(rows))
