"""The one place where the stages meet."""

from clusterer.pipeline._amend import amend, check
from clusterer.pipeline._analyse import analyse
from clusterer.pipeline._config import config_of
from clusterer.pipeline._decide import Basis, assign, basis, decide
from clusterer.pipeline._hook import Hook
from clusterer.pipeline._load import load
from clusterer.pipeline._photographs import (
    PhotographEncoder,
    Photographs,
    decode_photograph,
    encode_photographs,
    read_photograph,
)
from clusterer.pipeline._process import Outcome, default_folder, process

__all__ = [
    "Basis",
    "Hook",
    "Outcome",
    "PhotographEncoder",
    "Photographs",
    "amend",
    "analyse",
    "assign",
    "basis",
    "check",
    "config_of",
    "decide",
    "decode_photograph",
    "default_folder",
    "encode_photographs",
    "load",
    "process",
    "read_photograph",
]
