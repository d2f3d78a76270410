"""The command ``cluster-video``: flags → config → library → output. Only cli prints or exits."""

from clusterer.cli.main import main

__all__ = ["main"]
