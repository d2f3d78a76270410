"""Base classes of commands and groups: shared options, help, and the default command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from clusterer.cli.mistakes import no_command, no_command_or_path
from clusterer.cli.work import Work, unforeseen

HELP_NAMES = ("-h", "--help")
WIDEST_HELP = 100
WIDEST_NAME = 26


@dataclass(frozen=True, slots=True)
class Lazy:
    """Location of a command.

    Attributes
    ----------
    home
        ``module:attribute``, the module in `clusterer.cli`.
    short
        Summary for the list of commands.
    """

    home: str
    short: str


class LazyCommands(MutableMapping[str, click.Command]):
    """Name → command, imported when it is looked up; listing the names imports nothing.

    Parameters
    ----------
    homes
        Name → location of the command.
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


def _debug(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    work = context.find_object(Work)
    if value and work is not None:
        work.debug = True


DEBUG = click.Option(
    ["--debug"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_debug,
    help="Show the traceback of an unexpected error.",
)


class _Shared(click.Command):
    """Shared by commands and groups: the width of the help, --debug, and -h."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **_with_settings(kwargs))

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """All parameters, with those that every command has."""
        return _with_debug(super().get_params(ctx))

    def get_help_option_names(self, ctx: click.Context) -> list[str]:
        """Return -h and --help for every context."""
        ctx.help_option_names = list(HELP_NAMES)
        return super().get_help_option_names(ctx)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Describe it as briefly as the other options."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "Show this and exit."
        return option


class Command(_Shared):
    """A command with --debug and -h, whose options are listed in sections.

    Parameters
    ----------
    sections
        Title → names of the parameters listed under it; others come last, under "Other".
    """

    def __init__(
        self, *args: Any, sections: Mapping[str, Iterable[str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sections = {title: tuple(names) for title, names in (sections or {}).items()}

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse ``-threshold``, which click would read as several options of one letter."""
        long = {name for each in self.get_params(ctx) for name in each.opts if name[:2] == "--"}
        for word in args[: args.index("--") if "--" in args else None]:
            name = f"-{word.partition('=')[0]}"
            if len(word) > 2 and name in long:
                raise click.NoSuchOption(word, possibilities=[name], ctx=ctx)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and record the work for error messages."""
        work = ctx.find_object(Work)
        if work is None:
            return super().invoke(ctx)
        with work.doing(ctx):
            return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, section by section."""
        rows = {
            parameter.name or "": record
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option)
            and (record := parameter.get_help_record(ctx)) is not None
        }
        for title, names in self.sections.items():
            _write(formatter, title, [rows.pop(name) for name in names if name in rows])
        _write(formatter, "Other" if self.sections else "Options", list(rows.values()))


class Group(_Shared, click.Group):
    """A group that suggests the nearest command for a misspelt one."""

    command_class = Command
    group_class = type

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read ``help COMMAND`` as ``COMMAND --help``."""
        if args and args[0] == "help":
            args = self._help_of(ctx, args[1:])
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or raise ConfigError with a suggestion."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise no_command(args[0], self.commands, ctx.command_path)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a line for each command, without importing it."""
        if not isinstance(self.commands, LazyCommands):
            super().format_commands(ctx, formatter)
            return
        homes = self.commands.homes
        _write(formatter, "Commands", [(name, homes[name].short) for name in homes])

    def _help_of(self, ctx: click.Context, words: list[str]) -> list[str]:
        if not words or words[0] in HELP_NAMES:
            return ["--help"]
        command = self.get_command(ctx, words[0])
        if command is None:
            raise no_command(words[0], self.commands, ctx.command_path)
        return [words[0], *(["help", *words[1:]] if isinstance(command, Group) else ["--help"])]


class DefaultGroup(Group):
    """A group with a default command: any other first word is an argument of it.

    Parameters
    ----------
    default
        Name of that command.
    usage
        Its arguments, for the usage line.
    """

    def __init__(self, *args: Any, default: str, usage: str, **kwargs: Any) -> None:
        super().__init__(*args, add_help_option=False, **kwargs)
        self.default = default
        self.usage = usage

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Parse; wrap unexpected exceptions."""
        with unforeseen():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; wrap unexpected exceptions."""
        with unforeseen():
            return super().invoke(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Insert the default command unless a command or one of the group's options comes first."""
        first = next((i for i, word in enumerate(args) if word not in DEBUG.opts), len(args))
        options = {name for option in self.params for name in option.opts}
        words = ["help", *(["version"] if "--version" in options else [])]
        word = args[first] if first < len(args) else ""
        if word == "help":
            args = args[first:]
        elif word in words:
            if args[first + 1 :]:
                raise click.UsageError(f"{word} takes no arguments: {args[first + 1]!r}", ctx)
            args = ["--version"]
        elif args and word not in options and word not in self.commands:
            problem = no_command_or_path(word, [*self.commands, *words], ctx.command_path)
            if problem is not None:
                raise problem
            args = [*args[:first], self.default, *args[first:]]
        if word in {"help", *self.commands} and Path(word).is_file():
            note = f"Note: {word} is a command; for the file of that name write ./{word}"
            click.echo(note, err=True)
        return super().parse_args(ctx, args)

    def _help_of(self, ctx: click.Context, words: list[str]) -> list[str]:
        if not words or words[0] in {"help", *HELP_NAMES}:
            return [self.default, "--help"]
        return super()._help_of(ctx, words)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the usage without the default command's name."""
        formatter.write_usage(ctx.command_path, self.usage)


class DefaultCommand(Command):
    """The default command of a `DefaultGroup`: its help is the group's."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Include those of the group."""
        params = super().get_params(ctx)
        if ctx.parent is None:
            return params
        names = {parameter.name for parameter in params}
        group = [each for each in ctx.parent.command.params if each.name not in names]
        return [*params[:-1], *group, *params[-1:]]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the usage of the group."""
        path = ctx.parent.command_path if ctx.parent else ctx.command_path
        formatter.write_usage(path, " ".join(self.collect_usage_pieces(ctx)))
        if ctx.parent and isinstance(ctx.parent.command, Group):
            formatter.write_usage(path, "COMMAND ...", prefix=" " * len("Usage: "))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and the commands of the group."""
        super().format_options(ctx, formatter)
        if ctx.parent and isinstance(ctx.parent.command, Group):
            ctx.parent.command.format_commands(ctx.parent, formatter)


def _with_settings(kwargs: dict[str, Any]) -> dict[str, Any]:
    settings = {"max_content_width": WIDEST_HELP}
    return kwargs | {"context_settings": settings | (kwargs.get("context_settings") or {})}


def _with_debug(parameters: list[click.Parameter]) -> list[click.Parameter]:
    """Put --debug before --help, which is the last."""
    at = len(parameters)
    if parameters and HELP_NAMES[-1] in parameters[-1].opts:
        at -= 1
    return [*parameters[:at], DEBUG, *parameters[at:]]


def _write(formatter: click.HelpFormatter, title: str, rows: list[tuple[str, str]]) -> None:
    if rows:
        with formatter.section(title):
            formatter.write_dl(rows, col_max=WIDEST_NAME)
