"""Every command and option has help."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import click
import pytest

import clusterer.__main__ as module
from clusterer import __version__
from clusterer.cli import main
from clusterer.cli.commands import COMMANDS, cluster_video
from clusterer.cli.group import Command as Command_
from tests.cli.conftest import Ran

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


def test_a_missing_help_is_detected() -> None:
    @click.command()
    @click.option("--silent")
    def without_help(silent: str) -> None: ...

    (option, *_) = without_help.get_params(click.Context(without_help))
    assert isinstance(option, click.Option)
    assert not option.help
    assert not without_help.help


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help(command: Command, flag: str) -> None:
    ran = command(flag)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Usage: cluster-video")
    for option in ("--threshold", "--metric", "--method", "--sample-rate", "--start", "--output"):
        assert option in ran.out
    assert command("run", flag).out == ran.out


def sections(text: str) -> dict[str, list[str]]:
    """Heading → first words of its lines."""
    headings: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.endswith(":") and not line.startswith(" "):
            headings[line[:-1]] = []
        elif line.startswith("  cluster-video"):
            break  # the closing line
        elif headings and line[:2] == "  " and line[2:3].strip():
            list(headings.values())[-1].append(line.strip())
    return headings


def test_commands_and_options_are_in_sections(command: Command) -> None:
    shown = sections(command("--help").out)
    assert list(shown) == [
        "Common",
        "Grouping",
        "Detection",
        "Several videos",
        "Speed",
        "Elsewhere",
        "Output",
        "Other",
        "Commands",
    ]
    assert [line.split()[0] for line in shown["Commands"]] == list(cluster_video.commands)
    assert all(len(line.split()) > 3 for line in shown["Commands"]), "one descriptive line each"
    assert shown["Common"][0].startswith("-o, --output")
    assert [line.split("  ")[0] for line in shown["Other"]] == [
        "--debug", "-V, --version", "-h, --help",
    ]  # fmt: skip


def test_every_option_of_a_run_is_in_a_section(command: Command) -> None:
    run = cluster_video.commands["run"]
    assert isinstance(run, Command_)
    options = {each.name for each in run.params if isinstance(each, click.Option)}
    grouped = [name for names in run.sections.values() for name in names]
    assert len(set(grouped)) == len(grouped)
    assert options - {"help"} <= set(grouped)
    text = command("--help").out
    for each in run.params:
        assert all(name in text for name in each.opts if name.startswith("-"))


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_help_fits_the_terminal(
    command: Command, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    widths = [len(line) for line in command("--help").out.splitlines()]
    assert max(widths) <= max(min(columns, 100), 65)  # names that cannot be broken
    assert columns < 200 or max(widths) > 85


def test_the_summary_of_a_command_equals_its_help() -> None:
    for name, lazy in COMMANDS.homes.items():
        assert lazy.short.endswith(".")
        first = (COMMANDS[name].help or "").split()[0]
        assert lazy.short.split()[0] == first, name


HEAVY = {
    "numpy", "jinja2", "cv2", "av", "onnxruntime", "scipy", "sklearn", "dlib", "starlette",
    "uvicorn", "matplotlib", "openpyxl", "torch",
}  # fmt: skip
ALL_HELP = """
import sys
from clusterer.cli.process import exit_code
for args in {}:
    assert exit_code(args) == 0, args
    print("LOADED", *args, ":", *sys.modules)
"""


def paths(command: click.Command, *path: str) -> Iterator[list[str]]:
    """Arguments of each command."""
    yield list(path)
    if isinstance(command, click.Group):
        for name in command.commands:
            yield from paths(command.commands[name], *path, name)


def test_help_and_version_load_nothing_heavy() -> None:
    every = [["--version"], *([*path, "--help"] for path in paths(cluster_video))]
    code = ALL_HELP.format(every)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {
        head: set(modules.split())
        for head, _, modules in (
            line.partition(" : ") for line in ran.stdout.splitlines() if line.startswith("LOADED")
        )
    }
    assert {head.split()[1] for head in loaded} >= {"--version", "--help", *COMMANDS}
    assert len(loaded) == len(every) > 15
    assert {
        head: sorted(HEAVY & modules) for head, modules in loaded.items() if HEAVY & modules
    } == {}


def test_version(command: Command) -> None:
    assert command("--version") == Ran(0, f"cluster-video, version {__version__}\n", "")


def test_no_arguments(command: Command) -> None:
    ran = command()
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("Usage: cluster-video [OPTIONS] VIDEO...")


def test_module_is_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.main is main
