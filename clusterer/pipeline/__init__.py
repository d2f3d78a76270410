"""The one place where the stages meet."""

from clusterer.pipeline._analyse import analyse
from clusterer.pipeline._decide import decide
from clusterer.pipeline._hook import Hook
from clusterer.pipeline._process import Outcome, default_folder, process

__all__ = ["Hook", "Outcome", "analyse", "decide", "default_folder", "process"]
