"""Commands that are imported when they are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from importlib import import_module

import click


@dataclass(frozen=True, slots=True)
class Lazy:
    """Where a command is.

    Attributes
    ----------
    home
        ``module:attribute``, the module in `clusterer.cli`.
    short
        What it does, for the list of commands.
    """

    home: str
    short: str


class LazyCommands(MutableMapping[str, click.Command]):
    """Name → command, imported when it is looked up; to list the names imports nothing.

    Parameters
    ----------
    homes
        Name → where the command is.
    """

    def __init__(self, homes: Mapping[str, Lazy]) -> None:
        self.homes = dict(homes)
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            module, _, attribute = self.homes[name].home.partition(":")
            self._loaded[name] = getattr(import_module(f"clusterer.cli.{module}"), attribute)
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self.homes.setdefault(name, Lazy("", command.get_short_help_str()))
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self.homes[name]
        self._loaded.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self.homes

    def __iter__(self) -> Iterator[str]:
        return iter(self.homes)

    def __len__(self) -> int:
        return len(self.homes)
