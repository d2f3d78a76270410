"""The reference of the command line, written from click's own description of the commands.

`docs/reference/cli.md` holds a line `MARK` in whose place `markdown` comes when the site is built.
mkdocs-click 0.9 prints ``Sentinel.UNSET`` where click 8.4 has no default, and knows no sections.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import click

MARK = "<!-- commands -->"


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Put the commands into the page that has the mark; called by MkDocs."""
    del page
    if MARK not in markdown:
        return markdown
    from clusterer.cli.commands import cluster_video  # noqa: PLC0415 (for this page only)

    return markdown.replace(MARK, commands(cluster_video))


def commands(program: click.Command, name: str = "cluster-video") -> str:
    """A section for each command below `program`, with all its options, as Markdown."""
    return "\n".join(_lines(program, click.Context(program, info_name=name)))


def _lines(command: click.Command, context: click.Context) -> Iterator[str]:
    below = _below(command, context)
    if context.parent is not None:
        # Of a group whose default command need not be typed, that command says all.
        meant = below.pop(getattr(command, "default", ""), context)
        yield from _section(meant.command, meant, context.command_path)
    for each in below.values():
        yield from _lines(each.command, each)


def _below(command: click.Command, context: click.Context) -> dict[str, click.Context]:
    commands = dict(command.commands) if isinstance(command, click.Group) else {}
    return {
        name: click.Context(each, info_name=name, parent=context) for name, each in commands.items()
    }


def _section(command: click.Command, context: click.Context, title: str) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"```\n{_usage(command, context)}\n```\n"
    yield _prose(command.help or "")
    for heading, options in _sections(command, context):
        yield f"\n**{heading}**\n" if heading else ""
        yield "| option | what it does |\n|---|---|"
        for option in options:
            record = option.get_help_record(context)
            if record is not None:
                yield f"| {_names(option, context)} | {_cell(record[1])} |"
    yield ""


def _usage(command: click.Command, context: click.Context) -> str:
    formatter = click.HelpFormatter(width=100)
    command.format_usage(context, formatter)
    lines = formatter.getvalue().strip().splitlines()
    return "\n".join(line.removeprefix("Usage:").strip() for line in lines)


def _sections(
    command: click.Command, context: click.Context
) -> Iterator[tuple[str, list[click.Option]]]:
    """The options as ``--help`` groups them; the last group holds the others."""
    options = {
        each.name or "": each
        for each in command.get_params(context)
        if isinstance(each, click.Option)
    }
    for title, names in getattr(command, "sections", {}).items():
        listed = [options.pop(name) for name in names if name in options]
        if listed:
            yield title, listed
    if options:
        yield "Other" if getattr(command, "sections", {}) else "", list(options.values())


def _names(option: click.Option, context: click.Context) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts)
    if option.secondary_opts:
        names += " / " + ", ".join(f"`{name}`" for name in option.secondary_opts)
    if option.is_flag or option.count:
        return names
    value = option.make_metavar(context)
    if isinstance(option.type, click.Choice):
        return f"{names} {_cell(' '.join(f'`{choice}`' for choice in option.type.choices))}"
    return f"{names} *{_cell(value)}*"


def _cell(text: str) -> str:
    """Text for a cell of a table: click's own words, with what Markdown would take for a mark."""
    text = text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
    return re.sub(r"\[(default|required|x)", r"\\[\1", " ".join(text.split()))


def _prose(text: str) -> str:
    """A help text: paragraphs of click, without its marks for what is not to be wrapped."""
    return inspect.cleandoc(text).replace("\b\n", "").replace("<", "&lt;") + "\n"
