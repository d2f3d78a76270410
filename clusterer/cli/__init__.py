"""The command ``cluster-video``: flags → config → library → print; printing and exiting is here."""

from clusterer.cli.main import main

__all__ = ["main"]
