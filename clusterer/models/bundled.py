"""Weights that packages contain: read once, and checked against their known hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

from clusterer.core.errors import DependencyError, ModelError
from clusterer.core.files import is_file, read_file, reading

OURS = "clusterer"
"""The package that contains our own weights."""


def spec_of(module: str) -> ModuleSpec | None:
    """Find a module without importing it; None if it, or a package around it, is missing.

    Packages around it are imported, and may fail in any way.
    """
    try:
        return find_spec(module)
    except KeyboardInterrupt:
        raise
    except BaseException:  # a package may even exit where it is imported
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A file as it was read: what was hashed is what runs, even if the file changes later.

    Attributes
    ----------
    path : where it was read from
    content : all of it
    sha256 : of `content`, hexadecimal
    """

    path: Path
    content: bytes = field(repr=False)
    sha256: str


def load_weights(path: Path, remedy: str, digest: str = "") -> Loaded:
    """Read a weights file; the only place where weights are read.

    Parameters
    ----------
    path
    remedy
        What to do if this fails.
    digest
        Expected sha256; empty if unknown.

    Raises
    ------
    ModelError
        It cannot be read, or its hash is not `digest`.
    """
    with reading(path, ModelError, remedy):
        content = read_file(path)
    sha256 = hashlib.sha256(content).hexdigest()
    if digest and sha256 != digest:
        raise ModelError(f"{path} is damaged, or was changed: its sha256 is {sha256[:12]}…", remedy)
    return Loaded(path, content, sha256)


@dataclass(frozen=True, slots=True)
class Weights:
    """A weights file in a package, found without importing the package.

    Attributes
    ----------
    package : import name
    path : of the file within the package
    digest : its sha256, hexadecimal; nothing else is accepted
    project : name to install, if different
    licence : as its owner states it
    extra : our extra that installs the package; empty = always installed
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
        """Path of the file, unchecked.

        Raises
        ------
        ModelError
            The file, or a package that is always installed, is missing.
        DependencyError
            The package of an extra is missing.
        """
        spec = spec_of(self.package)
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
            It is missing, cannot be read, or its hash is not `digest`.
        DependencyError
            As `find`.
        """
        return load_weights(self.find(), self.remedy, self.digest)

    def read(self) -> bytes:
        """Content of the file, checked; errors as `load`."""
        return self.load().content

    def sha256(self) -> str:
        """Hash that the file must have to load; errors as `find`."""
        self.find()
        return self.digest

    @property
    def remedy(self) -> str:
        """What a user can do about a missing or damaged file."""
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
    licence="Public domain (dlib)",
)
"""Landmarks for alignment. Defined here so that it can be hashed without loading dlib."""
CLOTHING = Weights(
    OURS,
    "clothing/clothing.int8.onnx",
    "1375f0c93555a17a68400247407fe623cce912e56eb63b8ee7d5cd31982a493a",
    project="cluster-video",
    licence="MIT (this project; see its model card)",
)
"""Clothing encoder. Defined here so that it can be hashed without loading ONNX Runtime."""
