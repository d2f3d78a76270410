"""Contents of folders, to compare: pytest takes minutes to show how two large files differ."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digests(folder: Path, pattern: str = "**/*") -> dict[str, str]:
    """SHA-256 of each file, by its path within the folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.glob(pattern)
        if path.is_file()
    }
