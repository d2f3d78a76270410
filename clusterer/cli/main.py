"""The group of commands. What is not a command's name is a video: ``run`` is understood."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import click

from clusterer import __version__
from clusterer.cli.edits import edits
from clusterer.cli.evaluate import evaluate
from clusterer.cli.export import export
from clusterer.cli.gallery import gallery
from clusterer.cli.group import DefaultGroup
from clusterer.cli.models import models
from clusterer.cli.name import name
from clusterer.cli.review import review
from clusterer.cli.run import run
from clusterer.cli.terminal import bear_any_name
from clusterer.cli.train import train
from clusterer.cli.tune import tune
from clusterer.errors import ClustererError, ConfigError

INTERRUPTED = 130


@click.group(
    cls=DefaultGroup,
    default="run",
    usage="[OPTIONS] VIDEO...",
    no_args_is_help=True,
    add_help_option=False,
)
@click.version_option(__version__, prog_name="cluster-video")
def cluster_video() -> None:
    """Who is in this video, and when? Groups every face into people, offline."""


cluster_video.add_command(run)
cluster_video.add_command(review)
cluster_video.add_command(edits)
cluster_video.add_command(name)
cluster_video.add_command(gallery)
cluster_video.add_command(evaluate)
cluster_video.add_command(tune)
cluster_video.add_command(export)
cluster_video.add_command(models)
cluster_video.add_command(train)


_OTHERS = ", ".join(sorted(cluster_video.commands.keys() - {run.name}))
run.epilog = f"Other commands, each with its own --help: {_OTHERS}."


def main(args: list[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage, 130 interrupted.

    Parameters
    ----------
    args
        Without the program's name; None = those of the process.
    """
    bear_any_name()
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
