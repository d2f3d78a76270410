"""``cluster-video evaluate RESULT... --truth FILE...``: measure how good a result is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusterer.cli import options
from clusterer.cli.group import DefaultCommand, DefaultGroup
from clusterer.cli.types import NUMBER, PATH, RESULT
from clusterer.cli.verification import verification
from clusterer.core.errors import ConfigError
from clusterer.core.text import visible

if TYPE_CHECKING:
    from rich.table import Table

    from clusterer.evaluation import Evaluation

MIN_IOU = 0.3
TABLE_WIDTH = 100
"""Width of the table, unless it is printed on a terminal."""

PEOPLE = "people"
"""Stands for ``people_found`` and ``people_true`` in one column."""

TABLES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Faces",
        (
            ("Faces\nfound", "face_recall"),
            ("Boxes\nright", "box_precision"),
            ("Left\nunknown", "unknown_share"),
        ),
    ),
    (
        "Tracks",
        (
            ("\nPurity", "track_purity"),
            ("Complete-\nness", "track_completeness"),
            ("ID\nswitches", "id_switches"),
            ("\nIDF1", "track_idf1"),
            ("Mostly\ntracked", "mostly_tracked"),
            ("Mostly\nlost", "mostly_lost"),
        ),
    ),
    (
        "People",
        (
            ("Assigned\nB³ prec.", "assigned_b_cubed_precision"),
            ("B³\nprecision", "b_cubed_precision"),
            ("B³\nrecall", "b_cubed_recall"),
            ("B³\nF", "b_cubed_f"),
            ("\nIDF1", "idf1"),
            ("People\nfound/true", PEOPLE),
            ("\nClicks", "clicks"),
        ),
    ),
    (
        "People, by face",
        (
            ("\nNMI", "nmi"),
            ("\nWCP", "wcp"),
            ("Character\nprecision", "character_precision"),
            ("Character\nrecall", "character_recall"),
        ),
    ),
    (
        "People, by track",
        (
            ("\nNMI", "track_nmi"),
            ("\nWCP", "track_wcp"),
            ("Character\nprecision", "track_character_precision"),
            ("Character\nrecall", "track_character_recall"),
        ),
    ),
)
"""Tables that are printed: title, and heading and score of each column."""


@click.group(
    cls=DefaultGroup,
    default="result-folder",
    usage="[OPTIONS] RESULT...",
    no_args_is_help=True,
)
def evaluate() -> None:
    """Measure how good a result is, against labelled faces."""


evaluate.add_command(verification)


@evaluate.command("result-folder", cls=DefaultCommand, hidden=True)
@click.argument("results", nargs=-1, required=True, metavar="RESULT...", type=RESULT)
@click.option(
    "--truth",
    "truths",
    multiple=True,
    type=PATH,
    metavar="FILE",
    help="Labelled faces, NAME.truth.csv; once for each result, in the same order.",
)
@click.option(
    "--ignore",
    "ignores",
    multiple=True,
    type=PATH,
    metavar="FILE",
    help="Boxes in which detections are not counted; once for each result. "
    "Default: NAME.ignore.csv beside each truth.",
)
@click.option(
    "--min-iou",
    type=NUMBER,
    default=MIN_IOU,
    show_default=True,
    help="Overlap at which a detected box matches a labelled face, above 0 to 1.",
)
@options.output(
    "Folder for evaluation.html and evaluation.json. Default: the RESULT folder. With several "
    "results, each gets a subfolder called by the name of its clip."
)
@options.as_json("all figures")
def result_folder(
    *,
    results: tuple[Path, ...],
    truths: tuple[Path, ...],
    ignores: tuple[Path, ...],
    min_iou: float,
    output: Path | None,
    as_json: bool,
) -> None:
    """Measure how good RESULT is, a folder that cluster-video wrote.

    evaluation.html shows the figures, the confusion of people, and the pictures of every mistake;
    evaluation.json has all figures. Several results are measured one by one and together.

    "cluster-video evaluate verification" measures the encoder: same person or not, pair by pair.
    """
    from clusterer import evaluation
    from clusterer.store.folder import ResultFolder
    from clusterer.store.output import write_output

    _check(results, truths, ignores, min_iou)
    evaluations = []
    folders = [ResultFolder(result) for result in results]
    for i, (folder, truth) in enumerate(zip(folders, truths, strict=True)):
        labelled = evaluation.read_truth(truth, ignores[i] if ignores else None)
        evaluations.append(evaluation.evaluate(folder.load(), labelled, min_iou))
    pages = []
    for folder, target, each in zip(
        folders, _targets(results, evaluations, output), evaluations, strict=True
    ):
        pages.append(evaluation.save(each, target, folder.picture))
    figures = evaluation.to_json(evaluations)
    if output is not None and len(evaluations) > 1:
        write_output(output, {"evaluation.json": figures})
    if as_json:
        click.echo(figures, nl=False)
        return
    _print(evaluations)
    for page in pages:
        click.echo(f"Page: {visible(page)}")


def _check(
    results: Sequence[Path], truths: Sequence[Path], ignores: Sequence[Path], min_iou: float
) -> None:
    """Raise ConfigError if the flags contradict each other."""
    for name, files in (("--truth", truths), ("--ignore", ignores)):
        if len(files) != len(results) and (files or name == "--truth"):
            times = f"{name} is given {_count(len(files), 'time')}"
            raise ConfigError(
                f"{_count(len(results), 'result')}, but {times}",
                f"Give {name} once for each result, in the same order",
            )
    if not 0.0 < min_iou <= 1.0:
        raise ConfigError(f"overlap is {min_iou:g}", "It must lie above 0, up to 1")


def _count(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"


def _targets(
    results: Sequence[Path], evaluations: Sequence[Evaluation], output: Path | None
) -> list[Path]:
    """Folder of each page; no two share one."""
    if output is None:
        targets = list(results)
    elif len(results) == 1:
        targets = [output]
    else:
        targets = [output / each.name for each in evaluations]
    if len({target.resolve() for target in targets}) < len(targets):
        raise ConfigError(
            "two pages would be written to one file",
            "Evaluate one by one, each with a different --output",
        )
    return targets


def _print(evaluations: Sequence[Evaluation]) -> None:
    """Print the tables: a row for each clip, and one for all together."""
    from rich.console import Console

    from clusterer import evaluation

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = TABLE_WIDTH
    rows = [(each.name, each.scores.ratios()) for each in evaluations]
    if len(rows) > 1:
        rows.append(("All together", evaluation.pooled(evaluations)))
    for title, columns in TABLES:
        console.print(_table(title, columns, rows))
        console.print()


def _table(
    title: str,
    columns: Sequence[tuple[str, str]],
    rows: Sequence[tuple[str, Mapping[str, float | int]]],
) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(f"{title}\nClip", overflow="fold")
    for heading, _ in columns:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, ratios in rows:
        cells = (_cell(key, ratios) for _, key in columns)
        table.add_row(visible(name).replace("[", r"\["), *cells)
    return table


def _cell(key: str, ratios: Mapping[str, float | int]) -> str:
    if key == PEOPLE:
        return f"{ratios['people_found']}/{ratios['people_true']}"
    value = ratios[key]
    return f"{value:.3f}" if isinstance(value, float) else str(value)
