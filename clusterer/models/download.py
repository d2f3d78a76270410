"""Weights that no package contains: downloaded once, only on request, into the user's cache.

Without a network, put the files into a folder and name it in ``CLUSTER_VIDEO_MODELS``. Importing
this loads no network library; `Download.fetch` does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clusterer.core.errors import ConfigError, ModelError
from clusterer.core.files import is_file, reason
from clusterer.core.folders import is_folder
from clusterer.models.bundled import Loaded, load_weights
from clusterer.models.cache import ENVIRONMENT_VARIABLE as CACHE_VARIABLE
from clusterer.models.cache import cache_folder
from clusterer.models.resumable import Progress, Resuming

ENVIRONMENT_VARIABLE = "CLUSTER_VIDEO_MODELS"
"""Names a folder of weights files, searched first."""


@dataclass(frozen=True, slots=True)
class Download:
    """A weights file that can be downloaded.

    Attributes
    ----------
    model : its name for ``cluster-video models download``
    name : file name, by which results refer to it
    url : where its owner offers it
    digest : its sha256, hexadecimal; nothing else is accepted
    size_bytes : of the file
    licence : as its owner states it
    needs_consent : whether the licence must be accepted, as for non-commercial weights
    tried : whether a real download from there was verified
    """

    model: str
    name: str
    url: str
    digest: str
    size_bytes: int
    licence: str
    needs_consent: bool = False
    tried: bool = False

    @property
    def remedy(self) -> str:
        """What a user can do about a missing file."""
        return (
            f"Run cluster-video models download {self.model}, "
            f"or put it into a folder and name that in {ENVIRONMENT_VARIABLE}"
        )

    def load(self) -> Loaded:
        """Read the file and check it, wherever it is.

        Raises
        ------
        ModelError
            It is neither in the folder of `ENVIRONMENT_VARIABLE`, under any name, nor in the user's
            cache; or it is damaged.
        """
        for path in self._candidates():
            with suppress(ModelError):
                return load_weights(path, self.remedy, self.digest)
        for folder in self._folders():
            path = folder / self.name
            if is_file(path):
                return load_weights(path, self.remedy, self.digest)  # raises with the cause
        raise ModelError(f"{self.name} is missing", self.remedy)

    def find(self) -> Path:
        """Path of the file, checked; errors as `load`."""
        return self.load().path

    def read(self) -> bytes:
        """Content of the file, checked; errors as `load`."""
        return self.load().content

    def sha256(self) -> str:
        """Hash of the file, hexadecimal; errors as `load`."""
        return self.load().sha256

    def fetch(self, accept_licence: bool = False, progress: Progress | None = None) -> Path:
        """Download the file into the user's cache, unless it is already there.

        An interrupted download resumes. An incomplete or unexpected file is never put in place.

        Parameters
        ----------
        accept_licence
            Required if `needs_consent`.
        progress
            Called with the bytes received and the total.

        Raises
        ------
        ConfigError
            The licence must be accepted, and was not.
        ModelError
            There is no network, another file was sent, or the cache is not writable.
        """
        with suppress(ModelError):
            return self.find()
        if self.needs_consent and not accept_licence:
            raise ConfigError(
                f"{self.model} is licensed: {self.licence}", "Accept it with --accept-licence"
            )
        import requests  # noqa: PLC0415 (only needed to download)

        folder = cache_folder() / "models"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return self._retrieve(folder, progress)
        except requests.RequestException as error:
            raise ModelError(
                f"{self.name} cannot be downloaded from {self.url} ({_cause(error)})",
                f"Try again with a network, or put it into a folder and name that in "
                f"{ENVIRONMENT_VARIABLE}",
            ) from None
        except ValueError:
            raise ModelError(
                f"What {self.url} sent is not {self.name}: its sha256 differs", "Try again later"
            ) from None
        except OSError as error:
            raise ModelError(
                f"Cannot write {folder} ({reason(error)})",
                f"Free some space, or name another folder in {CACHE_VARIABLE}",
            ) from None

    def _retrieve(self, folder: Path, progress: Progress | None) -> Path:
        """Let pooch check the hash and move the file; it does not resume by itself."""
        import pooch  # noqa: PLC0415 (only needed to download)

        pooch.get_logger().setLevel("ERROR")
        part = folder / f"{self.digest}.part"
        path = pooch.retrieve(
            self.url,
            known_hash=f"sha256:{self.digest}",
            fname=self.name,
            path=folder,
            downloader=Resuming(part, self.size_bytes, progress),
        )
        return Path(path)

    def _candidates(self) -> Iterator[Path]:
        """Files of its size: those in the user's folder first, then the cache."""
        *chosen, cache = self._folders()
        paths = sorted(path for folder in chosen if is_folder(folder) for path in folder.glob("*"))
        for path in [*paths, cache / self.name]:
            if is_file(path) and path.stat().st_size == self.size_bytes:
                yield path

    @staticmethod
    def _folders() -> tuple[Path, ...]:
        """The user's folder, if any, and the cache."""
        chosen = os.environ.get(ENVIRONMENT_VARIABLE)
        cache = cache_folder() / "models"
        return (Path(chosen), cache) if chosen else (cache,)


def _cause(error: Exception) -> str:
    """The server's status, or the kind of failure."""
    response = getattr(error, "response", None)
    kind = type(error).__name__
    return kind if response is None else f"{response.status_code} {response.reason}".strip()
