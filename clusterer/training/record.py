"""Provenance and history of a training, as text."""

from __future__ import annotations

import csv
import io
import platform
from collections.abc import Sequence
from dataclasses import astuple, fields
from importlib.metadata import version

import torch

from clusterer.training.loop import Numbered

LIBRARIES = ("torch", "pytorch-metric-learning", "onnxscript", "onnxruntime")


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
