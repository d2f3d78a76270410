"""Files of weights: read once, and held against the hash that is known of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from clusterer.core.errors import DependencyError, ModelError
from clusterer.core.files import is_file, read_file

OURS = "clusterer"
"""The package whose weights are our own to ship."""


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A file as it was read: what was hashed is what runs, whatever becomes of the file.

    Attributes
    ----------
    path : where it was read
    content : all of it
    sha256 : of `content`, hexadecimal
    """

    path: Path
    content: bytes = field(repr=False)
    sha256: str


def load_weights(path: Path, remedy: str, digest: str = "") -> Loaded:
    """Read a file of weights; the one place where weights are read.

    Parameters
    ----------
    path
    remedy
        What to do where this fails.
    digest
        The sha256 that it must have; empty for a file of which nothing is known.

    Raises
    ------
    ModelError
        It cannot be read, or is not the file that `digest` names.
    """
    try:
        content = read_file(path)
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise ModelError(f"Cannot read {path} ({cause})", remedy) from None
    found = hashlib.sha256(content).hexdigest()
    if digest and found != digest:
        raise ModelError(f"{path} is damaged, or was changed: its sha256 is {found[:12]}…", remedy)
    return Loaded(path, content, found)


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of weights that a package carries, found without importing the package.

    Attributes
    ----------
    package : name to import
    path : of the file within the package
    digest : its sha256, hexadecimal; nothing else is accepted
    project : name to install, where it is another
    licence : as its owner states it
    extra : of this package, which installs that package; empty = everybody has it
    """

    package: str
    path: str
    digest: str
    project: str = ""
    licence: str = ""
    extra: str = ""

    @property
    def name(self) -> str:
        """File name, by which results refer to it."""
        return Path(self.path).name

    def find(self) -> Path:
        """Where the file lies, unchecked.

        Raises
        ------
        ModelError
            The file is missing, or the package that everybody has.
        DependencyError
            The package of an extra is missing.
        """
        spec = find_spec(self.package)
        for folder in (spec and spec.submodule_search_locations) or ():
            path = Path(folder) / self.path
            if is_file(path):
                return path
        if spec is None and self.extra:
            raise DependencyError(
                f"The package {self.project or self.package}, with {self.name}, is missing",
                f'Install it: pip install ".[{self.extra}]"',
            )
        raise ModelError(f"{self.name} of the package {self.package} is missing", self.remedy)

    def load(self) -> Loaded:
        """Read the file and check it.

        Raises
        ------
        ModelError
            It is missing, cannot be read, or is not the file that `digest` names.
        DependencyError
            As `find`.
        """
        return load_weights(self.find(), self.remedy, self.digest)

    def read(self) -> bytes:
        """Content of the file, checked; errors as `load`."""
        return self.load().content

    def sha256(self) -> str:
        """Hash that the file has, or else it does not load; errors as `find`."""
        self.find()
        return self.digest

    @property
    def remedy(self) -> str:
        """What a user does about a missing or damaged file."""
        if self.package == OURS:
            return (
                "Install cluster-video again, in the folder of its source: "
                "pip install --force-reinstall --no-deps ."
            )
        project = self.project or self.package
        return f"Install it again: pip install --force-reinstall --no-deps {project}"


PREDICTOR = Weights(
    "face_recognition_models",
    "models/shape_predictor_5_face_landmarks.dat",
    "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
    licence="public domain",
)
"""Aligns the chips. Stated here, so that it can be hashed without loading dlib."""
CLOTHING = Weights(
    OURS,
    "clothing/clothing.int8.onnx",
    "1375f0c93555a17a68400247407fe623cce912e56eb63b8ee7d5cd31982a493a",
    project="cluster-video",
    licence="MIT",
)
"""Tells what people wear. Stated here, so that it can be hashed without loading ONNX Runtime."""
