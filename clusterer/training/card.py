"""Model card of a clothing encoder: data, training, use and limits.

After M. Mitchell et al., "Model Cards for Model Reporting", 2019.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clusterer.training.clothing import Epoch
from clusterer.training.garments import Garments
from clusterer.training.record import LOSSES, NOT_STATED, file_table, fill, table, thinned
from clusterer.training.settings import ClothingTraining

USE = """
Telling whether two people in pictures of one film wear the same clothes, as a help to group their
faces. The input is a torso, cut out below a face and scaled to {size} x {size} pixels: RGB, 0 to
255. `embeddings` have length 1, so their product is the cosine; `masks` say where the garment is,
from 0 to 1, in cells of 4 x 4 pixels.

Not meant for recognising a person: it sees clothes, so it takes two people in one uniform for
the same, and one person in two dresses for two. Nor for shopping, nor for decisions about people.
"""

LIMITS = """
* The figures above compare views that a program made of one picture. They say how training went,
  not how well clothes are recognised in films, which has to be measured on films.
* Garments, cuts and ways to photograph them that the pictures lack are described worse. How much
  worse, and for whose clothes, was not measured.
* Colours change with light: views differ by as much as light changes on one set. From day to night,
  or under coloured lamps, one garment becomes two.
* Torsos of less than about 20 pixels, hidden ones and those cut off say little.
* Only pictures that nearly repeat one another are kept on one side of the split: two quite
  different pictures of one garment may lie on both.
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """Contents of a model card besides settings and curve.

    Attributes
    ----------
    command : that repeats the training
    licences : part of the pictures → its licence
    made_with : versions of libraries and the like
    files : name → content
    closeness : see `clusterer.training.quantise.closeness`; None = there is no such network
    """

    command: str
    licences: Mapping[str, str]
    made_with: Sequence[str]
    files: Mapping[str, bytes]
    closeness: float | None = None


def write_card(
    settings: ClothingTraining, garments: Garments, history: Sequence[Epoch], facts: Facts
) -> str:
    """Write the model card of a clothing encoder, as Markdown.

    Parameters
    ----------
    settings
    garments
        All pictures, those held out too.
    history
        At least one epoch.
    facts
    """
    title = "# Clothing encoder: model card\n\n" + fill(
        "A ResNet-18 (He et al., 2016) that turns the picture of a torso into an embedding of the "
        "clothing, and locates the garment in the picture."
    )
    sections = {
        "Files": file_table(facts.files),
        "Data": _data(settings, garments, facts.licences),
        "Training": _training(settings, facts),
        "How training went": _curve(history, facts.closeness),
        "Meant for": USE.format(size=settings.size_px).strip(),
        "Limits": LIMITS.strip(),
    }
    bodies = [f"## {name}\n\n{body}" for name, body in sections.items()]
    return "\n\n".join([title, *bodies]) + "\n"


def _data(settings: ClothingTraining, garments: Garments, licences: Mapping[str, str]) -> str:
    parts, counts = np.unique(garments.parts, return_counts=True)
    rows = [
        (part, f"{count:,}", licences.get(part, NOT_STATED))
        for part, count in zip(parts.tolist(), counts.tolist(), strict=True)
    ]
    labelled = sum(bool(name) for name in garments.kind_names)
    text = (
        f"{len(garments):,} pictures in {len(np.unique(garments.groups)):,} groups: pictures that "
        "nearly repeat one another form a group, which is trained on or held out as a whole. "
        f"{settings.held_out:.0%} of the groups are held out (seed {settings.seed}). {labelled} "
        f"kinds of garments are named, {int(garments.has_mask.sum()):,} pictures have a mask, and "
        f"{len(garments.backgrounds):,} other pictures stand behind garments."
    )
    return f"{table(('part', 'pictures', 'licence'), rows)}\n\n{fill(text)}"


def _training(settings: ClothingTraining, facts: Facts) -> str:
    colours = (
        "none is recoloured, since the loss learns a centre for each"
        if settings.learns_centres
        else f"{settings.recolour_share:.0%} get new colours, the same in both views"
    )
    rows = [
        ("metric loss", LOSSES[settings.loss]),
        ("temperature", f"{settings.temperature:g} (InfoNCE and SupCon only)"),
        ("other losses", f"kind and colours, each times {settings.head_weight:g}; mask, "
         f"times {settings.mask_weight:g}"),
        ("views", f"two of each garment in a batch; {colours}"),
        ("batch", f"{settings.batch_size} garments"),
        ("epochs", f"{settings.epochs}"),
        ("optimizer", f"AdamW, rate {settings.learning_rate:g} (cosine), decay "
         f"{settings.weight_decay:g}"),
        ("input", f"{settings.size_px} x {settings.size_px} pixels"),
        ("channels of the first stage", f"{settings.width}"),
        ("numbers in an embedding", f"{settings.dimension}"),
        ("seed", f"{settings.seed}"),
        ("made with", ", ".join(facts.made_with) or NOT_STATED),
    ]  # fmt: skip
    text = (
        "All weights start from chance: no other network's weights went in. On one kind of "
        "processor, the same command, pictures, versions and number of threads give the same "
        "weights; a GPU does not promise that."
    )
    command = f"```\n{facts.command}\n```"
    return f"{fill(text)}\n\n{command}\n\n{table(('setting', 'value'), rows)}"


def _curve(history: Sequence[Epoch], closeness: float | None) -> str:
    rows = [
        (f"{each.number}", f"{each.loss:.3f}", f"{each.auc:.4f}", f"{each.recall:.3f}")
        for each in thinned(history)
    ]
    curve = table(("epoch", "loss", "held-out AUC", "held-out recall"), rows)
    text = fill(
        "Of two views each of the held-out pictures. AUC: how often views of one picture are "
        "nearer than those of two (0.5 = chance). Recall: how often the nearest second view of all "
        "is of the same picture."
    )
    if closeness is not None:
        text += "\n\n" + fill(
            f"The embeddings of the 8-bit network lie at a mean cosine of {closeness:.4f} to the "
            "others, on views of held-out pictures."
        )
    return f"{curve}\n\n{text}"
