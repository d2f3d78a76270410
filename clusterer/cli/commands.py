"""The commands, each imported when it is called. Any other first argument is a video."""

from __future__ import annotations

import click

from clusterer._version import __version__
from clusterer.cli.group import DefaultGroup, Lazy, LazyCommands

COMMANDS = LazyCommands(
    {
        "run": Lazy("run:run", "Find out who appears when in VIDEO."),
        "review": Lazy("review:review", "Correct and name the people of a result, on a page."),
        "edits": Lazy("edits:edits", "Check the corrections of a review."),
        "name": Lazy("name:name", "Name a person, or people by photographs."),
        "gallery": Lazy("gallery:gallery", "Keep photographs of people for the next episode."),
        "add": Lazy("add:add", "Add films to a project."),
        "watch": Lazy("watch:watch", "Add films to a project as they arrive in a folder."),
        "list": Lazy("project:films", "List the films of a project."),
        "people": Lazy("project:people", "List the people of a project."),
        "find": Lazy(
            "find:find", "Find the people of a result or project who are like a photograph."
        ),
        "who": Lazy("find:find", "Find the same as find does."),
        "remove": Lazy("project:remove", "Take films out of a project."),
        "export": Lazy("export:export", "Write the appearances for editing programs."),
        "reel": Lazy("reel:reel", "Render the parts of a film in which people are seen."),
        "stills": Lazy("stills:stills", "Write the best pictures of people."),
        "sheet": Lazy("stills:sheet", "Write a contact sheet as PDF, a page per person."),
        "purge": Lazy("purge:purge", "Remove pictures and vectors of faces."),
        "anonymise": Lazy("anonymise:anonymise", "Write the film with faces made unrecognisable."),
        "copy": Lazy("copy:copy", "Copy a result to an address, or back."),
        "evaluate": Lazy("evaluate:evaluate", "Measure how good a result is."),
        "tune": Lazy("tune:tune", "Find the settings that suit labelled clips."),
        "models": Lazy("models:models", "List detectors and encoders, and download weights."),
        "doctor": Lazy("doctor:doctor", "Describe this machine, for a bug report."),
        "train": Lazy("train:train", "Train networks on your pictures."),
    }
)


@click.group(
    cls=DefaultGroup,
    commands=COMMANDS,
    default="run",
    usage="[OPTIONS] VIDEO...",
    no_args_is_help=True,
)
@click.version_option(
    __version__, "-V", "--version", prog_name="cluster-video", help="Show the version and exit."
)
def cluster_video() -> None:
    """Who is in this video, and when? Groups every face into people, offline."""
