"""Files of an export, with what makes the next one the same: film, format and choice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from clusterer.core.types import ClusteringResult
from clusterer.outputs.export.base import create
from clusterer.outputs.export.choose import EVERYTHING, Choice, choose, named
from clusterer.outputs.export.label import label
from clusterer.outputs.export.timeline import Timeline
from clusterer.store.exported import Batch

if TYPE_CHECKING:
    from clusterer.core.types import VideoInfo


def batches(
    result: ClusteringResult, wanted: Iterable[str], choice: Choice = EVERYTHING
) -> tuple[Timeline, list[Batch]]:
    """Choose what to export, and write it in some formats.

    Parameters
    ----------
    result
    wanted
        Names of formats.
    choice

    Raises
    ------
    ConfigError
        As of `choose`, there is no such format, or one cannot express this.
    DependencyError
        A format needs a library that is not installed.
    """
    timeline = choose(result, choice)
    which = by_ids(choice, (who.id for who in named(result.people, choice.people)))
    return timeline, [
        Batch(
            key("result", timeline.film, result.analysis.video, name, which),
            create(name).files(timeline),
        )
        for name in dict.fromkeys(wanted)
    ]


def by_ids(choice: Choice, ids: Iterable[str]) -> str:
    """People, part and togetherness: as `label`, but the same after a person is renamed."""
    return label(choice, sorted(ids))


def key(source: str, stem: str, video: VideoInfo, form: str, which: str) -> tuple[str, ...]:
    """What two exports have in common of which the later replaces the earlier.

    Parameters
    ----------
    source
        What kind of people the ids of `which` are of.
    stem
        What the names of the film's files begin with, without a label.
    video
        Tells films of one name apart, by their length, size and clock.
    form
        Name of the format.
    which
        From `by_ids`.
    """
    return source, stem, repr(replace(video, path="")), form, which
