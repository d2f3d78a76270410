"""Griffe's extension by which mkdocstrings reads our docstrings; see `api.tidy`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import griffe

sys.path.insert(0, str(Path(__file__).parent))

from api import tidy


class Docstrings(griffe.Extension):
    """Tidies every docstring."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Called for each module, class, function and attribute."""
        if obj.docstring is not None:
            obj.docstring.value = tidy(obj.docstring.value)
