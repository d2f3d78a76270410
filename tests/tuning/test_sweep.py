"""A sweep is nothing but `decide` and `score` at every setting."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clusterer.core.config import METRICS, AnalysisConfig, ClusteringConfig, Config, EncodingConfig
from clusterer.core.errors import ConfigError, ResultError, TruthError
from clusterer.evaluation import Scores, score
from clusterer.faces.encoding import default_threshold
from clusterer.people import clustering
from clusterer.people.decide import assign, basis, decide
from clusterer.tuning import POOLED, Clip, Row, Space, load, sources, sweep, thresholds
from tests.tuning.builder import store


def setting(row: Row) -> Config:
    of_dlib = AnalysisConfig(encoding=EncodingConfig(encoder="dlib"))
    return Config(of_dlib, ClusteringConfig(row.method, row.metric, row.threshold))


def test_labels_are_those_of_decide(films: tuple[Clip, ...], swept: tuple[Row, ...]) -> None:
    several = set()
    for row in swept:
        for clip in films:
            config = setting(row)
            known = basis(clip.analysis, Config())
            labels = assign(known, config.clustering, row.threshold).labels
            assert np.array_equal(labels, decide(clip.analysis, config).labels)
            several.add(labels.tobytes())
    assert len(several) > 5, "the settings do not all give the same"


def test_rows_are_the_scores_of_decide(films: tuple[Clip, ...], swept: tuple[Row, ...]) -> None:
    for row in swept:
        scores = [
            score(clip.matching, decide(clip.analysis, setting(row)).labels)
            for clip in films
            if row.clip in (clip.name, POOLED)
        ]
        assert row.ratios == sum(scores, Scores()).ratios()


def test_every_setting_is_there_once_and_in_order(swept: tuple[Row, ...]) -> None:
    grid = {"l2": [0.2, 0.3, 0.36, 0.5], "cosine": [0.01, 0.03, 0.05, 0.3]}
    assert [(row.method, row.metric, row.threshold, row.clip) for row in swept] == [
        (method, metric, threshold, clip)
        for method in clustering.names()
        for metric in METRICS
        for threshold in grid[metric]
        for clip in ("one", "two", POOLED)
    ]
    assert {row.threshold for row in swept if row.is_default} == {0.36, 0.03}


def test_the_same_twice(films: tuple[Clip, ...], swept: tuple[Row, ...]) -> None:
    assert (
        sweep(films, Space(grid={"l2": [0.5, 0.3, 0.2, 0.2], "cosine": [0.3, 0.05, 0.01]})) == swept
    )


def test_one_method_and_metric(films: tuple[Clip, ...], swept: tuple[Row, ...]) -> None:
    found = sweep(films, Space(["hdbscan"], ["cosine"], {"cosine": [0.01, 0.05, 0.3]}))
    assert found == tuple(r for r in swept if (r.method, r.metric) == ("hdbscan", "cosine"))


def test_progress_reaches_its_end(films: tuple[Clip, ...]) -> None:
    told: list[tuple[int, int]] = []
    space = Space(["incremental"], ["l2"], {"l2": [0.2, 0.3]})
    sweep(films, space, watch=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_clip_in_which_nobody_is_assigned_is_not_precise(films: tuple[Clip, ...]) -> None:
    """B-cubed precision of no face is 1; nobody would look for that."""
    config = Config(clustering=ClusteringConfig(min_faces=1000))
    (first, *_) = sweep(films, Space(["incremental"], ["l2"], {"l2": []}), config)
    assert first.ratios["unknown_share"] == 1
    assert np.isnan(first.assigned_precision)


def test_l2_thresholds() -> None:
    found = thresholds("l2")
    assert found == tuple(i / 100 for i in range(20, 71, 2))
    assert {0.36, 0.44} <= {*found}


def test_cosine_thresholds_are_about_the_squares() -> None:
    found, l2 = thresholds("cosine"), thresholds("l2")
    assert len(found) == len(l2)
    assert default_threshold("dlib", "cosine") in found
    assert all(a < b for a, b in pairwise(found))
    for cosine, distance in zip(found, l2, strict=True):
        assert cosine == pytest.approx(0.03 * (distance / 0.36) ** 2, abs=1e-4)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"methods": ["magic"]}, "no method named 'magic'"),
        ({"metrics": ["l3"]}, "unknown metric 'l3'"),
        ({"grid": {"l2": [3.0]}}, "threshold is 3"),
    ],
)
def test_wrong_settings(films: tuple[Clip, ...], arguments: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        sweep(films, Space(**arguments))


def test_clips_need_distinct_names(films: tuple[Clip, ...]) -> None:
    with pytest.raises(ConfigError, match="no clip is given"):
        sweep([])
    for name in ("one", POOLED):
        with pytest.raises(ConfigError, match="no names to tell them apart"):
            sweep([films[0], replace(films[1], name=name)])


def test_files_of_a_clip(tmp_path: Path) -> None:
    folder = store(tmp_path / "one.people")
    video = tmp_path / "one.mp4"
    (source,) = sources([folder])
    assert (source.name, source.truth, source.folder) == ("one", tmp_path / "one.truth.csv", folder)
    (source,) = sources([video])
    assert (source.name, source.truth) == ("one", tmp_path / "one.truth.csv")
    assert source.folder == Path("one.people")
    (source,) = sources([video], [Path("other.csv")], tmp_path / "kept")
    assert (source.truth, source.folder) == (Path("other.csv"), tmp_path / "kept" / "one.people")


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(TruthError, match=r"There is no b\.truth\.csv beside .*b\.mp4"):
        sources([tmp_path / "b.mp4"])
    with pytest.raises(ConfigError, match="2 clips, but 1 truth files"):
        sources([tmp_path / "a.mp4", tmp_path / "b.mp4"], [tmp_path / "a.truth.csv"])
    with pytest.raises(ConfigError, match="two of the clips are named 'a'"):
        sources([tmp_path / "a.mp4", tmp_path / "a.mkv"])
    store(tmp_path / "c.people")
    (tmp_path / "c.people" / "analysis.npz").unlink()
    with pytest.raises(ResultError, match=r"holds no analysis\.npz"):
        load(sources([tmp_path / "c.people"])[0])
