"""``cluster-video VIDEO...``: analyse, group, write report and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from clusterer.cli.consent import ensure_weights
from clusterer.cli.crash import crashed, foreseen
from clusterer.cli.encoder import ABOUT_LOCAL, EncoderName
from clusterer.cli.exit_codes import CRASHED
from clusterer.cli.group import DefaultCommand
from clusterer.cli.mistakes import check_no_folder, check_videos
from clusterer.cli.name import suggestion_lines
from clusterer.cli.paths import Output, result_folders
from clusterer.cli.show import Terminal, outcome_json, summary
from clusterer.cli.types import NUMBER, PATH, Name, Threshold, Time
from clusterer.cli.work import Work
from clusterer.core.config import (
    METRICS,
    AnalysisConfig,
    ClothingConfig,
    ClusteringConfig,
    Config,
    DetectionConfig,
    EncodingConfig,
    VideoConfig,
)
from clusterer.core.errors import ClustererError, ConfigError
from clusterer.faces import detection
from clusterer.gallery.name_people import name_people
from clusterer.gallery.read import read_gallery
from clusterer.people import clustering
from clusterer.pipeline.process import Outcome, process

VIDEO = VideoConfig()
DETECTION = DetectionConfig()
CLUSTERING = ClusteringConfig()
SECTIONS = {
    "Common": ("output", "replace", "threshold", "start", "end", "gallery", "edits"),
    "Grouping": ("method", "metric", "min_faces", "min_quality", "clothing"),
    "Detection": (
        "sample_rate", "detector", "detection_width", "detection_score", "min_face_px", "encoder",
    ),
    "Output": ("quiet", "as_json"),
}  # fmt: skip


@click.command(
    cls=DefaultCommand, sections=SECTIONS, epilog="cluster-video help COMMAND explains a command."
)
@click.argument("videos", nargs=-1, required=True, metavar="VIDEO...", type=PATH)
@click.option(
    "--threshold",
    type=Threshold(),
    help="Largest distance of a face to a person's average, or 'auto': fitted to the episode. "
    "Default: calibrated for encoder and metric; 0.36 for dlib and l2.",
)
@click.option(
    "--metric",
    type=Name(METRICS),
    default=CLUSTERING.metric,
    show_default=True,
    help="Distance between encodings.",
)
@click.option(
    "--method",
    type=Name(clustering.names()),
    default=CLUSTERING.method,
    show_default=True,
    help="How faces are grouped.",
)
@click.option(
    "--min-faces",
    type=int,
    default=CLUSTERING.min_faces,
    show_default=True,
    help="Readable faces that make a person.",
)
@click.option(
    "--min-quality",
    type=NUMBER,
    default=CLUSTERING.min_quality,
    show_default=True,
    help="Quality from which a face counts as readable, 0 to 1.",
)
@click.option(
    "--clothing/--no-clothing",
    default=True,
    show_default=True,
    help="Let what people wear bring home those whose faces cannot be read.",
)
@click.option(
    "--sample-rate",
    type=NUMBER,
    default=VIDEO.sample_rate_hz,
    show_default=True,
    help="Frames looked at per second of video.",
)
@click.option("--start", type=Time(), help="Begin here: seconds, MM:SS or HH:MM:SS.")
@click.option("--end", type=Time(), help="End here: seconds, MM:SS or HH:MM:SS.")
@click.option(
    "--detector",
    type=Name(detection.names()),
    default=DETECTION.detector,
    show_default=True,
    help="How faces are found.",
)
@click.option(
    "--detection-width",
    type=int,
    default=DETECTION.width_px,
    show_default=True,
    help="Pictures are shrunk to this many pixels before faces are looked for.",
)
@click.option(
    "--detection-score",
    type=NUMBER,
    default=DETECTION.min_score,
    show_default=True,
    help="Weakest detection that counts, 0 to 1.",
)
@click.option(
    "--min-face-px",
    type=NUMBER,
    default=DETECTION.min_face_px,
    show_default=True,
    help="Smallest face, height in pixels of the video.",
)
@click.option(
    "--encoder",
    type=EncoderName(),
    metavar=EncoderName.name,
    default=EncodingConfig().encoder,
    show_default=True,
    help=f"How faces become vectors. {ABOUT_LOCAL}",
)
@click.option(
    "-o",
    "--output",
    type=Output(),
    help="Result folder: new, empty, or with a result of this video. Default: <video>.people in "
    "the current folder. With several videos, the folder that holds theirs.",
)
@click.option(
    "--replace",
    is_flag=True,
    help="If the result folder holds the result of another film, remove that. Its corrections are "
    "kept beside it, and so are files that cluster-video did not write.",
)
@click.option(
    "--edits",
    type=PATH,
    metavar="FILE",
    help="Corrections to apply, from a review: edits.json, here or from another machine. "
    "Default: those in the result folder.",
)
@click.option(
    "--gallery",
    type=PATH,
    metavar="DIR",
    help="Name the people by photographs: a folder for each person, named after them.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.help_option("-h", "--help", help="Show this and exit.")
def run(videos: tuple[Path, ...], **flags: Any) -> int:
    """Find out who appears when in VIDEO, and write a contact sheet and tables.

    The result goes to <video>.people: report.html to look at, people.csv, appearances.csv and
    faces.csv to work with. Run it again with another threshold, metric or method: the video is not
    opened a second time.
    """
    _check(videos)
    folders = result_folders(videos, flags["output"])
    if flags["edits"] is not None and len(folders) > 1:
        raise ConfigError("--edits belongs to one video", "Run the videos one by one")
    config = _config(flags)
    ensure_weights(config.analysis, flags["quiet"])
    known = None if flags["gallery"] is None else read_gallery(flags["gallery"], config)
    terminal = Terminal(quiet=flags["quiet"] or flags["as_json"])
    outcomes: list[Outcome] = []
    failed = 0
    for video, folder in folders.items():
        try:
            check_no_folder(video)
            with terminal.watching(video) as hook:
                outcome = process(
                    video, config, folder, hook, flags["edits"], replace=flags["replace"]
                )
            naming = None if known is None else name_people(folder, known)
        except Exception as error:
            if len(folders) == 1:
                raise
            failed = max(failed, _passed_by(video, error))
            continue
        outcome = outcome if naming is None else replace(outcome, result=naming.result)
        outcomes.append(outcome)
        if not terminal.quiet:
            click.echo(summary(outcome))
        if known is not None and naming is not None and not terminal.quiet:
            click.echo("\n".join(suggestion_lines(naming.suggestions, known)))
    if flags["as_json"]:
        click.echo(outcome_json(outcomes))
    return failed


def _check(videos: Sequence[Path]) -> None:
    """Raise ConfigError, before anything is looked at, where a name is none of a video."""
    context = click.get_current_context()
    options = [name for each in context.command.get_params(context) for name in each.opts]
    group = context.parent.command if context.parent else None
    check_videos(videos, options, list(group.commands) if isinstance(group, click.Group) else [])


def _passed_by(video: Path, error: Exception) -> int:
    """Say why there is no result of one of several videos; the exit code."""
    work = click.get_current_context().find_object(Work) or Work()
    if work.interrupted:
        raise error
    work.subject = video.name
    if isinstance(error, ClustererError):
        click.echo(foreseen(error), err=True)
        return 1
    click.echo(crashed(error, work), err=True)
    return CRASHED


def _config(flags: dict[str, Any]) -> Config:
    return Config(
        analysis=AnalysisConfig(
            video=VideoConfig(
                sample_rate_hz=flags["sample_rate"], start_s=flags["start"], end_s=flags["end"]
            ),
            detection=DetectionConfig(
                detector=flags["detector"],
                width_px=flags["detection_width"],
                min_score=flags["detection_score"],
                min_face_px=flags["min_face_px"],
            ),
            encoding=EncodingConfig(encoder=flags["encoder"]),
        ),
        clustering=ClusteringConfig(
            method=flags["method"],
            metric=flags["metric"],
            threshold=flags["threshold"],
            min_faces=flags["min_faces"],
            min_quality=flags["min_quality"],
            clothing=ClothingConfig(enabled=flags["clothing"]),
        ),
    )
