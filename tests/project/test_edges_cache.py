"""Edges that are kept: never other ones than computing all anew gives, and less work."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import Config, EvidenceConfig, LinkConfig
from clusterer.core.types import IntArray
from clusterer.project import edges_cache
from clusterer.project.crowd import Crowd
from clusterer.project.edges import find_edges
from clusterer.project.edges_cache import FILE, Origin, edges_of, kept_edges
from clusterer.project.evidence import Products, Scale
from clusterer.project.neighbours import Pairs, find_pairs
from clusterer.project.types import Scope

CONFIG = EvidenceConfig(reliability=((0.0, 0.5), (1.0, 0.5)), spread=0.1, variation=0.35)
SCALE = Scale(CONFIG, "cosine", 0.5, 0.25)
SIZES = (4, 7, 1, 5, 6)
MOST = 2
STATES = st.lists(
    st.tuples(st.sets(st.integers(0, 4), min_size=1), st.sampled_from([0.0, 1.0, 4.0])),
    min_size=1,
    max_size=6,
)


class Films:
    """Films with given keys, whose edges can be found; counts the rows that were compared."""

    def __init__(self, chosen: list[int], floor: float = 1.0) -> None:
        self.films = [(f"film {i}", SIZES[i]) for i in chosen]
        self.floor = floor
        rows = [_rows(i) for i in chosen]
        sums = np.concatenate([each[0] for each in rows])
        precision = np.concatenate([each[1] for each in rows])
        self.measure = Products.of(SCALE.pools(sums, precision), SCALE)
        self.film = np.repeat(np.arange(len(chosen)), [SIZES[i] for i in chosen])
        self.compared: list[int] = []

    def find(self, rows: IntArray | None) -> Pairs:
        self.compared.append(len(self.film) if rows is None else len(rows))
        return find_pairs(self.measure, self.film, self.floor, MOST, rows)

    def kept(self, project: Path | None, measure: str = "sface") -> Pairs:
        origin = Origin(tuple(self.films), measure, self.floor, MOST)
        return kept_edges(project, origin, self.find)


def _rows(film: int) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(film)
    centres = np.random.default_rng(99).normal(size=(3, 6))
    n = SIZES[film]
    sums = centres[chance.integers(0, 3, n)] + 0.4 * chance.normal(size=(n, 6))
    return sums.astype(np.float32), chance.choice([1.0, 3.0], n).astype(np.float32)


def assert_equal(found: Pairs, expected: Pairs) -> None:
    for name in ("a", "b", "evidence"):
        assert getattr(found, name).tobytes() == getattr(expected, name).tobytes()


@given(states=STATES)
def test_films_come_and_go_and_the_edges_are_those_of_all_films_at_once(
    states: list[tuple[set[int], float]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    project = tmp_path_factory.mktemp("project")
    for chosen, floor in states:
        films = Films(sorted(chosen), floor)
        assert_equal(films.kept(project), films.find(None))


def test_a_new_film_is_compared_and_no_other(tmp_path: Path) -> None:
    Films([0, 1, 3]).kept(tmp_path)
    films = Films([0, 1, 2, 3])
    films.kept(tmp_path)
    assert films.compared == [SIZES[2]]
    again = Films([0, 1, 2, 3])
    again.kept(tmp_path)
    assert again.compared == []


def test_another_order_or_measure_or_a_lower_floor_begins_anew(tmp_path: Path) -> None:
    Films([0, 1]).kept(tmp_path)
    everything = SIZES[0] + SIZES[1]
    for films, measure in ((Films([1, 0]), "sface"), (Films([1, 0]), "arcface")):
        films.kept(tmp_path, measure)
        assert films.compared == [everything]
    lower = Films([1, 0], 0.5)
    lower.kept(tmp_path, "arcface")
    assert lower.compared == [everything]
    higher = Films([1, 0], 3.0)
    assert_equal(higher.kept(tmp_path, "arcface"), higher.find(None))
    assert higher.compared == [everything]  # only by the test


@pytest.mark.parametrize("damage", ["cut", "byte", "empty", "text", "folder"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: str) -> None:
    films = Films([0, 1, 3])
    expected = films.kept(tmp_path)
    file = tmp_path / FILE
    content = bytearray(file.read_bytes())
    if damage == "folder":
        file.unlink()
        file.mkdir()
    elif damage == "byte":
        at = content.rindex(films.find(None).evidence.tobytes()) + 3
        file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    else:
        file.write_bytes({"cut": content[:200], "empty": b"", "text": b"{}"}[damage])
    assert edges_cache.read(tmp_path) is None
    assert_equal(films.kept(tmp_path), expected)
    assert (edges_cache.read(tmp_path) is None) == (damage == "folder")


def test_a_file_of_another_version_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    films = Films([0, 1])
    monkeypatch.setattr(edges_cache, "SCHEMA", 0)
    films.kept(tmp_path)
    monkeypatch.undo()
    assert edges_cache.read(tmp_path) is None


def test_nothing_is_kept_without_a_project(tmp_path: Path) -> None:
    films = Films([0, 1])
    assert_equal(films.kept(None), films.find(None))
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX's")
def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    Films([0, 1]).kept(tmp_path)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_edges_of_no_rows_are_kept_too(tmp_path: Path) -> None:
    Films([2]).kept(tmp_path)
    kept = edges_cache.read(tmp_path)
    assert kept is not None
    assert len(kept.edges) == 0


def crowd(chosen: list[int]) -> Crowd:
    rows = [_rows(i) for i in chosen]
    sizes = [SIZES[i] for i in chosen]
    n = sum(sizes)
    return Crowd(
        film=np.repeat(np.arange(len(chosen)), sizes),
        sums=np.concatenate([each[0] for each in rows]),
        precision=np.concatenate([each[1] for each in rows]),
        quality=np.ones(n, np.float32),
        n_looks=np.full(n, 5),
        screen_time_s=np.ones(n),
        looks=np.zeros((0, 6), np.float32),
        look_row=np.zeros(0, np.int64),
        look_precision=np.zeros(0, np.float32),
        cannot_link=np.zeros((0, 2), np.int64),
    )


@pytest.mark.parametrize("chosen", [[0, 1, 3], [0, 1, 1, 3], [3]])
def test_the_edges_of_a_project(
    tmp_path: Path, chosen: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(Config(), clustering=replace(Config().clustering, evidence=CONFIG))
    scale = Scale.of(config, LinkConfig())
    for films in ([1, 3], chosen, chosen):
        expected = find_edges(crowd(films), scale, Scope.SEASON, LinkConfig())
        assert_equal(edges_of(tmp_path, crowd(films), scale, Scope.SEASON, LinkConfig()), expected)
    monkeypatch.delattr("clusterer.project.edges_cache.find_edges")
    again = edges_of(tmp_path, crowd(chosen), scale, Scope.SEASON, LinkConfig())
    assert_equal(again, expected)  # of the file alone
