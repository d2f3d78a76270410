"""``cluster-video models``: the networks, their licences, and where they are; ``download NAME``.

Plug-ins of other packages are listed too, of whatever kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten
from typing import Any
from urllib.parse import urlsplit

import click

from clusterer.cli.columns import echo_columns
from clusterer.cli.consent import UNTRIED, described, fetch
from clusterer.cli.group import Group
from clusterer.core.config import DetectionConfig, EncodingConfig
from clusterer.core.errors import ConfigError, DependencyError, ModelError
from clusterer.core.text import megabytes
from clusterer.faces import alignment, detection, encoding
from clusterer.models.bundled import Weights
from clusterer.models.download import Download
from clusterer.models.local import LocalFile
from clusterer.models.plug_in import Code
from clusterer.models.registry import AnyFile, Entry, Registry
from clusterer.outputs import export
from clusterer.people import clustering

NETWORKS: tuple[Registry[Any], ...] = (detection.DETECTORS, encoding.ENCODERS)
REGISTRIES = (*NETWORKS, alignment.ALIGNMENTS, clustering.METHODS, export.FORMATS)
"""Those beside `NETWORKS` list their plug-ins only."""

HEADINGS = ("", "kind", "size", "licence", "recall/F", "ms", "from", "present")
NUMBERS = {HEADINGS.index(heading) for heading in ("size", "recall/F", "ms")}
"""Columns aligned to the right."""
UNSTATED = "not stated"
"""A licence that a plug-in does not state."""
LICENCE_WIDTH = 18
"""Characters of a licence in the table; `show` has all of it."""
LEGEND = (
    "* the default. recall/F: recall of a detector, B-cubed F with an encoder (sample film)\n"
    "ms: for a frame or a face, on one thread of one machine; others differ"
)


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
def models(context: click.Context) -> None:
    """List detectors and encoders: size, licence, accuracy, speed, and where they are."""
    if context.invoked_subcommand is not None:
        return
    echo_columns([HEADINGS, *_rows()], NUMBERS)
    click.echo(f"\n{LEGEND}")
    for registry in REGISTRIES:
        for problem in registry.problems():
            click.echo(f"Note: {problem}")
    untried = {
        name for _, name, entry in _entries() for file in _downloads(entry) if not file.tried
    }
    if untried:
        names = ", ".join(sorted(untried))
        click.echo(f"Downloads that were never tried, only pinned by sha256: {names}.")
    click.echo("Addresses, hashes and full licences: cluster-video models show NAME")


@models.command(no_args_is_help=True, short_help="Show the details of a network.")
@click.argument("name", metavar="NAME")
def show(name: str) -> None:
    """Show the details of a detector or encoder: address, sha256, licence, where its files are."""
    found = [(kind, entry) for kind, each, entry in _entries() if each == name]
    if not found:
        for registry in REGISTRIES:
            registry.get_plug_in(name)  # raises what is wrong with it
        known = ", ".join(sorted({each for _, each, _ in _entries()}))
        raise ConfigError(f"There is no model named {name!r}", f"Known: {known}")
    for kind, entry in found:
        default = ", the default" if _is_default(kind, name) else ""
        click.echo(f"{name}: {kind}{default}")
        for label, text in (*_measured(kind, entry), *_details(entry)):
            click.echo(f"  {label:<9} {text}")


@models.command(no_args_is_help=True, short_help="Download the weights of a network.")
@click.argument("name", metavar="NAME")
@click.option(
    "--accept-licence",
    is_flag=True,
    help="Accept the licence of weights that restrict their use.",
)
def download(name: str, accept_licence: bool) -> None:
    """Download the weights of a detector or encoder into your cache folder.

    An interrupted download resumes where it stopped. Proxies are taken from https_proxy and the
    like.
    """
    entries = [registry.get(name) for registry in REGISTRIES if name in registry.names()]
    files = [file for entry in entries for file in _downloads(entry)]
    if not files:
        known = ", ".join(sorted({each for _, each, entry in _entries() if _downloads(entry)}))
        raise ConfigError(f"There is nothing to download for {name!r}", f"Known: {known}")
    for file in files:
        click.echo(described(file), err=True)
        click.echo(fetch(file, accept_licence))


def _is_default(kind: str, name: str) -> bool:
    defaults = {
        "detector": DetectionConfig().detector,
        "encoder": encoding.actual(EncodingConfig().encoder),
    }
    return defaults.get(kind) == name


def _entries() -> Iterator[tuple[str, str, Entry]]:
    """Kind, name and entry of what is listed."""
    for registry in REGISTRIES:
        for name, entry in registry.entries().items():
            if registry in NETWORKS or entry.plug_in:
                yield registry.kind, name, entry


def _downloads(entry: Entry) -> list[Download]:
    return [file for file in entry.files if isinstance(file, Download)]


def _rows() -> Iterator[tuple[str, ...]]:
    for kind, name, entry in _entries():
        title = f"{name} *" if _is_default(kind, name) else name
        figures = _figures(entry)
        if not entry.files:
            yield title, kind, "-", _short(entry.licence), *figures, entry.package, "yes"
        for file in entry.files:
            path = _where(file)
            there = "no" if path is None else _checked(file)
            row = _size(file, path), _short(file.licence), *figures, _origin(file), there
            yield title, kind, *row


def _short(licence: str) -> str:
    """A licence without the owner in brackets, who is named in the column "from"."""
    return shorten(licence.partition(" (")[0], LICENCE_WIDTH, placeholder=" …") or UNSTATED


def _figures(entry: Entry) -> tuple[str, str]:
    if entry.measured is None:
        return "-", "-"
    time_ms = entry.measured.time_ms
    return f"{entry.measured.score:.3f}", f"{time_ms:.0f}" if time_ms >= 10 else f"{time_ms:.1f}"


def _measured(kind: str, entry: Entry) -> Iterator[tuple[str, str]]:
    score, time_ms = _figures(entry)
    if entry.summary:
        yield "about", entry.summary
    if entry.plug_in:
        yield "plug-in", f"of the package {entry.plug_in}"
    if entry.measured is None:
        if any(kind == registry.kind for registry in NETWORKS):
            yield "measured", "no"
    elif kind == "detector":
        yield "measured", f"recall {score}, {time_ms} ms a frame, one thread, sample film"
    else:
        yield "measured", f"B-cubed F {score}, {time_ms} ms a face, one thread, sample film"


def _details(entry: Entry) -> Iterator[tuple[str, str]]:
    if not entry.files:
        yield "from", f"package {entry.package}, without a file of weights"
        yield "licence", entry.licence or UNSTATED
    for file in entry.files:
        path = _where(file)
        yield "file", file.name
        yield "size", _size(file, path, exact=True)
        if isinstance(file, Download):
            yield "sha256", file.digest
            yield "from", f"{file.url}{'' if file.tried else UNTRIED}"
        else:
            if path is not None:
                yield "sha256", file.sha256()
            packed = isinstance(file, (Weights, Code))
            yield "from", f"package {_origin(file)}" if packed else _origin(file)
        yield "licence", file.licence or UNSTATED
        yield "path", f"missing. {_remedy(file)}" if path is None else f"{path}{_warning(file)}"


def _origin(file: AnyFile) -> str:
    """Package or server."""
    if isinstance(file, Download):
        host = urlsplit(file.url).hostname or file.url
        return ".".join(host.split(".")[-2:])  # `show` has all of it
    if isinstance(file, Code):
        return file.package
    return "your own export" if isinstance(file, LocalFile) else file.project or file.package


def _where(file: AnyFile) -> Path | None:
    try:
        return file.find()
    except (ModelError, DependencyError):
        return None


def _checked(file: AnyFile) -> str:
    """Whether a file that was found is the right one."""
    try:
        file.load()
    except ModelError:
        return "damaged"
    return "yes"


def _warning(file: AnyFile) -> str:
    return "" if _checked(file) == "yes" else f" (damaged, or changed). {file.remedy}"


def _remedy(file: AnyFile) -> str:
    """How to get a file that is missing."""
    try:
        file.find()
    except (ModelError, DependencyError) as error:
        return error.remedy
    return file.remedy


def _size(file: AnyFile, path: Path | None, exact: bool = False) -> str:
    if path is not None:
        size = path.stat().st_size
    elif isinstance(file, Download):
        size = file.size_bytes
    else:
        return "?"
    return megabytes(size) + (f" ({size:,} bytes)" if exact else "")
