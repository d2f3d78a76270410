"""Griffe's extension by which mkdocstrings reads our code; see `api.tidy` for docstrings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import griffe

sys.path.insert(0, str(Path(__file__).parent))

from api import tidy, with_type


class Docstrings(griffe.Extension):
    """Tidies docstrings and defaults."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Called for each module, class, function and attribute."""
        if obj.docstring is not None:
            obj.docstring.value = tidy(obj.docstring.value)

    def on_function_instance(self, *, func: griffe.Function, **_: Any) -> None:
        """Give what a function returns its type."""
        if func.docstring is not None and func.returns is not None:
            func.docstring.value = with_type(func.docstring.value, str(func.returns))

    def on_attribute_instance(self, *, attr: griffe.Attribute, **_: Any) -> None:
        """Show the default of a setting without its range, which the page of settings has."""
        value = attr.value
        if isinstance(value, griffe.ExprCall) and str(value.function) == "ranged":
            attr.value = value.arguments[0]
