"""Declaring flags as fields of dataclasses, and the flags that many commands share.

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

from clusterer.cli.types import NUMBER, PATH, RESULT, Name, Output
from clusterer.core.config import AUTO, range_of
from clusterer.models.devices import DEVICES

Command = TypeVar("Command", bound=Callable[..., Any])


def flag(*names: str, **settings: Any) -> Any:
    """Make a field of a group of flags.

    Parameters
    ----------
    names
        Names as typed.
    settings
        See `click.option`.
    """
    return field(metadata={"names": names, "settings": settings})


def setting(config: Any, name: str, *names: str, about: str, **settings: Any) -> Any:
    """Make a flag for a field of a config, with its default and range.

    Parameters
    ----------
    config
        A config with its default values.
    name
        Name of the field.
    names
        Names of the flag as typed.
    about
        Help, one sentence; the range is added to it.
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
        The command's parameter that receives the group with its values.
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
        Settings that differ for this command; see `click.option`.
    """
    (declared,) = (each for each in fields(group) if each.name == name)
    return click.option(
        name, *declared.metadata["names"], **(declared.metadata["settings"] | changes)
    )


result = click.argument("result", metavar="RESULT", type=RESULT)
project = click.argument("project", metavar="PROJECT", type=PATH)
device = click.option(
    "--device",
    type=Name([AUTO, *DEVICES]),
    default=AUTO,
    show_default=True,
    help="What the networks run on. 'auto' is the fastest that ONNX Runtime has here, which is "
    "measured once; with the usual wheel that is the CPU. Where another fails, the CPU is used.",
)
workers = click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Number of processes that analyse parts of videos side by side; the result is the same. "
    "Default: one for each core that may be used, but no more than memory has room for: each takes "
    "about 270 MB at 360p, 400 at 1080p and 800 at 2160p.",
)
retry = click.option(
    "--retry",
    is_flag=True,
    help="Also try videos that failed in two runs of the project, or that were purged.",
)
no_biometrics = click.option(
    "--no-biometrics",
    is_flag=True,
    help="Leave nothing but tables and a report without pictures: no pictures and no vectors of "
    "faces are stored. Such a result cannot be reviewed.",
)
quiet = click.option("-q", "--quiet", is_flag=True, help="Print errors only.")


def gallery(*, required: bool = False) -> Callable[[Command], Command]:
    """``--gallery DIR``."""
    return click.option(
        "--gallery",
        required=required,
        type=PATH,
        metavar="DIR",
        help="Name people by photographs: DIR has a folder for each person, with the person's "
        "name and photographs.",
    )


def as_json(about: str) -> Callable[[Command], Command]:
    """``--json``; `about` names the output."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {about} as JSON.")


def output(about: str, default: Path | None = None) -> Callable[[Command], Command]:
    """``-o DIR``; `about` describes the output."""
    return click.option("-o", "--output", type=Output(), default=default, help=about)
