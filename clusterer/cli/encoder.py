"""The option ``--encoder``."""

from __future__ import annotations

from typing import Any

import click

from clusterer.core.errors import ConfigError
from clusterer.faces import encoding


class EncoderName(click.ParamType[str]):
    """Name of an encoder, or ``onnx:PATH``."""

    name = "encoder"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """List all names."""
        del param, ctx
        return f"{'|'.join(encoding.names())}|onnx:PATH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check, or fail with one line; whether the file is there is seen when it is opened."""
        name = str(value)
        try:
            encoding.weights(name)
        except ConfigError as error:
            self.fail(str(error), param, ctx)
        return name


ABOUT_LOCAL = "onnx:PATH is a network of your own, described by a card: PATH with the ending .toml."
"""Help on what is no name."""
