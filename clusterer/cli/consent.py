"""Ask on a terminal, before any work, whether to download missing weights."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from clusterer.cli.exit_codes import INTERRUPTED
from clusterer.core.config import AUTO, AnalysisConfig
from clusterer.core.errors import ModelError, ResultError
from clusterer.core.files import is_file, write_atomic
from clusterer.core.folders import make_folder
from clusterer.core.text import megabytes
from clusterer.faces import alignment, detection, encoding
from clusterer.models.cache import cache_folder
from clusterer.models.download import Download

DECLINED = "declined"
"""Folder in the cache with an empty file for each encoder whose download was declined."""

NOTICED = "noticed"
"""Empty file in the cache: the notice has been shown on this machine."""
NOTICE = """\
Faces are biometric data. Result folders hold pictures and vectors of them, which only you can read;
nothing leaves this machine. To delete them: cluster-video purge FOLDER. To store none:
--no-biometrics. (This is shown once.)"""


def ensure_weights(config: AnalysisConfig, quiet: bool = False) -> None:
    """Offer to download missing weights of a detector, an encoder and its alignment.

    Parameters
    ----------
    config
        Settings with the detector and the encoder.
    quiet
        Do not ask.

    Raises
    ------
    ModelError
        They are missing and the user declines or there is no terminal, or the download failed.
    ConfigError
        There is no such detector or encoder.
    """
    if config.encoding.encoder == AUTO:
        _offer_best(quiet)
    encoder = encoding.actual(config.encoding.encoder)
    aligned = encoding.alignment(encoder)
    weights = {
        f"detector {config.detection.detector}": detection.weights(config.detection.detector),
        f"encoder {encoder}": encoding.weights(encoder),
        f"alignment {aligned}": alignment.weights(aligned),
    }
    missing = [
        (part, file)
        for part, files in weights.items()
        for file in files
        if isinstance(file, Download) and not is_there(file)
    ]
    if not missing:
        return
    if quiet or not _is_on_terminal() or not _agrees(missing):
        missing[0][1].find()  # raises the error that names both ways
    for _, file in missing:
        fetch(file, accept_licence=True)


def tell_once(*, quiet: bool) -> None:
    """Say once on this machine what is biometric, where it lies, and how it is deleted.

    Only on a terminal. Where the cache cannot be written to, it is said each time.
    """
    noticed = cache_folder() / NOTICED
    if quiet or not _is_on_terminal() or is_file(noticed):
        return
    click.echo(NOTICE, err=True)
    with suppress(ResultError):
        make_folder(noticed.parent)
        write_atomic(noticed, b"")


def better_encoder() -> str:
    """The best encoder that ``auto`` can stand for, if it is not on this machine; else empty."""
    best = encoding.BEST[0]
    return "" if encoding.actual(AUTO) == best else best


def _offer_best(quiet: bool) -> None:
    """Offer once to download the best encoder for ``auto``; whatever the answer, the run goes on.

    Never without a terminal. A no is remembered in the cache folder.
    """
    best = better_encoder()
    declined = cache_folder() / DECLINED / best
    if not best or quiet or not _is_on_terminal() or is_file(declined):
        return
    missing = [
        (f"encoder {best}, which sees small faces best,", file)
        for file in encoding.weights(best)
        if isinstance(file, Download) and not is_there(file)
    ]
    if not _agrees(missing):
        with suppress(ResultError):
            make_folder(declined.parent)
            write_atomic(declined, b"")
        return
    try:
        for _, file in missing:
            fetch(file, accept_licence=False)
    except ModelError as error:
        click.echo(f"Note: {error.cause}. This run goes on without it.", err=True)


def _is_on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def is_there(file: Download) -> bool:
    """Whether the file is on this machine."""
    try:
        file.find()
    except ModelError:
        return False
    return True


def fetch(file: Download, accept_licence: bool) -> Path:
    """Download with a bar on a terminal; Ctrl-C exits and keeps the partial file.

    Parameters
    ----------
    file
    accept_licence
        As for `Download.fetch`; the errors are the same.
    """
    from clusterer.cli.progress import bar

    with (
        _ending("Interrupted. Run the same command to resume the download."),
        bar(file.name, "bytes") as progress,
    ):
        progress(0, file.size_bytes)
        return file.fetch(accept_licence, lambda done, _total: progress(done, file.size_bytes))


def described(file: Download) -> str:
    """Name, size and licence, to read before a download."""
    return f"{file.name}, {megabytes(file.size_bytes)}, licence: {file.licence}"


def _agrees(missing: list[tuple[str, Download]]) -> bool:
    """Ask once for all files, on stderr: stdout is for output."""
    users = " and ".join(dict.fromkeys(part for part, _ in missing))
    lines = [f"Weights of the {users} are not on this machine:"]
    for _, file in missing:
        lines += [f"  {described(file)}", f"  {file.url}{'' if file.tried else UNTRIED}"]
    question = "Download?"
    if any(file.needs_consent for _, file in missing):
        question = "Accept the licence and download?"
    click.echo("\n".join(lines), err=True)
    click.echo(f"{question} [y/N] ", nl=False, err=True)
    with _ending("\nInterrupted."):
        answer = sys.stdin.readline()
    return answer.strip().casefold() in {"y", "yes"}


UNTRIED = " (address not tried yet)"


@contextmanager
def _ending(text: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        click.echo(text, err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
