"""Networks provided by the user, which no package contains and nobody offers to download."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from clusterer.core.errors import ModelError
from clusterer.core.files import is_file, special_kind
from clusterer.models.bundled import Loaded, load_weights
from clusterer.models.cache import cache_folder
from clusterer.models.download import ENVIRONMENT_VARIABLE


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file provided by the user; its hash is not known in advance.

    Attributes
    ----------
    name : by which results refer to it
    path : where it is; None = under its name in the folder of `ENVIRONMENT_VARIABLE`, or in
        ``models`` of the user's cache
    licence : as its owner states it
    remedy : what a user can do about a missing or damaged file
    """

    name: str
    path: Path | None = None
    licence: str = ""
    remedy: str = ""

    def find(self) -> Path:
        """Path of the file.

        Raises
        ------
        ModelError
            It is missing, or is in a cache folder that others can write to.
        """
        for path in self._chosen():
            if is_file(path):
                return path
            if kind := special_kind(path):
                raise ModelError(f"{path} is {kind}, not a file", self.remedy)
        cached = cache_folder() / "models" / self.name
        if self.path is None and is_file(cached):
            if not _is_private(cached):
                raise ModelError(
                    f"{cached} may have been replaced: others can write there",
                    f"Put it into a folder of your own and name that in {ENVIRONMENT_VARIABLE}",
                )
            return cached
        raise ModelError(f"{self.path or self.name} is missing", self.remedy)

    def load(self) -> Loaded:
        """Read the file; results record its hash.

        Raises
        ------
        ModelError
            It is missing or cannot be read.
        """
        return load_weights(self.find(), self.remedy)

    def read(self) -> bytes:
        """Content of the file; errors as `load`."""
        return self.load().content

    def sha256(self) -> str:
        """Hash of the file, hexadecimal; errors as `load`."""
        return self.load().sha256

    def _chosen(self) -> tuple[Path, ...]:
        """Where the user says it is; such a path is trusted."""
        if self.path is not None:
            return (self.path.expanduser(),)
        folder = os.environ.get(ENVIRONMENT_VARIABLE)
        return (Path(folder) / self.name,) if folder else ()


def _is_private(path: Path) -> bool:
    """Whether file and folder belong to the user or root, and nobody else can write to them.

    The hash of the file is unknown, so this is the only check. Windows has no numeric owners;
    there, caches are in the user's profile.
    """
    if sys.platform == "win32":
        return True
    trusted = {os.getuid(), 0}
    seen = [each.stat() for each in (path, path.parent)]
    return all(each.st_uid in trusted and not each.st_mode & stat.S_IWOTH for each in seen)
