"""What each figure means, in a line."""

from __future__ import annotations

from dataclasses import dataclass

from clusterer.evaluation.mistakes import Kind


@dataclass(frozen=True, slots=True)
class Meaning:
    """Words for one score.

    Attributes
    ----------
    title : for a table
    text : one line, ends without a full stop
    """

    title: str
    text: str


_GROUPING = {
    "b_cubed_precision": Meaning(
        "B-cubed precision", "Of a face's found person, the share that is really that person"
    ),
    "b_cubed_recall": Meaning(
        "B-cubed recall", "Of a person's faces, the share that is together with a given one"
    ),
    "b_cubed_f": Meaning("B-cubed F", "Harmonic mean of the two"),
    "pairwise_precision": Meaning(
        "Pairwise precision", "Of pairs of faces put together, the share that is one person"
    ),
    "pairwise_recall": Meaning(
        "Pairwise recall", "Of pairs of faces that are one person, the share put together"
    ),
    "pairwise_f": Meaning("Pairwise F", "Harmonic mean of the two"),
    "nmi": Meaning("NMI", "Normalised mutual information of people and found people"),
    "homogeneity": Meaning("Homogeneity", "How far a found person holds one person only"),
    "completeness": Meaning("Completeness", "How far a person is in one found person only"),
    "v_measure": Meaning("V-measure", "Harmonic mean of the two"),
    "ari": Meaning("ARI", "Adjusted Rand index: 0 is what chance would give"),
}

SECTIONS: tuple[tuple[str, str, dict[str, Meaning]], ...] = (
    (
        "Faces",
        "What the detector and the tracker find.",
        {
            "face_recall": Meaning("Face recall", "Share of the labelled faces that were found"),
            "box_precision": Meaning("Box precision", "Share of the found boxes that are faces"),
            "unknown_share": Meaning(
                "Left unknown", "Share of the found faces that were given to nobody"
            ),
        },
    ),
    (
        "Work for a reviewer",
        "The fewest clicks in the review page that make everything right.",
        {
            "clicks": Meaning("Clicks", "All of them"),
            "merges": Meaning("Merges", "Found people put together"),
            "moves": Meaning("Moves", "Tracks given to somebody else"),
            "removals": Meaning("Removals", "Tracks taken away, for they show no face"),
        },
    ),
    (
        "People, end to end",
        "Over every labelled face; one that was missed or left unknown stands alone.",
        {
            **_GROUPING,
            "people_found": Meaning("People found", "Groups in the result"),
            "people_true": Meaning("People to be seen", "Whom a viewer can tell"),
            "character_precision": Meaning(
                "Character precision", "Each person's best group: the share that is right, averaged"
            ),
            "character_recall": Meaning(
                "Character recall", "Each person's best group: the share of them in it, averaged"
            ),
        },
    ),
    (
        "People, assigned faces only",
        "Over the faces that were given to somebody: can what is said be trusted?",
        {
            **{f"assigned_{name}": meaning for name, meaning in _GROUPING.items()},
            "purity": Meaning(
                "Purity", "Share of faces that are whom most of their found person is"
            ),
        },
    ),
)
"""Title, introduction, and score → meaning, in the order of the page."""

MISTAKES: dict[Kind, tuple[str, str]] = {
    Kind.WRONG: ("Wrong faces in a person", "They show somebody else than most of that person."),
    Kind.SPLIT: ("Split people", "They show a person who has a larger group elsewhere."),
    Kind.UNKNOWN: ("Left unknown", "Found, but given to nobody, though a viewer can tell."),
    Kind.STRAY: ("Strays", "Boxes at labelled frames where no face is labelled."),
}
"""Kind of mistake → title and what it means."""


def meaning(name: str) -> Meaning:
    """Words for a score by its name; recall by kind, and what is not known, by the name alone."""
    for _, _, known in SECTIONS:
        if name in known:
            return known[name]
    kind = name.removeprefix("face_recall_")
    if kind != name:
        return Meaning(f"Face recall, {kind}", f"The same, of the faces labelled {kind}")
    return Meaning(name.replace("_", " ").capitalize(), "")
