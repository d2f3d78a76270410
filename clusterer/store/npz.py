"""Read NumPy's .npz of unknown origin: only what is asked for, and no more than its size allows.

A ZIP file of 2 MB can unpack to 2 GB, and the header of an array can state any shape. So what a
member takes is compared with the file and with its header before anything is allocated.
"""

from __future__ import annotations

import math
import os
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from clusterer.core.files import open_file

MOST_UNPACKED = 200
"""Times its size that a file may unpack to. Those of ten clips unpack to 2.1 to 3.1 times theirs, a
film in which nobody is seen to 6 times; deflate itself allows 1032."""
ALWAYS_BYTES = 16 << 20
"""May always be unpacked, whatever the size of the file."""
MOST_BYTES = 4 << 30
"""May never be exceeded: embeddings of a million faces."""
_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
_LONGEST_HEADER = 4096


def read_npz(path: Path, names: Collection[str]) -> dict[str, npt.NDArray[Any]]:
    """Read the arrays of these names, if they are there; no other member is unpacked.

    Raises
    ------
    Exception
        Of many kinds: OSError, ValueError, `zipfile.BadZipFile`, zlib's.
    """
    with open_file(path) as file, zipfile.ZipFile(file) as members:
        size = os.fstat(file.fileno()).st_size
        wanted = [one for one in members.infolist() if one.filename.removesuffix(".npy") in names]
        if len({one.filename for one in wanted}) < len(wanted):
            raise ValueError("a member is there twice")
        _check(sum(one.file_size for one in wanted), size)
        return {
            one.filename.removesuffix(".npy"): _array(members.open(one), one.file_size)
            for one in wanted
        }


def _check(unpacked: int, size: int) -> None:
    """Refuse more than a file of this size may unpack to."""
    if unpacked > min(MOST_BYTES, max(ALWAYS_BYTES, MOST_UNPACKED * size)):
        raise ValueError(f"its {size} bytes would become {unpacked}")


def _array(member: IO[bytes], size: int) -> npt.NDArray[Any]:
    with member:
        read_header = _HEADERS[np.lib.format.read_magic(member)]
        shape, by_column, dtype = read_header(member, max_header_size=_LONGEST_HEADER)
        wanted = math.prod(shape) * dtype.itemsize
        if dtype.hasobject or min(shape, default=0) < 0 or wanted != size - member.tell():
            raise ValueError(f"an array of {size} bytes has the shape {shape}")
        flat = np.frombuffer(bytearray(member.read()), dtype, math.prod(shape))
        return flat.reshape(shape, order="F" if by_column else "C")
