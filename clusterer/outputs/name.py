"""Name one person of a result folder, as a reviewer does on the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from clusterer.core.errors import system_libraries
from clusterer.outputs.save import save
from clusterer.people.amend import amend
from clusterer.people.editor import Editor
from clusterer.people.names import check_given, current
from clusterer.store.folder import ResultFolder
from clusterer.store.run_lock import WAIT


def name_person(folder: Path | str, who: str, name: str) -> str:
    """Name a person, as a correction that a review can undo.

    Parameters
    ----------
    folder
        A result folder; its corrections, tables and report are rewritten.
    who
        Name or id.
    name
        The new name; empty = the automatic one.

    Returns
    -------
    The name that the person has now

    Raises
    ------
    ConfigError
        Nobody has that name, or several have it.
    EditsError
        The name is too long, not printable, or like an automatic one; or the corrections cannot
        be read.
    ResultError
        The result cannot be read or written, or a run is at work there.
    """
    check_given(name)
    own = ResultFolder(folder)
    with own.locked(remedy=WAIT):
        loaded = own.load()
        with own.editing():
            log = own.edits
            result = current(loaded, log.edits)
            person = result.person(who)
            edit = replace(
                Editor(result).name(person, name), note=f"{person.name} is {name or 'unnamed'}"
            )
            named = amend(result, (*result.edits, edit))
            video = log.video or Path(result.analysis.video.path).name
            own.write_edits(replace(log.adding(edit), video=video))
        with system_libraries():
            save(named, own)
    (label,) = {named.labels[track] for track in person.track_ids}
    return next(each.name for each in named.people if each.label == label)
