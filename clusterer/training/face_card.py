"""Model card of a face encoder; after M. Mitchell et al., "Model Cards for Model Reporting"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clusterer.evaluation.verification import Accepted
from clusterer.faces.encoding.card import Card
from clusterer.training.faces import FaceEpoch, FaceTrainer
from clusterer.training.record import LOSSES, NOT_STATED, file_table, fill, table, thinned
from clusterer.training.settings import FaceTraining

USE = """
Telling whether two chips show one person, to group the faces of a film. The input is a face, cut
out as the card beside the network says and scaled to {size} x {size} pixels: RGB, 0 to 255. The
embeddings have length 1, so that 1 minus their product is the cosine distance.

Not meant for finding out who somebody is, nor for decisions about people.
"""

LIMITS = """
* An encoder separates people only as far as its training pictures allow. Published ones saw ten
  thousands of people; with a few hundred or less, people who were not among them are confused.
* Faces unlike those of the data (age, origin, light, pose, size) are told apart worse. How much
  worse, and whose, was not measured.
* The best epoch and the threshold were chosen on the held-out people by whom it is judged here: on
  others expect less.
* Whoever trained it must be allowed to use the pictures: faces are biometric data.
"""


@dataclass(frozen=True, slots=True)
class FaceFacts:
    """Contents of a model card besides settings and curve.

    Attributes
    ----------
    command : that repeats the training
    made_with : versions of libraries and the like
    card : of the network
    at_threshold : held-out pairs that its threshold accepts
    files : name → content
    """

    command: str
    made_with: Sequence[str]
    card: Card
    at_threshold: Accepted
    files: Mapping[str, bytes]


def write_face_card(trainer: FaceTrainer, facts: FaceFacts) -> str:
    """Write the model card of a face encoder, as Markdown.

    Parameters
    ----------
    trainer
        Its training is finished.
    facts
    """
    chosen = trainer.settings
    title = "# Face encoder: model card\n\n" + fill(
        f"A ResNet-{chosen.backbone.removeprefix('resnet')} (He et al., 2016) with the embedding "
        "head of ArcFace (Deng et al., 2019, option E), that turns a face into an embedding."
    )
    sections = {
        "Files": file_table(facts.files),
        "Data": _data(trainer, facts.card.licence),
        "Training": _training(chosen, facts),
        "How training went": _curve(trainer.history, trainer.best),
        "Threshold": _threshold(facts),
        "Meant for": USE.format(size=chosen.size_px).strip(),
        "Limits": LIMITS.strip(),
    }
    bodies = [f"## {name}\n\n{body}" for name, body in sections.items()]
    return "\n\n".join([title, *bodies]) + "\n"


def _data(trainer: FaceTrainer, licence: str) -> str:
    people, rows = trainer.faces.people, (trainer.train_rows, trainer.held_out_rows)
    names = ("trained on", f"held out (seed {trainer.settings.seed})")
    cells = [
        (name, f"{len(np.unique(people[some]))}", f"{len(some):,}")
        for name, some in zip(names, rows, strict=True)
    ]
    left = len(trainer.faces.left_out), len(trainer.faces.damaged)
    text = (
        f"Licence of the pictures: {licence or NOT_STATED}. Nobody is on both sides. Left out: "
        f"{left[0]} people with too few pictures, {left[1]} files that are no pictures."
    )
    return f"{table(('', 'people', 'pictures'), cells)}\n\n{fill(text)}"


def _training(chosen: FaceTraining, facts: FaceFacts) -> str:
    crop = "all" if chosen.crop == 1.0 else f"the middle {chosen.crop:.0%}"
    batch = f"{chosen.batch_size} pictures"
    if chosen.loss == "triplet":
        batch += f", {chosen.per_person} of each person"
    slowly = "; its margin comes in slowly" if chosen.loss == "sphereface" else ""
    rows = [
        ("loss", LOSSES[chosen.loss] + slowly),
        ("scale", f"{chosen.scale:g} (ArcFace and CosFace only)"),
        ("backbone", f"{chosen.backbone}, {chosen.stem} stem, weights from chance"),
        ("input", f"{chosen.size_px} x {chosen.size_px} pixels, {crop} of each picture"),
        ("numbers in an embedding", f"{chosen.dimension}"),
        ("batch", batch),
        ("epochs", f"at most {chosen.epochs}, patience {chosen.patience}"),
        ("optimizer", f"AdamW, rate {chosen.learning_rate:g} (cosine), decay "
         f"{chosen.weight_decay:g}"),
        ("dropout", f"{chosen.dropout:g}"),
        ("seed", f"{chosen.seed}"),
        ("made with", ", ".join(facts.made_with) or NOT_STATED),
    ]  # fmt: skip
    return f"```\n{facts.command}\n```\n\n{table(('setting', 'value'), rows)}"


def _curve(history: Sequence[FaceEpoch], best: FaceEpoch) -> str:
    rows = [
        (
            f"{each.number}{' (best)' if each.number == best.number else ''}",
            f"{each.loss:.3f}", f"{each.auc:.4f}", f"{each.accuracy:.3f}",
            f"{each.val_at_far_01:.3f}", f"{each.val_at_far_001:.3f}",
        )
        for each in sorted({*thinned(history), best}, key=lambda each: each.number)
    ]  # fmt: skip
    head = ("epoch", "loss", "AUC", "accuracy", "VAL at FAR 0.01", "at 0.001")
    text = (
        f"On pairs of held-out people. The network is that of epoch {best.number}, of the greatest "
        "AUC (0.5 = chance). Accuracy: as many pairs of one person as of two, threshold chosen on "
        "the other nine tenths of the pairs. VAL: part of the pairs of one person that is accepted "
        "where at most that part of the pairs of two people is (FAR)."
    )
    return f"{table(head, rows)}\n\n{fill(text)}"


def _threshold(facts: FaceFacts) -> str:
    at = facts.at_threshold
    return fill(
        f"{facts.card.threshold:g} in cosine distance: the largest at which at most one in a "
        "thousand held-out pairs of two people is accepted; of fewer pairs, none. It accepts "
        f"{at.true_accepts:,} of {at.same:,} pairs of one person, and {at.false_accepts:,} of "
        f"{at.different:,} of two. As dlib's 0.36, it would rather part a person than join two."
    )
