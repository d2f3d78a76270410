"""Parts of what a training leaves as text: provenance, history, and the tables of model cards."""

from __future__ import annotations

import csv
import hashlib
import io
import platform
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, fields
from importlib.metadata import version
from typing import TypeVar

import torch

from clusterer.training.loop import Numbered

T = TypeVar("T")

LIBRARIES = ("torch", "pytorch-metric-learning", "onnxscript", "onnxruntime")
MOST_ROWS = 12
"""Of a table of epochs."""
NOT_STATED = "not stated"

LOSSES = {
    "infonce": "InfoNCE (van den Oord et al., 2018)",
    "supcon": "SupCon (Khosla et al., 2020)",
    "triplet": "triplet loss with semi-hard mining (Schroff et al., 2015)",
    "arcface": "ArcFace (Deng et al., 2019)",
    "cosface": "CosFace (Wang et al., 2018)",
    "sphereface": "SphereFace (Liu et al., 2017)",
    "softmax": "softmax: a linear layer and cross entropy (as in Taigman et al., 2014)",
}


def made_with(device: str, libraries: Sequence[str] = LIBRARIES) -> list[str]:
    """Versions of the libraries that affect the results, and the device.

    Parameters
    ----------
    device
        ``cpu`` or ``cuda``.
    libraries
        Names of packages.
    """
    threads = torch.get_num_threads()
    where = "a GPU" if device == "cuda" else f"{threads} thread{'' if threads == 1 else 's'}"
    versions = [f"{name} {version(name)}" for name in libraries]
    return [f"Python {platform.python_version()}", *versions, where]


def to_csv(history: Sequence[Numbered]) -> str:
    """CSV (RFC 4180) of the results of each epoch; needs at least one."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(field.name for field in fields(history[0]))
    writer.writerows(astuple(epoch) for epoch in history)
    return text.getvalue()


def file_table(files: Mapping[str, bytes]) -> str:
    """Table of name, length and hash of each file."""
    rows = [
        (f"`{name}`", f"{len(content):,}", f"`{hashlib.sha256(content).hexdigest()}`")
        for name, content in files.items()
    ]
    return table(("file", "bytes", "sha256"), rows)


def thinned(history: Sequence[T]) -> list[T]:
    """Thin epochs out evenly, keeping the first and the last; needs at least one."""
    every = -(-len(history) // MOST_ROWS)
    return [*history[:-1][::every], history[-1]]


def fill(text: str) -> str:
    """Break a paragraph into lines of at most 100 characters."""
    return textwrap.fill(text, 100, break_on_hyphens=False)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown; bars within cells are escaped."""
    first = list(head)
    cells = [first, ["---"] * len(first), *rows]
    return "\n".join(f"| {' | '.join(_escaped(row))} |" for row in cells)


def _escaped(row: Iterable[str]) -> list[str]:
    return [cell.replace("|", r"\|") for cell in row]
