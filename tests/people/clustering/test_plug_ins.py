"""Methods of other packages: what they may get wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clusterer import tuning
from clusterer.core.config import ClusteringConfig
from clusterer.core.errors import PlugInError
from clusterer.people import clustering
from tests.people.clustering.builder import features_of
from tests.plug_in_packages import importing, install

SOURCE = """
import numpy as np
from clusterer.people.clustering import Assignment

LABELS = [0, 1, 0]


class Fixed:
    def __init__(self, config, threshold):
        pass

    def cluster(self, features, cannot_link):
        return Assignment(np.array(LABELS), np.zeros(len(LABELS), bool))


class Bare(Fixed):
    def cluster(self, features, cannot_link):
        return np.array(LABELS)
"""


def cluster(
    site: Path, monkeypatch: pytest.MonkeyPatch, labels: str, name: str = "Fixed"
) -> clustering.Assignment:
    source = SOURCE.replace("[0, 1, 0]", labels)
    install(site, "somebodys-way", source, {"methods": {"way": f"somebodys_way:{name}"}})
    with importing(site, monkeypatch):
        method = clustering.create(ClusteringConfig(method="way"), 0.5)
        return method.cluster(features_of([[0.0], [1.0], [2.0]]), np.array([[0, 1]]))


def test_what_fits_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cluster(tmp_path, monkeypatch, "[0, 1, 0]").labels.tolist() == [0, 1, 0]


def test_a_plug_in_is_tried_only_when_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "somebodys-way", SOURCE, {"methods": {"way": "somebodys_way:Fixed"}})
    with importing(tmp_path, monkeypatch):
        assert "way" in clustering.names()
        assert "way" not in clustering.installed()
        assert tuning.Space(("way",), ("l2",), {"l2": (0.3,)}).settings("dlib")[0][0] == "way"


@pytest.mark.parametrize(
    ("labels", "name", "told"),
    [
        ("[0, 0, 1]", "Fixed", "joins two tracks that are certainly two people"),
        ("[1, 0, 1]", "Fixed", "does not number people from 0 by first track"),
        ("[0, 2, -1]", "Fixed", "does not number people from 0 by first track"),
        ("[0, 1]", "Fixed", r"shape \(2,\), int64, not an array of shape \(3,\), int64"),
        ("[0, 1, 0]", "Bare", "returned no Assignment, but ndarray"),
    ],
)
def test_what_does_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, labels: str, name: str, told: str
) -> None:
    with pytest.raises(PlugInError, match=rf"'way' of the package somebodys-way 1\.0 .*{told}"):
        cluster(tmp_path, monkeypatch, labels, name)
