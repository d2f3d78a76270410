"""Which films a run is about, and what has to be done for each."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from clusterer.core.address import address_of, shown
from clusterer.core.config import Config, settings
from clusterer.core.errors import (
    ClustererError,
    ConfigError,
    ProjectError,
)
from clusterer.core.files import is_plain_file
from clusterer.core.hook import Hook
from clusterer.core.text import one_line
from clusterer.core.types import Edit
from clusterer.edits import to_dict
from clusterer.people.names import own_edits
from clusterer.pipeline.elsewhere import film_at, model_hashes
from clusterer.project.project import Project
from clusterer.project.run_outcome import FilmOutcome, RunStatus
from clusterer.project.types import FilmState, ProjectFilm
from clusterer.store import withdrawn
from clusterer.store.analysis_cache import analysis_key
from clusterer.store.commit import read_commit
from clusterer.store.folder import ResultFolder
from clusterer.store.names import EDITS, EXPORTS
from clusterer.store.result_json import RESULT_SCHEMA

DESCRIPTION = 1
"""Of the content of `FilmPeople`; raised when `describe` gives others for the same result."""
MOST_ATTEMPTS = 2
"""A film that failed in so many runs is not tried again unasked."""
READERS = 4
"""Films whose beginnings are read at once, to recognise and measure them: what takes time is
waiting for the disk or the network. Chosen, not measured: more would not help a disk that turns."""


def film_key(
    fingerprint: str, config: Config, models: dict[str, str], edits: Sequence[Edit]
) -> str:
    """The key of all that a film's result and description depend on.

    Parameters
    ----------
    fingerprint
        Of the film.
    config, models
        Settings, and name of each weights file → sha256.
    edits
        Corrections that were made in the film itself.

    Returns
    -------
    sha256, hexadecimal
    """
    facts = {
        "analysis": analysis_key(fingerprint, config.analysis, models),
        "grouping": settings(config.clustering),
        "schemas": [RESULT_SCHEMA, DESCRIPTION],
        "edits": [to_dict(edit) for edit in edits],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def is_intact(folder: ResultFolder, fingerprint: str) -> bool:
    """Whether a folder holds the whole result of a film: all files, and none that waits."""
    try:
        if not folder.has_marker or folder.fingerprint != fingerprint or read_commit(folder.path):
            return False
        names = [name for name in folder.names if name != EDITS and not name.startswith(EXPORTS)]
        return bool(names) and all(_holds_something(folder.path / name) for name in names)
    except (ClustererError, OSError):
        return False


def _holds_something(path: Path) -> bool:
    return is_plain_file(path) and path.stat().st_size > 0


def names_of(videos: Sequence[Path | str], taken: Iterable[str] = ()) -> list[str]:
    """Name films for display, by as many of their folders as tell them apart.

    Parameters
    ----------
    videos
        All different.
    taken
        Names of other films.

    Returns
    -------
    One name for each video, its parts separated by ``/``
    """
    parts = [PurePath(os.path.abspath(video)).parts for video in videos]  # noqa: PTH100 (keeps links)
    level = [1] * len(parts)
    others = Counter(name.casefold() for name in taken)
    while True:
        names = ["/".join(map(one_line, each[-n:])) for each, n in zip(parts, level, strict=True)]
        seen = others + Counter(name.casefold() for name in names)
        shared = [
            i
            for i, name in enumerate(names)
            if seen[name.casefold()] > 1 and level[i] < len(parts[i])
        ]
        if not shared:
            return names
        for i in shared:
            level[i] += 1


@dataclass(slots=True, eq=False)
class Work:
    """A film that has to be looked at.

    Attributes
    ----------
    place : among the films of the run
    video, film
    length_s, done_s, faces : for the progress
    only_names : the result is there, and only people are to be named
    """

    place: int
    video: Path | str
    film: ProjectFilm
    length_s: float = 0.0
    done_s: float = 0.0
    faces: int = 0
    only_names: bool = False


@dataclass(slots=True, eq=False)
class Register:
    """The films of a run, entered into the project.

    Attributes
    ----------
    project, hook, retry
        As of `clusterer.project.run.process_all`.
    config : of the project, with all that it leaves to the encoder
    names_people : whether people are named afterwards, also of films that are done
    models : name of each weights file → sha256
    outcomes : what came of each film, in the order given; None = that is not known yet
    works : what has to be done
    damaged : ids of films whose vectors and results are damaged
    withdrawn : fingerprint of a film → faces that are left out
    """

    project: Project
    hook: Hook
    config: Config
    retry: bool
    names_people: bool
    models: dict[str, str] = field(init=False)
    outcomes: list[FilmOutcome | None] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    damaged: set[int] = field(default_factory=set)
    withdrawn: withdrawn.Films = field(init=False)

    def __post_init__(self) -> None:
        self.models = model_hashes(self.config.analysis)
        self.withdrawn = withdrawn.read(self.project.path)

    def enter(self, videos: Sequence[Path | str]) -> None:
        """Enter all films into the project, and find out what has to be done."""
        for video in videos:
            address = address_of(video)
            if address is not None and shown(address) != address:
                raise ConfigError(
                    f"{shown(address)} has a password or a key, which the project would store",
                    "Leave it out: keys of SSH and the configuration of fsspec can hold it",
                )
        prints = self._fingerprints(videos)
        first: dict[str, Path | str] = {}
        for video, found in zip(videos, prints, strict=True):
            if isinstance(found, str):
                first.setdefault(found, video)
        self._describe_damaged()
        known = {film.fingerprint: film for film in self.project.films}
        films = self._entered(first, known)
        for video, found in zip(videos, prints, strict=True):
            if isinstance(found, Exception):
                self.outcomes.append(FilmOutcome(video, RunStatus.FAILED, None, found))
            elif first[found] != video:
                self.hook.note(f"{video} is the same film as {first[found]}")
                self.outcomes.append(FilmOutcome(video, RunStatus.REPEATED, films[found]))
            else:
                self._plan(video, films[found])

    def _describe_damaged(self) -> None:
        """Describe films again whose vectors are damaged, from their results.

        Where the result is damaged, too, this run makes it again, if the film is part of it.
        """
        with suppress(ProjectError):
            self.project.crowd()  # kept for the linking
            return
        for film in self.project.films:
            if not film.key:
                continue
            try:
                self.project.film_people(film)
            except ProjectError as error:
                self.hook.note(f"{film.name} is described again: {error.cause}")
                try:
                    self.project.put_film(film, self.project.describe(film))
                except ClustererError:
                    self.damaged.add(film.id)

    def _fingerprints(self, videos: Sequence[Path | str]) -> list[str | Exception]:
        with ThreadPoolExecutor(READERS, thread_name_prefix="read") as pool:
            return list(pool.map(_fingerprint, videos))

    def _entered(
        self, first: dict[str, Path | str], known: dict[str, ProjectFilm]
    ) -> dict[str, ProjectFilm]:
        """The films of the project, with the new ones and where each lies now."""
        self._forget_changed(first, known)
        others = [film.name for film in known.values() if film.fingerprint not in first]
        names = names_of(list(first.values()), others)
        films, changed = {}, {}
        for (fingerprint, video), name in zip(first.items(), names, strict=True):
            source = source_of(video)
            film = known.get(fingerprint)
            if film is None:
                changed[fingerprint] = ProjectFilm(0, name, source, fingerprint, "")
            elif film.source != source:
                if address_of(film.source) or not os.path.lexists(film.source):
                    self.hook.note(f"{film.name} lies at {source} now")
                changed[fingerprint] = replace(film, name=name, source=source)
            else:
                films[fingerprint] = film
        if changed:
            films |= dict(zip(changed, self.project.put_films(changed.values()), strict=True))
        return films

    def _forget_changed(self, first: dict[str, Path | str], known: dict[str, ProjectFilm]) -> None:
        """Drop films without a result in whose place another lies now, as when a copy is mended."""
        sources = {source_of(video) for video in first.values()}
        gone: list[ProjectFilm] = []
        for film in list(known.values()):
            if film.fingerprint in first or film.source not in sources:
                continue
            if film.key:
                self.hook.note(f"{film.source} is another film than before; the project keeps both")
            else:
                gone.append(film)
                del known[film.fingerprint]
        if gone:
            self.project.remove(*gone)

    def _plan(self, video: Path | str, film: ProjectFilm) -> None:
        """Find out what has to be done for a film."""
        place = len(self.outcomes)
        if film.state is FilmState.PURGED and not self.retry:
            self.outcomes.append(FilmOutcome(video, RunStatus.PURGED, film))
            return
        if film.attempts >= MOST_ATTEMPTS and not self.retry:
            if film.state is not FilmState.QUARANTINED:
                film = self.project.put_film(replace(film, state=FilmState.QUARANTINED))
            error = ClustererError(film.error)
            self.outcomes.append(FilmOutcome(video, RunStatus.QUARANTINED, film, error))
            return
        done = self._is_done(film)
        if done and not self.names_people:
            self.outcomes.append(FilmOutcome(video, RunStatus.UNCHANGED, film))
        else:
            self.outcomes.append(None)
            self.works.append(Work(place, video, film, only_names=done))

    def _is_done(self, film: ProjectFilm) -> bool:
        if film.state is not FilmState.DONE or not film.key or film.id in self.damaged:
            return False
        folder = self.project.result_folder(film)
        if not is_intact(folder, film.fingerprint):
            return False
        try:
            edits = own_edits(folder.edits.edits)
        except ClustererError:
            return False
        return film_key(film.fingerprint, self.config, self.models, edits) == film.key


def source_of(video: Path | str) -> str:
    """Where a film lies: its address, or the whole path."""
    return address_of(video) or os.path.abspath(video)  # noqa: PTH100 (removes .., keeps links)


def _fingerprint(video: Path | str) -> str | Exception:
    try:
        return film_at(video).fingerprint
    except ClustererError as error:
        return error
