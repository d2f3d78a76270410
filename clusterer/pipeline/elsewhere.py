"""A part of a film on another machine: what must be the same there, and where the film lies."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from clusterer._version import __version__
from clusterer.core.address import address_of, name_of, open_place, reaching, shown, size_of
from clusterer.core.config import AnalysisConfig
from clusterer.core.errors import ClustererError, NoFilmError, RefusedError, VideoError
from clusterer.core.files import is_file
from clusterer.faces import alignment, detection, encoding
from clusterer.models.bundled import CLOTHING
from clusterer.models.devices import CPU, DEVICES
from clusterer.store.film import Film, film_in, film_of
from clusterer.store.scratch import Scratch, scratch

SAME = "Install the same version on all machines"


@dataclass(frozen=True, slots=True)
class Statement:
    """What the result of a part depends on besides film and settings.

    Attributes
    ----------
    version : of cluster-video
    runtime : version of ONNX Runtime
    provider : of ONNX Runtime, that networks run on
    models : weights file name and sha256 of each, by name
    """

    version: str
    runtime: str
    provider: str
    models: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, models: dict[str, str], device: str) -> Statement:
        """What this process would use, given the hashes of its weights."""
        import onnxruntime  # noqa: PLC0415 (slow)

        wanted = DEVICES[device].provider
        at_hand = wanted in onnxruntime.get_available_providers()
        provider = wanted if at_hand else CPU.provider
        version = str(onnxruntime.__version__)
        return cls(__version__, version, provider, tuple(sorted(models.items())))

    def difference(self, other: Statement) -> str:
        """The first fact in which another differs, as a sentence without its subject."""
        for name, mine, theirs in (
            ("cluster-video", self.version, other.version),
            ("ONNX Runtime", self.runtime, other.runtime),
            ("the provider", self.provider, other.provider),
        ):
            if mine != theirs:
                return f"has {name} {theirs}, not {mine}"
        changed = {name for name, _ in {*self.models} ^ {*other.models}}
        return f"has another {min(changed)}" if changed else ""


@dataclass(frozen=True, slots=True)
class Needs:
    """What another machine needs for a part to give the same result there.

    Attributes
    ----------
    fingerprint : of the film, see `clusterer.store.film`
    source : address of the film, for machines that do not have it under its path; may be empty
    statement : what it must use; None = anything
    """

    fingerprint: str
    source: str = ""
    statement: Statement | None = None


def model_hashes(config: AnalysisConfig) -> dict[str, str]:
    """Weights file name → sha256, of all that the first phase uses.

    Raises
    ------
    ModelError
        Weights are missing.
    """
    weights = (
        *detection.weights(config.detection.detector),
        *alignment.weights(encoding.alignment(config.encoding.encoder)),
        *encoding.weights(config.encoding.encoder),
        CLOTHING,
    )
    return {file.name: file.sha256() for file in sorted(weights, key=lambda file: file.name)}


def resolved(config: AnalysisConfig) -> AnalysisConfig:
    """Settings with the encoder, and the unit of its distances, that ``auto`` stands for."""
    config = replace(config, encoding=encoding.resolve(config.encoding))
    return replace(config, tracking=replace(config.tracking, unit=encoding.tracking_unit(config)))


def check_here(needs: Needs, config: AnalysisConfig, device: str) -> None:
    """Refuse a part whose result would not be the same here.

    Raises
    ------
    RefusedError
        Names this machine, and what differs.
    """
    if needs.statement is None:
        return
    try:
        difference = needs.statement.difference(stated(config, device))
    except ClustererError as error:
        raise RefusedError(f"{place()}: {error.cause}", error.remedy) from None
    if difference:
        raise RefusedError(f"{place()} {difference}", SAME)


@lru_cache(maxsize=4)
def stated(config: AnalysisConfig, device: str) -> Statement:
    """What this process would use, with resolved settings; hashed once."""
    return Statement.of(model_hashes(config), device)


@contextmanager
def at_hand(path: str, needs: Needs | None) -> Iterator[str]:
    """Find the film here: under its path, or by its address, as a copy that stays meanwhile.

    Yields
    ------
    path of the film on this machine

    Raises
    ------
    NoFilmError
        It is neither here nor has an address, or the file of that path is another film.
    VideoError
        It cannot be read, or changed since the run began.
    """
    if needs is None or (is_file(Path(path)) and _fingerprint(path) == needs.fingerprint):
        yield path
    elif needs.source:
        with scratch().held(needs.source) as copy:
            if _fingerprint(str(copy)) != needs.fingerprint:
                raise VideoError(f"{shown(needs.source)} changed meanwhile", "Run it again")
            yield str(copy)
    else:
        what = "has another film as" if is_file(Path(path)) else "does not find"
        raise NoFilmError(
            f"{place()} {what} {path}",
            "Mount the folder at the same path there, or give the film by an address (s3://…)",
        )


@contextmanager
def fetched(
    video: Path | str, room: Scratch | None = None, check: Callable[[], object] | None = None
) -> Iterator[tuple[Path, str]]:
    """Have a film on this machine for as long as the block lasts.

    Parameters
    ----------
    video
        A path, or an address.
    room
        Where the copy of an address lies; None = the scratch folder of this machine.
    check
        As of `Scratch.held`.

    Yields
    ------
    path of the film, and its address; empty for a path
    """
    address = address_of(video)
    if address is None:
        yield Path(video), ""
    else:
        with (room or scratch()).held(address, check) as copy:
            yield copy, address


def film_at(video: Path | str) -> Film:
    """Identify a film, as `film_of` does; of an address no more is read than that needs.

    Raises
    ------
    VideoError
        It cannot be read.
    DependencyError, ConfigError
        As of `clusterer.core.address.open_place`.
    """
    address = address_of(video)
    if address is None:
        return film_of(Path(video))
    system, path = open_place(address)
    with reaching(address):
        system.invalidate_cache()
        size = size_of(system.info(path))
        with system.open(path, "rb", block_size=1 << 20) as file:
            return film_in(name_of(address), file, size)


def place() -> str:
    """Name of machine and process, for messages."""
    return f"{socket.gethostname()} (process {os.getpid()})"


def _fingerprint(path: str) -> str:
    stat = Path(path).stat()
    return _fingerprint_of(path, stat.st_size, stat.st_mtime_ns, stat.st_ino)


@lru_cache(maxsize=64)
def _fingerprint_of(path: str, *_: int) -> str:
    """Of a file that is as it was when it was asked for."""
    return film_of(Path(path)).fingerprint
