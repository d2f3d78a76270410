"""Files of the user's own: networks that no package carries and nobody offers to download."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from clusterer.dlib_onnx.cache import cache_folder
from clusterer.downloads import ENVIRONMENT_VARIABLE
from clusterer.errors import ModelError
from clusterer.regular import no_file
from clusterer.weights import read_weights


@dataclass(frozen=True, slots=True)
class OwnFile:
    """One file that the user made or has from somewhere; its content is not known beforehand.

    Attributes
    ----------
    name : by which results refer to it
    path : where it is; None = under its name in the folder of `ENVIRONMENT_VARIABLE`, or in
        ``models`` of the user's cache
    licence : as its owner states it
    remedy : what a user does about a missing or damaged file
    """

    name: str
    path: Path | None = None
    licence: str = ""
    remedy: str = ""

    def find(self) -> Path:
        """Where the file lies.

        Raises
        ------
        ModelError
            It is missing.
        """
        for path in self._candidates():
            if path.is_file():
                return path
            if kind := no_file(path):
                raise ModelError(f"{path} is {kind}, not a file", self.remedy)
        raise ModelError(f"{self.path or self.name} is missing", self.remedy)

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

    def _candidates(self) -> tuple[Path, ...]:
        if self.path is not None:
            return (self.path.expanduser(),)
        folders = (os.environ.get(ENVIRONMENT_VARIABLE), cache_folder() / "models")
        return tuple(Path(folder) / self.name for folder in folders if folder)
