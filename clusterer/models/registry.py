"""Registries: name → what is known of a detector, encoder, alignment, method or format.

Nothing is loaded before it is needed. Other packages add entries by an entry point in the group of
the registry; see `Registry`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from importlib import import_module
from inspect import Parameter, signature
from operator import attrgetter
from typing import Any, Generic, TypeAlias, TypeVar

from clusterer.core.errors import ClustererError, ConfigError, DependencyError, PlugInError
from clusterer.core.text import printable
from clusterer.models.bundled import OURS, Weights, spec_of
from clusterer.models.download import Download
from clusterer.models.local import LocalFile
from clusterer.models.plug_in import Code, PlugIn, plug_ins

AnyFile: TypeAlias = Weights | Download | LocalFile | Code
"""A file that an entry runs: weights in a package, downloaded or the user's own; or a plug-in."""


NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
"""What the name of a plug-in looks like: as typed on a command line, and as part of a file name."""
_LONGEST_CAUSE = 200
"""Characters of an exception's text in one of our messages."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Accuracy and speed on the sample film, ``sample_videos/demo.mp4``.

    Attributes
    ----------
    score : recall of a detector, B-cubed F of an encoder; 0 to 1
    time_ms : for a sampled frame (detector) or a face (encoder), on one thread; machines differ
    """

    score: float
    time_ms: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One detector, encoder, alignment, method or format.

    Attributes
    ----------
    home : ``module:Class``; imported when it is needed. Left empty in the attribute `entry` of a
        plug-in's class, see `Registry`
    files : weights that it needs
    package, licence : of the library that it is part of, if there are no files
    measured : None if the weights were not available
    extra : of this package, which installs what the entry needs; empty = always installed
    library : module that may be missing, of that extra or another package
    summary : a few words, for lists
    plug_in : name and version of the other package that brings it; empty = built in
    """

    home: str = ""
    files: tuple[AnyFile, ...] = ()
    package: str = ""
    licence: str = ""
    measured: Measured | None = None
    extra: str = ""
    library: str = ""
    summary: str = ""
    plug_in: str = ""

    @property
    def is_installed(self) -> bool:
        """Whether the library that may be missing is there, without importing it."""
        return not self.library or spec_of(self.library) is not None

    def load(self) -> Any:
        """Import the class.

        Raises
        ------
        DependencyError
            The library that may be missing is missing.
        """
        module, _, name = self.home.partition(":")
        try:
            return attrgetter(name)(import_module(module))
        except ModuleNotFoundError as error:
            if not (self.extra or self.library):
                raise
            wanted = f'".[{self.extra}]"' if self.extra else self.library
            raise DependencyError(
                f"The library {error.name} is missing", f"Install it: pip install {wanted}"
            ) from None


E = TypeVar("E", bound=Entry)


class Registry(Generic[E]):
    """Entries of one kind by name: built-in ones and plug-ins.

    A plug-in is an entry point of any installed package, in the group of the registry. It refers to
    a class or to an entry. A class is enough; its attribute `entry` may hold an entry with further
    facts, without `home`. An entry with `home`, in a light module, lets commands list a heavy class
    without importing it. Without a licence of its own, an entry has that of its package. Each gets
    one more file, its `Code`.

    A plug-in cannot replace a built-in entry, and a name that two packages bring is refused. Entry
    points are read when a name is not built in, or when all names are listed.

    Parameters
    ----------
    kind : what an entry is, for messages, as ``detector``
    group : of the entry points, as ``cluster_video.detectors``
    entry : class of the entries
    built_in : name → entry, of this package
    """

    def __init__(self, kind: str, group: str, entry: type[E], built_in: Mapping[str, E]) -> None:
        self.kind = kind
        self.group = group
        self.built_in = dict(built_in)
        self._entry = entry
        self._plugged: dict[str, E] = {}

    def names(self) -> tuple[str, ...]:
        """All names, sorted; no plug-in is imported."""
        return tuple(sorted({*self.built_in, *filter(NAME.fullmatch, plug_ins(self.group))}))

    def get(self, name: str) -> E:
        """Entry of a name; a plug-in is imported.

        Raises
        ------
        ConfigError
            There is no such entry, or several packages bring it.
        DependencyError
            The plug-in cannot be imported, or is neither a class nor an entry.
        """
        known = self.built_in.get(name) or self.get_plug_in(name)
        if known is None:
            near = get_close_matches(name, self.names(), 1)
            meant = f"Did you mean {near[0]}? " if near else ""
            raise ConfigError(
                f"There is no {self.kind} named {name!r}",
                f"{meant}Choose from {', '.join(self.names())}",
            )
        return known

    def get_plug_in(self, name: str) -> E | None:
        """Entry of a plug-in, which is imported; None if there is none. Errors as `get`."""
        usable = NAME.fullmatch(name) and name not in self.built_in
        found = plug_ins(self.group).get(name, ()) if usable else ()
        if len(found) > 1:
            packages = " and ".join(each.title for each in found)
            raise ConfigError(f"The {self.kind} {name!r} is in {packages}", "Uninstall all but one")
        if found and name not in self._plugged:
            self._plugged[name] = self._read(name, found[0])
        return self._plugged.get(name)

    def load(self, name: str) -> Any:
        """Import the class of a name; errors as `get`, and a library that it needs is missing."""
        entry = self.get(name)
        with self._blaming(name, entry.plug_in):
            return entry.load()

    def create(self, name: str, *arguments: Any, **offered: Any) -> Any:
        """Make an object of the class of a name.

        Parameters
        ----------
        name
            Of an entry.
        arguments
            For its class.
        offered
            Likewise, but only those of which the class has a parameter.

        Raises
        ------
        ConfigError, DependencyError
            See `get`; or a library is missing, or the class of a plug-in fails.
        ClustererError
            Whatever else the class raises.
        """
        made: Callable[..., Any] = self.load(name)
        with self._blaming(name, self.get(name).plug_in):
            return made(*arguments, **_wanted(made, offered))

    def entries(self) -> dict[str, E]:
        """All entries by name, sorted, without plug-ins that cannot be loaded."""
        found = {}
        for name in self.names():
            try:
                found[name] = self.get(name)
            except ClustererError:
                continue  # `problems` lists it
        return found

    def problems(self) -> tuple[str, ...]:
        """A sentence for each plug-in that cannot be used."""
        lines = []
        for name, found in plug_ins(self.group).items():
            unusable = ""
            if name in self.built_in:
                unusable = "cluster-video has one of that name"
            elif not NAME.fullmatch(name):
                unusable = "a name consists of a to z, 0 to 9, '.', '_' and '-'"
            if unusable:
                packages = " and ".join(each.title for each in found)
                lines.append(f"The {self.kind} {name!r} of {packages} is not used: {unusable}")
                continue
            try:
                self.get(name)
            except ClustererError as error:
                lines.append(str(error))
        return tuple(lines)

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        """Name the plug-in in the error if it fails while it works.

        Raises
        ------
        PlugInError
            It raised something other than one of our errors.
        """
        try:
            yield
        except (ClustererError, KeyboardInterrupt):
            raise
        except BaseException as error:  # even SystemExit
            raise self.failure(name, f"failed ({_in_words(error)})") from error

    def has_plug_in(self, name: str) -> bool:
        """Whether a package of others brings this entry; errors as `get`."""
        return bool(self.get(name).plug_in)

    def models_of(self, name: str, made: Any) -> dict[str, str]:
        """The attribute `models` of what a plug-in made: file name → sha256.

        Raises
        ------
        PlugInError
            It has no such attribute, or that is no dict of texts.
        """
        with self.running(name):
            models = dict(made.models)
        if not all(isinstance(text, str) for pair in models.items() for text in pair):
            raise self.failure(name, "has other things than names and hashes in models")
        return models

    def check_array(self, name: str, array: Any, dtype: str, shape: tuple[int, ...]) -> None:
        """Check an array that a plug-in returned.

        Raises
        ------
        PlugInError
            It is none, of another shape or dtype, or holds numbers that are not finite.
        """
        import numpy as np  # noqa: PLC0415 (names are listed without it)

        wanted = f"an array of shape {shape}, {dtype}"
        if not isinstance(array, np.ndarray):
            raise self.failure(name, f"returned {type(array).__name__}, not {wanted}")
        if array.shape != shape or array.dtype != np.dtype(dtype):
            raise self.failure(
                name, f"returned an array of shape {array.shape}, {array.dtype}, not {wanted}"
            )
        if not np.isfinite(array).all():
            raise self.failure(name, "returned numbers that are not finite")

    def failure(self, name: str, what: str) -> PlugInError:
        """An error for a plug-in that failed, or returned something wrong."""
        return PlugInError(
            f"The {self.kind} {name!r} of the package {self.get(name).plug_in} {what}",
            "Tell its author, or use another one",
        )

    def _read(self, name: str, plug_in: PlugIn) -> E:
        """Entry of a plug-in."""
        with self._blaming(name, plug_in.title):
            found = plug_in.point.load()
            facts = found if isinstance(found, Entry) else getattr(found, "entry", self._entry())
            if type(facts) is Entry:
                facts = self._entry(
                    **{each.name: getattr(facts, each.name) for each in fields(Entry)}
                )
        if not isinstance(facts, self._entry) or not isinstance(found, (Entry, type)):
            raise DependencyError(
                f"The {self.kind} {name!r} of {plug_in.title} is neither a class nor of the type "
                f"{self._entry.__name__}",
                f"Ask its author, or remove it: pip uninstall {plug_in.package}",
            )
        with self._blaming(name, plug_in.title):
            _check(facts)
            return self._completed(name, plug_in, found, facts)

    @staticmethod
    def _completed(name: str, plug_in: PlugIn, found: Any, facts: E) -> E:
        """The entry with what its package and its entry point say."""
        if isinstance(found, Entry):
            home, (module, _, attribute) = found.home, found.home.partition(":")
            if not (module and attribute):
                raise ValueError(f"home is {home!r}, not 'module:Class'")
        else:
            home, module = f"{plug_in.point.module}:{plug_in.point.attr}", found.__module__
        if module.partition(".")[0] == OURS:  # an entry that runs by a class of ours
            module = plug_in.point.module
        licence = facts.licence or plug_in.licence
        code = Code(f"{name} ({plug_in.title})", module, plug_in.package, licence)
        files = (
            replace(file, model=name) if isinstance(file, Download) else file
            for file in facts.files
        )
        return replace(
            facts,
            home=home,
            files=(*files, code),
            package=facts.package or plug_in.package,
            licence=licence,
            extra="",  # extras are ours
            plug_in=plug_in.title,
        )

    @contextmanager
    def _blaming(self, name: str, package: str) -> Iterator[None]:
        """Name the plug-in in the error if it fails while it is loaded."""
        try:
            yield
        except ClustererError:
            raise
        except BaseException as error:  # a module may even exit where it is imported
            if not package or isinstance(error, KeyboardInterrupt):
                raise
            raise DependencyError(
                f"The {self.kind} {name!r} of the package {package} cannot be loaded "
                f"({_in_words(error)})",
                "Install that package again, or a version for this cluster-video",
            ) from error


def _wanted(made: Callable[..., Any], offered: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the arguments that a class has a parameter for."""
    try:
        parameters = signature(made).parameters if offered else {}
    except (TypeError, ValueError):  # of a class that is not written in Python
        return {}
    by_name = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)  # and no catch-all
    named = {name for name, each in parameters.items() if each.kind in by_name}
    return {name: value for name, value in offered.items() if name in named}


def _check(facts: Entry) -> None:
    """Check the types of an entry that another package defines; TypeError names a wrong one."""
    for name in ("home", "package", "licence", "extra", "library", "summary"):
        if not isinstance(getattr(facts, name), str):
            raise TypeError(f"{name} is {getattr(facts, name)!r}, not text")
    if not isinstance(facts.files, tuple) or not all(
        isinstance(file, AnyFile) for file in facts.files
    ):
        raise TypeError(f"files is {facts.files!r}, not a tuple of Weights, Download or LocalFile")
    if not isinstance(facts.measured, Measured | None):
        raise TypeError(f"measured is {facts.measured!r}, not Measured")


def _in_words(error: BaseException) -> str:
    """Type and first line of an exception's text."""
    kind = type(error).__name__
    try:
        text = str(error).strip()
    except Exception:  # its own __str__ may fail
        text = ""
    line = printable(text.partition("\n")[0].strip()[:_LONGEST_CAUSE])
    return f"{kind}: {line}" if line else kind
