"""``cluster-video evaluate verification PAIRS``: same person or not, pair by pair."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusterer.cli import options
from clusterer.cli.group import Command
from clusterer.cli.settings import ABOUT_LOCAL, ENCODING, AnalysisFlags, GroupingFlags
from clusterer.cli.types import PATH
from clusterer.core.config import AnalysisConfig, EncodingConfig
from clusterer.core.folders import is_folder
from clusterer.core.text import printable, visible
from clusterer.faces import encoding

if TYPE_CHECKING:
    from clusterer.evaluation import VerificationReport


@click.command(cls=Command, short_help="Measure an encoder: same person or not, pair by pair.")
@click.argument("source", metavar="PAIRS|RESULT", type=PATH)
@click.option(
    "--images", type=PATH, help="Folder of the photographs. Default: the folder of PAIRS."
)
@click.option("--truth", type=PATH, help="Labelled faces of the video of RESULT.")
@options.takes_one(GroupingFlags, "metric")
@options.takes_one(
    AnalysisFlags,
    "encoder",
    default=None,
    help=f"Encoder for the faces of PAIRS. {ABOUT_LOCAL} Default: {ENCODING.encoder}.",
)
@options.output(
    "Folder for verification.html and verification.json. Default: the RESULT folder; for PAIRS, "
    "no files are written."
)
@options.as_json("the figures")
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
    """Measure how well an encoder's distances separate people.

    PAIRS lists pairs of photographs: a CSV file with the columns first, second, same (1 or 0), or
    the pairs.txt of Labeled Faces in the Wild. In each photograph, the face nearest to the centre
    is compared. RESULT is the result folder of a video, whose tracks and single faces are
    compared; --truth names the people.
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
            raise click.UsageError("--truth needs a result folder, not a list of pairs.")
        report = _of_pairs(source, images, metric, encoder or ENCODING.encoder)
    page = _write(report, output) if output is not None else None
    if as_json:
        click.echo(report.to_json(), nl=False)
        return
    click.echo(report.text())
    if page is not None:
        click.echo(f"Page: {visible(page)}")


def _of_pairs(path: Path, images: Path | None, metric: str, encoder: str) -> VerificationReport:
    from clusterer.cli.consent import ensure_weights
    from clusterer.cli.progress import bar
    from clusterer.evaluation import VerificationReport, judge, photograph_pairs, read_pairs
    from clusterer.gallery import encode_photographs

    listed = read_pairs(path, images)
    config = replace(AnalysisConfig(), encoding=EncodingConfig(encoder=encoder))
    encoding.default_threshold(encoder, metric)  # an unknown encoder fails before a download
    ensure_weights(config)
    encoder = encoding.actual(encoder)
    threshold = encoding.default_threshold(encoder, metric)
    with bar("Photographs", "count") as progress:
        encoded = encode_photographs(listed.photographs, config, progress)
    pairs = photograph_pairs(listed, encoded.embeddings, encoded.has_face, metric)
    has_face = zip(listed.photographs, encoded.has_face.tolist(), strict=True)
    return VerificationReport(
        name=printable(path.name),
        encoder=encoder,
        metric=metric,
        threshold=threshold,
        sets=(judge(pairs, threshold),),
        photographs=len(listed.photographs),
        without_face=tuple(str(photograph) for photograph, found in has_face if not found),
    )


def _of_result(folder: Path, truth: Path, metric: str) -> VerificationReport:
    from clusterer.evaluation import VerificationReport, match, read_truth, verify
    from clusterer.store.folder import load

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
    """Write page and figures, both or none."""
    from clusterer.evaluation.verification_report import HTML, JSON
    from clusterer.store.output import write_output

    write_output(folder, {JSON: report.to_json(), HTML: report.page()})
    return folder / HTML
