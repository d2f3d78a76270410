"""Everything that can be typed is explained."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import click
import pytest

import clusterer.__main__ as module
from clusterer import __version__
from clusterer.cli import main
from clusterer.cli.main import cluster_video

from .conftest import Ran

Command = Callable[..., Ran]


def commands(command: click.Command = cluster_video) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for name in command.commands:
            yield from commands(command.commands[name])


EVERY_OPTION = [
    pytest.param(option, id=f"{command.name} {option.name}")
    for command in commands()
    for option in command.get_params(click.Context(command))
    if isinstance(option, click.Option)
]


@pytest.mark.parametrize("each", list(commands()), ids=lambda each: each.name)
def test_every_command_has_help(each: click.Command) -> None:
    assert each.help
    assert each.get_short_help_str()


@pytest.mark.parametrize("option", EVERY_OPTION)
def test_every_option_has_help(option: click.Option) -> None:
    assert option.help, option.name
    assert option.help.rstrip()[-1] in ".)", "a sentence"
    assert len(option.help) > 10


def test_a_lacking_help_would_be_noticed() -> None:
    @click.command()
    @click.option("--silent")
    def lacking(silent: str) -> None: ...

    (option, *_) = lacking.get_params(click.Context(lacking))
    assert isinstance(option, click.Option)
    assert not option.help
    assert not lacking.help


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help(command: Command, flag: str) -> None:
    ran = command(flag)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Usage: cluster-video")
    for option in ("--threshold", "--metric", "--method", "--sample-rate", "--start", "--output"):
        assert option in ran.out
    assert command("run", flag).out == ran.out


def test_version(command: Command) -> None:
    assert command("--version") == Ran(0, f"cluster-video, version {__version__}\n", "")


def test_no_arguments(command: Command) -> None:
    ran = command()
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("Usage: cluster-video [OPTIONS] VIDEO...")


def test_module_is_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.main is main
