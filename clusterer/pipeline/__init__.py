"""The one place where the stages meet."""

from clusterer.pipeline._amend import amend, check
from clusterer.pipeline._analyse import analyse
from clusterer.pipeline._config import config_of
from clusterer.pipeline._decide import Basis, assign, basis, decide
from clusterer.pipeline._gallery import read_gallery
from clusterer.pipeline._hook import Hook
from clusterer.pipeline._keeping import add_to_gallery
from clusterer.pipeline._load import load
from clusterer.pipeline._naming import Naming, Told, name_people
from clusterer.pipeline._photographs import (
    PhotographEncoder,
    Photographs,
    decode_photograph,
    encode_photographs,
    read_photograph,
)
from clusterer.pipeline._place import default_folder, folder_name
from clusterer.pipeline._process import Outcome, process

__all__ = [
    "Basis",
    "Hook",
    "Naming",
    "Outcome",
    "PhotographEncoder",
    "Photographs",
    "Told",
    "add_to_gallery",
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
    "folder_name",
    "load",
    "name_people",
    "process",
    "read_gallery",
    "read_photograph",
]
