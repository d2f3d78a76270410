"""How commands declare their flags, and the flags that many of them have.

A group of flags is a frozen dataclass whose fields are made by `flag` or `setting`; `takes`
declares them and hands the command one object. Defaults and ranges are those of the configuration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, fields
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from clusterer.cli.types import NUMBER, PATH, RESULT, Output
from clusterer.core.config import range_of

Command = TypeVar("Command", bound=Callable[..., Any])


def flag(*names: str, **settings: Any) -> Any:
    """Make a field of a group of flags.

    Parameters
    ----------
    names
        As they are typed.
    settings
        See `click.option`.
    """
    return field(metadata={"names": names, "settings": settings})


def setting(config: Any, name: str, *names: str, about: str, **settings: Any) -> Any:
    """Make a flag for a field of a config, with its default and range.

    Parameters
    ----------
    config
        With its defaults.
    name
        Of the field.
    names
        As the flag is typed.
    about
        What it means, a sentence; the range is added to it.
    settings
        See `click.option`.
    """
    default, limits = getattr(config, name), range_of(type(config), name)
    if limits is not None:
        about = f"{about.removesuffix('.')}, {limits.low:g} to {limits.high:g}."
        settings.setdefault("type", int if isinstance(default, int) else NUMBER)
    return flag(*names, default=default, show_default=True, help=about, **settings)


def takes(name: str, group: type[Any]) -> Callable[[Command], Command]:
    """Give a command the flags of a group.

    Parameters
    ----------
    name
        Of the command's parameter that is given the group with its values.
    group
        A dataclass, its fields made by `flag` or `setting`.
    """

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_group(*args: Any, **values: Any) -> Any:
            values[name] = group(**{each.name: values.pop(each.name) for each in fields(group)})
            return command(*args, **values)

        decorated: Any = with_group
        for each in reversed(fields(group)):
            decorated = takes_one(group, each.name)(decorated)
        return cast(Command, decorated)

    return decorate


def takes_one(group: type[Any], name: str, **changes: Any) -> Callable[[Command], Command]:
    """Give a command a single flag of a group.

    Parameters
    ----------
    group, name
        The dataclass, and its field.
    changes
        What is different for this command; see `click.option`.
    """
    (found,) = (each for each in fields(group) if each.name == name)
    return click.option(name, *found.metadata["names"], **(found.metadata["settings"] | changes))


result = click.argument("result", metavar="RESULT", type=RESULT)
quiet = click.option("-q", "--quiet", is_flag=True, help="Print errors only.")


def gallery(*, required: bool = False) -> Callable[[Command], Command]:
    """``--gallery DIR``."""
    return click.option(
        "--gallery",
        required=required,
        type=PATH,
        metavar="DIR",
        help="Name people by photographs: DIR holds a folder for each person, called by their "
        "name, with photographs of them.",
    )


def as_json(about: str) -> Callable[[Command], Command]:
    """``--json``; `about` says what is printed."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {about} as JSON.")


def output(about: str, default: Path | None = None) -> Callable[[Command], Command]:
    """``-o DIR``; `about` says what is written there."""
    return click.option("-o", "--output", type=Output(), default=default, help=about)
