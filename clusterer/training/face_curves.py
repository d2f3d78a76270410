"""How a training of faces went, as a picture without faces."""

from __future__ import annotations

from collections.abc import Sequence

from clusterer.evaluation.drawing import MaxNLocator
from clusterer.evaluation.plots import BLUE, GREEN, ORANGE, PINK, figure, svg
from clusterer.training.faces import FaceEpoch

LINES = {
    "auc": ("AUC", BLUE),
    "accuracy": ("accuracy", ORANGE),
    "val_at_far_01": ("VAL at FAR 0.01", GREEN),
}


def draw_curves(history: Sequence[FaceEpoch]) -> str:
    """Figures of held-out people, and the loss, over the epochs.

    Parameters
    ----------
    history
        At least one epoch.

    Returns
    -------
    str
        An ``<svg>`` element that may stand in a file of its own.
    """
    made, axes = figure(6.4, 3.4)
    numbers = [each.number for each in history]
    marker = "o" if len(history) == 1 else ""
    for name, (label, colour) in LINES.items():
        values = [getattr(each, name) for each in history]
        axes.plot(numbers, values, color=colour, label=label, marker=marker)
    axes.set_xlabel("epoch")
    axes.set_ylabel("held-out people")
    axes.set_ylim(0.0, 1.0)
    beside = axes.twinx()
    losses = [each.loss for each in history]
    beside.plot(numbers, losses, color=PINK, label="loss", linestyle="--", marker=marker)
    beside.set_ylabel("loss")
    beside.spines[["top"]].set_visible(False)
    handles = [*axes.get_lines(), *beside.get_lines()]
    axes.legend(handles=handles, loc="upper left", ncols=2, fontsize="small")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return svg(made) + "\n"
