"""Types of values on the command line: paths, names, numbers and times."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from clusterer.cli.mistakes import check_result, number_meant
from clusterer.core.config import AUTO
from clusterer.core.errors import ConfigError
from clusterer.core.timecode import is_timecode, parse_time_s

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from clusterer.models.registry import Registry

_QUOTES = "'\""
_RATE = re.compile(r"\d{1,9}(\.\d{0,9}|/[1-9]\d{0,8})?")


class PathType(click.Path):
    """A path as people type, drag or paste it: quotes and blanks around it, ``~``, ``-o=PATH``.

    The name of an existing file is never changed.
    """

    def __init__(self) -> None:
        super().__init__(path_type=Path, readable=False)  # opening it gives the error

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Make a Path, or fail with one line where the name is empty."""
        text = os.fspath(value)
        if isinstance(text, str) and not os.path.lexists(text):
            text = _meant(text)
            if not text:
                self.fail("the name is empty.", param, ctx)
        return super().convert(text, param, ctx)


class VideoType(PathType):
    """A video or a folder of videos as a Path, or an address as text, with all its slashes."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Make a Path or a text, or fail with one line where the name is empty."""
        text = os.fspath(value)
        if isinstance(text, str) and ":/" in text and not os.path.lexists(text):
            from clusterer.core.address import address_of

            address = address_of(_meant(text))
            if address is not None:
                return address
        return super().convert(value, param, ctx)


class ResultType(PathType):
    """A result folder; anything else is refused with a suggestion."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Make a Path, or raise ConfigError."""
        path = super().convert(value, param, ctx)
        check_result(path)
        return path


class Output(PathType):
    """A path to write to; neither empty, which would mean the current folder, nor ``-``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Parse, or fail with one line."""
        if value in {"", b""}:
            self.fail("is empty; name a folder, '.' for the current one.", param, ctx)
        if value == "-":
            self.fail(
                "'-' is not a folder; files cannot be written to standard output.", param, ctx
            )
        return super().convert(value, param, ctx)


class Place(Output):
    """A folder or a file to write: the path, and whether it ends in a slash, as of a folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Parse, or fail with one line."""
        path = super().convert(value, param, ctx)
        return path, str(value).rstrip("'\" ").endswith(("/", os.sep))


class Number(click.ParamType["float"]):
    """A number with a decimal point; other spellings are refused with the right one."""

    name = "float"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Parse, or fail with one line."""
        try:
            return float(value)
        except ValueError:
            self.fail(f"{value!r} is not a valid float.{hint(str(value))}", param, ctx)


class Rate(click.ParamType[Fraction]):
    """Frames per second: ``25``, ``23.976``, ``30000/1001``."""

    name = "rate"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Fraction:
        """Parse, or fail with one line."""
        if not _RATE.fullmatch(str(value)):
            self.fail(f"{value!r} is not a rate; write 25, 23.976 or 30000/1001", param, ctx)
        return Fraction(str(value))


class Name(click.Choice[str]):
    """One of several names, in any case; if it is missing, the error lists them on one line."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(list(names), case_sensitive=False)

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """List the names."""
        del param, ctx
        return f"Choose from {', '.join(self.choices)}"


class Registered(Name):
    """A name in a registry; plug-ins are looked for where it is none of ours, and in help.

    Parameters
    ----------
    registry
        The names are its.
    """

    def __init__(self, registry: Registry[Any]) -> None:
        super().__init__(registry.built_in)
        self._registry = registry
        self._ours = self.choices

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Find the name, or fail with one line."""
        self.choices = self._ours
        if str(value).casefold() not in self._ours:
            self.choices = self._registry.names()
        return super().convert(value, param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """List all names."""
        self.choices = self._registry.names()
        return super().get_metavar(param, ctx)

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """List all names."""
        self.choices = self._registry.names()
        return super().get_missing_message(param, ctx)

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """List all names, and the one that was meant."""
        text = super().get_invalid_choice_message(value, ctx)
        meant = get_close_matches(str(value).casefold(), self.choices, 1)
        return f"{text} Did you mean {meant[0]}?" if meant else text

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer all names."""
        self.choices = self._registry.names()
        return super().shell_complete(ctx, param, incomplete)


class Time(click.ParamType[float]):
    """Seconds, or ``MM:SS``, or ``HH:MM:SS``."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Parse, or fail with one line."""
        try:
            return value if isinstance(value, float) else parse_time_s(str(value))
        except ConfigError as error:
            self.fail(str(error), param, ctx)


class Duration(click.ParamType[float]):
    """Seconds, or a number with a unit: ``30s``, ``5m``, ``1h``, ``90d``."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Parse, or fail with one line."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)\s*([smhd]?)", str(value).strip().casefold())
        if found is None:
            self.fail(f"{value!r} is not a duration. Write 30s, 5m or 1h", param, ctx)
        return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]


class TimeOrTimecode(click.ParamType["float | str"]):
    """As `Time`, or a timecode ``HH:MM:SS:FF``, which stays a text until the rate is known."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | str:
        """Parse, or fail with one line."""
        if isinstance(value, float) or is_timecode(str(value).strip()):
            return value if isinstance(value, float) else str(value).strip()
        return Time().convert(value, param, ctx)


class Threshold(click.ParamType["float | Literal['auto']"]):
    """A number, or ``auto``."""

    name = "number|auto"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | Literal["auto"]:
        """Parse, or fail with one line."""
        if str(value).strip().casefold() == AUTO:
            return AUTO
        try:
            return float(value)
        except ValueError:
            problem = f"{value!r} is neither a number nor {AUTO!r}.{hint(str(value))}"
            self.fail(problem, param, ctx)


def hint(text: str) -> str:
    """How to write the number that was meant, as a sentence; empty if that is unclear."""
    meant = number_meant(text)
    return f" Write {meant}." if meant else ""


def _meant(text: str) -> str:
    """Strip what terminals, shells and mail programs put around a name."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in _QUOTES:
        text = text[1:-1].strip()
    if text.startswith("=") and not os.path.lexists(text):
        text = text[1:]
    head = text.replace(os.altsep or "/", os.sep).partition(os.sep)[0]
    return os.path.expanduser(text) if head == "~" else text  # noqa: PTH111 (as typed, if no home)


PATH = PathType()
VIDEO = VideoType()
RESULT = ResultType()
NUMBER = Number()
