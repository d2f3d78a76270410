"""Groups of commands with one that need not be named."""

from __future__ import annotations

from typing import Any

import click


class DefaultGroup(click.Group):
    """A group in which whatever is no command's name is for the default command.

    Parameters
    ----------
    default
        Name of that command.
    usage
        What stands behind the group's name in its short form.
    """

    def __init__(self, *args: Any, default: str, usage: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.default = default
        self.usage = usage

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default in front unless a command, or the group's own option, comes first."""
        own = {*self.commands, *(name for option in self.params for name in option.opts)}
        if args and args[0] not in own:
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the short form."""
        formatter.write_usage(ctx.command_path, self.usage)


class DefaultCommand(click.Command):
    """The command of a `DefaultGroup` whose name nobody types, nor sees."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the usage of the group."""
        path = ctx.parent.command_path if ctx.parent else ctx.command_path
        formatter.write_usage(path, " ".join(self.collect_usage_pieces(ctx)))
