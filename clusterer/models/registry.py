"""What a registry knows of a detector or an encoder before it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeAlias, TypeVar

from clusterer.core.errors import ConfigError, DependencyError
from clusterer.models.bundled import Weights
from clusterer.models.download import Download
from clusterer.models.local import LocalFile

AnyFile: TypeAlias = Weights | Download | LocalFile
"""What a file of weights can be: of a package, from the network, or the user's own."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How well and how fast one does its work on the sample film, ``sample_videos/demo.mp4``.

    Attributes
    ----------
    score : recall of a detector, B-cubed F of an encoder; 0 to 1
    time_ms : for a sampled frame (detector) or a face (encoder), on one thread; machines differ
    """

    score: float
    time_ms: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One detector or encoder.

    Attributes
    ----------
    home : ``module:Class``; imported when it is asked for
    files : weights that it needs
    package, licence : of the library that it is part of, where there are no files
    measured : None where the weights were not at hand
    extra : of this package, which installs what it needs; empty = everybody has it
    """

    home: str
    files: tuple[AnyFile, ...] = ()
    package: str = ""
    licence: str = ""
    measured: Measured | None = None
    extra: str = ""

    def load(self) -> Any:
        """The class.

        Raises
        ------
        DependencyError
            A library that only an extra installs is missing.
        """
        return load_class(self.home, self.extra)


def load_class(home: str, extra: str = "") -> Any:
    """Import a class.

    Parameters
    ----------
    home : ``module:Class``
    extra : of this package, which installs what it needs; empty = everybody has it

    Raises
    ------
    DependencyError
        A library of the extra is missing.
    """
    module, _, name = home.partition(":")
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if not extra:
            raise
        raise DependencyError(
            f"The library {error.name} is missing", f'Install it: pip install ".[{extra}]"'
        ) from None


AnyEntry = TypeVar("AnyEntry", bound=Entry)


def look_up(registry: Mapping[str, AnyEntry], kind: str, name: str) -> AnyEntry:
    """Entry of a name.

    Raises
    ------
    ConfigError
        There is none.
    """
    if name not in registry:
        raise ConfigError(
            f"There is no {kind} named {name!r}", f"Choose from {', '.join(sorted(registry))}"
        )
    return registry[name]
