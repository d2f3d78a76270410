"""Arrays in frozen types: checked, copied, read-only."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]
ImageArray = npt.NDArray[np.uint8]


def nothing() -> FloatArray:
    """Default of arrays that were not asked for."""
    return np.zeros(0, dtype=np.float32)


def frozen(array: npt.ArrayLike, dtype: npt.DTypeLike, shape: tuple[int, ...]) -> Any:
    """Read-only copy of a dtype and shape (-1 fits any length); ValueError if it does not fit."""
    result = np.array(array, dtype=dtype)
    if result.size == 0 and result.ndim != len(shape):
        result = result.reshape((0, *(max(n, 0) for n in shape[1:])))
    fits = result.ndim == len(shape) and all(
        want in (-1, have) for want, have in zip(shape, result.shape, strict=True)
    )
    if not fits:
        raise ValueError(f"expected an array of shape {shape}, got {result.shape}")
    result.setflags(write=False)
    return result


def index(rows: npt.ArrayLike | slice) -> npt.NDArray[Any] | slice:
    """Rows as numpy takes them; an empty list, which numpy reads as float, is not a row."""
    if isinstance(rows, slice):
        return rows
    pick = np.asarray(rows)
    return pick if pick.size else pick.astype(np.int64)


def freeze(instance: object, name: str, dtype: npt.DTypeLike, *shape: int) -> None:
    """Check the array in a field of a frozen dataclass and put a read-only copy in its place."""
    try:
        checked = frozen(getattr(instance, name), dtype, shape)
    except ValueError as error:
        raise ValueError(f"{type(instance).__name__}.{name}: {error}") from None
    object.__setattr__(instance, name, checked)
