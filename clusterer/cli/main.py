"""The group of commands. What is not a command's name is a video: ``run`` is understood."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import click

from clusterer import __version__
from clusterer.cli.run import run
from clusterer.errors import ClustererError, ConfigError

INTERRUPTED = 130


class VideoFirst(click.Group):
    """A group in which ``cluster-video episode.mp4`` means ``cluster-video run episode.mp4``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``run`` in front unless a command, or the group's own option, comes first."""
        own = {*self.commands, "--version"}
        if args and args[0] not in own:
            args = [run.name or "run", *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the short form."""
        formatter.write_usage(ctx.command_path, "[OPTIONS] VIDEO...")


@click.group(cls=VideoFirst, no_args_is_help=True, add_help_option=False)
@click.version_option(__version__, prog_name="cluster-video")
def cluster_video() -> None:
    """Who is in this video, and when? Groups every face into people, offline."""


cluster_video.add_command(run)


def main(args: list[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage, 130 interrupted.

    Parameters
    ----------
    args
        Without the program's name; None = those of the process.
    """
    sys.exit(_exit_code(args))


def _exit_code(args: list[str] | None) -> int:
    try:
        value: Any = cluster_video.main(args=args, prog_name="cluster-video", standalone_mode=False)
    except ConfigError as error:
        return _fail(error, 2)
    except ClustererError as error:
        return _fail(error, 1)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted. The same command goes on after the last finished shot.", err=True)
        return INTERRUPTED
    return value if isinstance(value, int) else 0


def _fail(error: ClustererError, code: int) -> int:
    click.echo(f"Error: {error}", err=True)
    return code
