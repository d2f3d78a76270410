"""``cluster-video VIDEO...``: analyse, group, write report and tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import click

from clusterer import clustering, detection
from clusterer.cli.consent import ensure_weights
from clusterer.cli.encoder import ABOUT_OWN, EncoderName
from clusterer.cli.name import told_lines
from clusterer.cli.paths import Output, result_folders
from clusterer.cli.show import Terminal, outcome_json, summary
from clusterer.config import (
    AUTO,
    METRICS,
    AnalysisConfig,
    ClothingConfig,
    ClusteringConfig,
    Config,
    DetectionConfig,
    EncodingConfig,
    VideoConfig,
)
from clusterer.errors import ClustererError, ConfigError
from clusterer.pipeline import Outcome, name_people, process, read_gallery
from clusterer.timecode import parse_time_s


class Time(click.ParamType[float]):
    """Seconds, or ``MM:SS``, or ``HH:MM:SS``."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Parse, or fail with one line."""
        try:
            return value if isinstance(value, float) else parse_time_s(str(value))
        except ConfigError as error:
            self.fail(str(error), param, ctx)


class Threshold(click.ParamType["float | Literal['auto']"]):
    """A number, or ``auto``."""

    name = "number|auto"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | Literal["auto"]:
        """Parse, or fail with one line."""
        if value == AUTO:
            return AUTO
        try:
            return float(value)
        except ValueError:
            self.fail(f"{value!r} is neither a number nor {AUTO!r}.", param, ctx)


VIDEO = VideoConfig()
DETECTION = DetectionConfig()
CLUSTERING = ClusteringConfig()


@click.command()
@click.argument(
    "videos", nargs=-1, required=True, metavar="VIDEO...", type=click.Path(path_type=Path)
)
@click.option(
    "--threshold",
    type=Threshold(),
    help="Largest distance of a face to a person's average, or 'auto': fitted to the episode. "
    "Default: calibrated for encoder and metric; 0.36 for dlib and l2.",
)
@click.option(
    "--metric",
    type=click.Choice(METRICS),
    default=CLUSTERING.metric,
    show_default=True,
    help="Distance between encodings.",
)
@click.option(
    "--method",
    type=click.Choice(clustering.names()),
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
    type=float,
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
    type=float,
    default=VIDEO.sample_rate_hz,
    show_default=True,
    help="Frames looked at per second of video.",
)
@click.option("--start", type=Time(), help="Begin here: seconds, MM:SS or HH:MM:SS.")
@click.option("--end", type=Time(), help="End here: seconds, MM:SS or HH:MM:SS.")
@click.option(
    "--detector",
    type=click.Choice(detection.names()),
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
    type=float,
    default=DETECTION.min_score,
    show_default=True,
    help="Weakest detection that counts, 0 to 1.",
)
@click.option(
    "--min-face-px",
    type=float,
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
    help=f"How faces become vectors. {ABOUT_OWN}",
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
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Corrections to apply, from a review: edits.json, here or from another machine. "
    "Default: those in the result folder.",
)
@click.option(
    "--gallery",
    type=click.Path(path_type=Path),
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
            with terminal.watching(video) as hook:
                outcome = process(
                    video, config, folder, hook, flags["edits"], replace=flags["replace"]
                )
            naming = None if known is None else name_people(folder, known)
        except ClustererError as error:
            if len(folders) == 1:
                raise
            click.echo(f"Error: {error}", err=True)
            failed = 1
            continue
        outcome = outcome if naming is None else replace(outcome, result=naming.result)
        outcomes.append(outcome)
        if not terminal.quiet:
            click.echo(summary(outcome))
        if known is not None and naming is not None and not terminal.quiet:
            click.echo("\n".join(told_lines(naming.told, known)))
    if flags["as_json"]:
        click.echo(outcome_json(outcomes))
    return failed


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
