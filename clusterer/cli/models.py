"""``cluster-video models``: the networks, their licences, and where they are; ``download NAME``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from clusterer import detection, encoding
from clusterer.downloads import Download
from clusterer.errors import ConfigError, ModelError
from clusterer.own import OwnFile
from clusterer.plugins import AnyFile, Entry
from clusterer.weights import Weights

REGISTRIES: dict[str, Mapping[str, Entry]] = {
    "detector": detection.DETECTORS,
    "encoder": encoding.ENCODERS,
}
DOWNLOADS = {
    name: file
    for registry in REGISTRIES.values()
    for name, entry in registry.items()
    for file in entry.files
    if isinstance(file, Download)
}
"""Name → what can be downloaded for it."""

HEADINGS = ("", "kind", "size", "licence", "from", "there")


@click.group(invoke_without_command=True)
@click.pass_context
def models(context: click.Context) -> None:
    """List detectors and encoders: size, licence, origin, whether they are there."""
    if context.invoked_subcommand is not None:
        return
    rows = [HEADINGS, *_rows()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())


@models.command()
@click.argument("name", metavar="NAME")
@click.option(
    "--accept-licence",
    is_flag=True,
    help="Accept the licence of weights that are not free for every use.",
)
def download(name: str, accept_licence: bool) -> None:
    """Download the weights of a detector or encoder into your cache folder."""
    if name not in DOWNLOADS:
        raise ConfigError(f"there is nothing to download for {name!r}", f"Known: {_known()}")
    file = DOWNLOADS[name]
    click.echo(f"{file.name}, {file.size_bytes / 1e6:.1f} MB, licence: {file.licence}", err=True)
    click.echo(file.fetch(accept_licence))


def _known() -> str:
    return ", ".join(sorted(DOWNLOADS))


def _rows() -> Iterator[tuple[str, ...]]:
    for kind, registry in REGISTRIES.items():
        for name, entry in sorted(registry.items()):
            if not entry.files:
                yield name, kind, "-", entry.licence, f"package {entry.package}", "yes"
            for file in entry.files:
                yield name, kind, *_facts(file)


def _facts(file: AnyFile) -> tuple[str, str, str, str]:
    """Size, licence, origin, whether it is there."""
    try:
        size, there = f"{file.find().stat().st_size / 1e6:.1f} MB", "yes"
    except ModelError:
        size, there = "?", "no"
    if isinstance(file, Weights):
        return size, file.licence, f"package {file.package}", there
    if isinstance(file, OwnFile):
        return size, file.licence, "a file that you make", there
    tried = "" if file.tried else " (address not tried yet)"
    return f"{file.size_bytes / 1e6:.1f} MB", file.licence, f"{file.url}{tried}", there
