"""Sources of the clips of a sweep: a video or a result folder, and its truth file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clusterer.core.config import AnalysisConfig
from clusterer.core.errors import ConfigError, OtherFilmError, ResultError, TruthError
from clusterer.core.files import is_file
from clusterer.core.folders import is_folder
from clusterer.core.hook import Hook
from clusterer.core.text import printable
from clusterer.evaluation import match, read_truth
from clusterer.pipeline.analyse import analyse
from clusterer.store.analysis_cache import load_analysis
from clusterer.store.commit import place_of
from clusterer.store.names import ANALYSIS, ENDING, default_folder
from clusterer.tuning.sweep import Clip

TRUTH = ".truth.csv"


@dataclass(frozen=True, slots=True)
class Source:
    """Files of one clip.

    Attributes
    ----------
    path : a video, or a result folder
    truth : its labelled faces
    folder : holds the analysis; that of a video is also written there
    """

    path: Path
    truth: Path
    folder: Path

    @property
    def name(self) -> str:
        """Name of the clip: the video without suffix, or the folder without ``.people``."""
        return printable(_stem(self.path))


def sources(
    paths: Sequence[Path], truths: Sequence[Path] = (), cache: Path | None = None
) -> tuple[Source, ...]:
    """Find the files of each clip.

    Parameters
    ----------
    paths
        Videos and result folders.
    truths
        One per clip, in the same order; empty = ``NAME.truth.csv`` beside each clip.
    cache
        Parent of the result folders of videos; None = the current folder.

    Returns
    -------
    tuple, one per path

    Raises
    ------
    ConfigError
        The numbers of truth files and clips differ, or two clips have one name.
    TruthError
        A clip has no truth file beside it.
    """
    if truths and len(truths) != len(paths):
        raise ConfigError(
            f"{len(paths)} clips, but {len(truths)} truth files",
            "Give one --truth per clip, in the same order, or none",
        )
    names = [_stem(path) for path in paths]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ConfigError(
            f"two of the clips are named {doubled[0]!r}", "Rename one: tables call clips by name"
        )
    found = []
    for i, path in enumerate(paths):
        folder = path if is_folder(path) else (cache or Path()) / default_folder(path)
        found.append(Source(path, truths[i] if truths else _beside(path), folder))
    return tuple(found)


def _stem(path: Path) -> str:
    name = path.resolve().name
    return name.removesuffix(ENDING) if is_folder(path) else path.stem


def _beside(path: Path) -> Path:
    truth = path.resolve().parent / f"{_stem(path)}{TRUTH}"
    if not is_file(truth):
        raise TruthError(f"There is no {truth.name} beside {path}", "Name the file with --truth")
    return path.parent / truth.name if path.name else truth


def load(source: Source, hook: Hook | None = None) -> Clip:
    """Read or make the analysis of a clip, and match it with its truth.

    Parameters
    ----------
    source
        A video is analysed at the default settings, unless such an analysis is stored; a result
        folder's analysis is used as it is.
    hook
        Receives the progress of an analysis.

    Raises
    ------
    TruthError
        The truth file cannot be read.
    ResultError
        The folder has no analysis, a damaged one, or one of another film.
    VideoError, ModelError, DependencyError
        As `clusterer.analyse`.
    """
    truth = read_truth(source.truth)
    if not is_folder(source.path):
        try:
            analysis = analyse(source.path, AnalysisConfig(), source.folder, hook)
        except ResultError as error:  # `--output` means another folder here
            remedy = error.remedy.replace("--output", "--cache")
            other = isinstance(error, OtherFilmError)
            raise type(error)(
                error.cause, "Name another folder with --cache" if other else remedy
            ) from None
    elif is_file(place_of(source.folder, ANALYSIS)):
        analysis, _ = load_analysis(source.folder)
    else:
        raise ResultError(
            f"{source.path} holds no {ANALYSIS}", "Give a video, or the folder of a result"
        )
    return Clip(source.name, analysis, match(truth, analysis))
