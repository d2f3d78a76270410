"""Run a detector's network on a device: on the CPU one picture per thread, elsewhere in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from clusterer.core.types import Detections, FloatArray, Frame
from clusterer.models.runtime import Session, open_session

Outputs = TypeVar("Outputs")


def open_detector(model: bytes, threads: int, origin: str, remedy: str, device: str) -> Session:
    """Open a detector's network; parameters and errors as `open_session`.

    On the CPU it has one thread, and is called from several: threads within a session wait for each
    other at every layer.
    """
    return open_session(model, 1, origin, remedy, device, device_threads=threads)


def look_in_batches(  # noqa: PLR0913 (the parts of a detector)
    frames: Sequence[Frame],
    prepare: Callable[[Frame], tuple[FloatArray, FloatArray]],
    look: Callable[[FloatArray], Sequence[Outputs]],
    read: Callable[[Frame, FloatArray, Outputs], Detections],
    *,
    session: Session,
    threads: int,
) -> list[Detections]:
    """Find the faces of each frame, those of one size together; an empty picture has none.

    Parameters
    ----------
    frames
        May differ in size.
    prepare
        Makes the network's input, of shape (1, 3, H, W), and a scale.
    look
        Runs the network on b pictures; b outputs. Black pictures follow the last ones if the device
        wants batches of one shape.
    read
        Makes the faces of a frame, from its scale and its output.
    session
        The network; its device says how many pictures make a batch.
    threads
        How many of them are prepared and read side by side.

    Returns
    -------
    One `Detections` per frame, in the order given.
    """
    found = [Detections.empty()] * len(frames)
    most = max(1, session.device.frames)
    with ThreadPoolExecutor(threads) as pool:
        seen = [n for n, frame in enumerate(frames) if frame.image.size]
        inputs = dict(zip(seen, pool.map(prepare, [frames[n] for n in seen]), strict=True))
        for part in _parts({n: inputs[n][0].shape for n in seen}, most):
            pictures = session.padded(np.concatenate([inputs[n][0] for n in part]), most)
            scales = [inputs[n][1] for n in part]
            outputs = look(pictures)[: len(part)]
            read_all = pool.map(read, [frames[n] for n in part], scales, outputs)
            for n, faces in zip(part, read_all, strict=True):
                found[n] = faces
    return found


def _parts(shapes: dict[int, tuple[int, ...]], most: int) -> list[list[int]]:
    """Numbers of inputs of one shape, at most so many together, in order."""
    alike: dict[tuple[int, ...], list[int]] = {}
    for n, shape in shapes.items():
        alike.setdefault(shape, []).append(n)
    return [
        group[start : start + most]
        for group in alike.values()
        for start in range(0, len(group), most)
    ]
