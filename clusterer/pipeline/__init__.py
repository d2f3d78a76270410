"""The one place where the stages meet."""

from clusterer.pipeline.analyse import analyse
from clusterer.pipeline.process import Outcome, process

__all__ = ["Outcome", "analyse", "process"]
