"""``cluster-video evaluate verification PAIRS``: same person or not, pair by pair."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from clusterer.cli.consent import ensure_weights
from clusterer.cli.encoder import ABOUT_LOCAL, EncoderName
from clusterer.cli.group import Command
from clusterer.cli.paths import Output
from clusterer.cli.types import PATH, Name
from clusterer.core.config import METRICS, AnalysisConfig, ClusteringConfig, EncodingConfig
from clusterer.core.files import is_folder
from clusterer.core.text import printable, visible
from clusterer.evaluation import (
    VerificationReport,
    judge,
    match,
    photograph_pairs,
    read_pairs,
    read_truth,
    verify,
)
from clusterer.evaluation.verification_report import HTML, JSON
from clusterer.faces import encoding
from clusterer.gallery.photographs import encode_photographs
from clusterer.store.folder import load
from clusterer.store.output import write_output


@click.command(cls=Command)
@click.argument("source", metavar="PAIRS|RESULT", type=PATH)
@click.option(
    "--images",
    type=PATH,
    help="Folder of the photographs. Default: the folder of PAIRS.",
)
@click.option("--truth", type=PATH, help="Labelled faces of the video of RESULT.")
@click.option(
    "--metric",
    type=Name(METRICS),
    default=ClusteringConfig().metric,
    show_default=True,
    help="Distance between encodings.",
)
@click.option(
    "--encoder",
    type=EncoderName(),
    help=f"How the faces of PAIRS become vectors. {ABOUT_LOCAL} "
    f"Default: {EncodingConfig().encoder}.",
)
@click.option(
    "-o",
    "--output",
    type=Output(),
    help="Folder for verification.html and verification.json. Default: the RESULT folder; "
    "for PAIRS none is written.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.help_option("-h", "--help", help="Show this and exit.")
def verification(
    *,
    source: Path,
    images: Path | None,
    truth: Path | None,
    metric: str,
    encoder: str | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Tell how well distances tell one person from two.

    PAIRS lists pairs of photographs: a CSV file with the columns first, second, same (1 or 0), or
    the pairs.txt of Labeled Faces in the Wild. Of each photograph, the face nearest to its middle
    is compared. RESULT is the result folder of a video: its tracks, and its single faces, are
    compared, and --truth says who they are.
    """
    if is_folder(source):
        if truth is None or images is not None or encoder is not None:
            raise click.UsageError(
                "A result folder needs --truth, and takes neither --images nor --encoder."
            )
        report = _of_result(source, truth, metric)
        output = output or source
    else:
        if truth is not None:
            raise click.UsageError("--truth belongs to a result folder, not to a list of pairs.")
        report = _of_pairs(source, images, metric, encoder or EncodingConfig().encoder)
    page = _write(report, output) if output is not None else None
    if as_json:
        click.echo(report.to_json(), nl=False)
        return
    click.echo(report.text())
    if page is not None:
        click.echo(f"Page: {visible(page)}")


def _of_pairs(path: Path, images: Path | None, metric: str, encoder: str) -> VerificationReport:
    threshold = encoding.default_threshold(encoder, metric)
    listed = read_pairs(path, images)
    config = replace(AnalysisConfig(), encoding=EncodingConfig(encoder=encoder))
    ensure_weights(config)
    with _encoding() as progress:
        found = encode_photographs(listed.photographs, config, progress)
    pairs = photograph_pairs(listed, found.embeddings, found.has_face, metric)
    faceless = zip(listed.photographs, found.has_face.tolist(), strict=True)
    return VerificationReport(
        name=printable(path.name),
        encoder=encoder,
        metric=metric,
        threshold=threshold,
        sets=(judge(pairs, threshold),),
        photographs=len(listed.photographs),
        without_face=tuple(str(photograph) for photograph, has_face in faceless if not has_face),
    )


def _of_result(folder: Path, truth: Path, metric: str) -> VerificationReport:
    labelled = read_truth(truth)
    result = load(folder)
    encoder = result.config.analysis.encoding
    threshold = encoding.default_threshold(encoder, metric)
    return VerificationReport(
        name=printable(Path(result.analysis.video.path).name),
        encoder=encoder.encoder,
        metric=metric,
        threshold=threshold,
        sets=verify(result, match(labelled, result.analysis), metric, threshold),
    )


def _write(report: VerificationReport, folder: Path) -> Path:
    """Page and figures, both or none."""
    write_output(folder, {JSON: report.to_json(), HTML: report.page()})
    return folder / HTML


@contextmanager
def _encoding() -> Iterator[Callable[[int, int], None]]:
    """A bar with the time left, on a terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
    )
    shown = console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=not shown) as progress:
        task = progress.add_task("Photographs", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
