"""Checkpoints, from which an interrupted training resumes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

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


class CheckpointWriter:
    """Writes checkpoints while the training goes on.

    Parameters
    ----------
    folder
        See `write_checkpoint`; None = nothing is written.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._pending: Future[None] | None = None
        self._pool: ThreadPoolExecutor | None = None

    @contextmanager
    def open(self) -> Iterator[None]:
        """Write in the background; at the end, everything is written.

        Raises
        ------
        ResultError
            The last checkpoint cannot be written.
        """
        with ThreadPoolExecutor(1, "checkpoint") as self._pool:
            yield
            self._wait()

    def write(self, content: dict[str, Any]) -> None:
        """Write the present state of tensors, which may change meanwhile.

        Raises
        ------
        ResultError
            The checkpoint before cannot be written.
        """
        self._wait()
        if self._folder is not None and self._pool is not None:
            kept = in_main_memory(content)
            self._pending = self._pool.submit(write_checkpoint, self._folder, kept)

    def _wait(self) -> None:
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()


def in_main_memory(content: Any) -> Any:
    """Copy the tensors in dicts, lists and tuples to the CPU; plain values stay as they are."""
    if isinstance(content, Tensor):
        return content.detach().to("cpu", copy=True)
    if isinstance(content, dict):
        return {key: in_main_memory(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return type(content)(in_main_memory(value) for value in content)
    return content


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
