"""Libraries of the system that a Python package needs and does not carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from clusterer.core.errors import DependencyError

_MISSING = re.compile(r"(\S+\.so\S*): cannot open shared object file")
_OPENCV_NEEDS = ("libGL", "libglib", "libgthread", "libgobject", "libgio")
"""What the wheels of opencv-python leave to the system; missing from small containers."""


@contextmanager
def system_libraries() -> Iterator[None]:
    """Turn a failed import for want of a library of the system into one line.

    Raises
    ------
    DependencyError
        Names the library, and where it is known, the package of Debian and Ubuntu that holds it.
    """
    try:
        yield
    except ImportError as error:
        match = _MISSING.search(str(error))
        if match is None:
            raise
        library = match[1]
        remedy = "Install the package of your system that holds it"
        if library.startswith(_OPENCV_NEEDS):
            # Both, since who lacks one mostly lacks the other.
            remedy = "On Debian or Ubuntu: sudo apt-get install libgl1 libglib2.0-0"
        raise DependencyError(f"The system library {library} is missing", remedy) from None
