"""Checkpoints, from which an interrupted training resumes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch

from clusterer.core.errors import DataError
from clusterer.core.files import open_file, write_atomic
from clusterer.core.folders import make_folder

CHECKPOINT = "checkpoint.pt"
REMEDY = "Name another folder with --output"


def write_checkpoint(folder: Path, content: dict[str, Any]) -> None:
    """Replace the checkpoint in a folder, which is created if needed.

    Parameters
    ----------
    folder
    content
        State of the modules and the optimizer; ``settings`` and ``history`` as plain values.

    Raises
    ------
    ResultError
        It cannot be written; the earlier one is kept.
    """
    packed = io.BytesIO()
    torch.save(content, packed)
    make_folder(folder)
    write_atomic(folder / CHECKPOINT, packed.getvalue())


def read_checkpoint(
    folder: Path, settings: dict[str, Any], device: torch.device
) -> dict[str, Any] | None:
    """Read what `write_checkpoint` wrote; None if there is no checkpoint.

    Parameters
    ----------
    folder
    settings
        Must equal those of the checkpoint.
    device
        To load the tensors to.

    Raises
    ------
    DataError
        It is damaged, or has other settings.
    """
    path = folder / CHECKPOINT
    if not path.exists():
        return None
    try:
        with open_file(path) as file:
            content: dict[str, Any] = torch.load(file, map_location=device, weights_only=True)
        found = content["settings"]
    except Exception:  # unpickling nonsense raises anything
        raise DataError(f"{path} is damaged", f"Delete it, or: {REMEDY}") from None
    if found != settings:
        raise DataError(f"{path} is of a training with other settings", REMEDY)
    return content
