"""One-line explanations of all scores."""

from __future__ import annotations

from dataclasses import dataclass

from clusterer.evaluation.mistakes import Kind


@dataclass(frozen=True, slots=True)
class Meaning:
    """Title and explanation of a score.

    Attributes
    ----------
    title : for a table
    text : one line without a full stop
    """

    title: str
    text: str


_GROUPING = {
    "b_cubed_precision": Meaning(
        "B-cubed precision", "Share of a face's found person that is the same person"
    ),
    "b_cubed_recall": Meaning(
        "B-cubed recall", "Share of a face's person that is in the same found person"
    ),
    "b_cubed_f": Meaning("B-cubed F", "Harmonic mean of the two"),
    "pairwise_precision": Meaning(
        "Pairwise precision", "Share of the pairs of faces in one found person that show one person"
    ),
    "pairwise_recall": Meaning(
        "Pairwise recall", "Share of the pairs of faces of one person that are in one found person"
    ),
    "pairwise_f": Meaning("Pairwise F", "Harmonic mean of the two"),
    "nmi": Meaning("NMI", "Normalised mutual information of people and found people"),
    "homogeneity": Meaning("Homogeneity", "How far each found person contains a single person"),
    "completeness": Meaning("Completeness", "How far each person is in a single found person"),
    "v_measure": Meaning("V-measure", "Harmonic mean of the two"),
    "ari": Meaning("ARI", "Adjusted Rand index: 0 is chance level"),
}

SECTIONS: tuple[tuple[str, str, dict[str, Meaning]], ...] = (
    (
        "Faces",
        "What detector and tracker find.",
        {
            "face_recall": Meaning("Face recall", "Share of the labelled faces that were found"),
            "box_precision": Meaning("Box precision", "Share of the found boxes that are faces"),
            "unknown_share": Meaning("Left unknown", "Share of the found faces without a person"),
        },
    ),
    (
        "Tracks",
        "How well a track follows one face, whoever it is assigned to. A trajectory is one person"
        " in one shot.",
        {
            "track_purity": Meaning(
                "Track purity", "Share of faces that show the main person of their track"
            ),
            "track_completeness": Meaning(
                "Track completeness", "Share of faces in the main track of their trajectory"
            ),
            "track_idf1": Meaning(
                "Track IDF1", "F of faces in the one track that is assigned to their trajectory"
            ),
            "id_switches": Meaning("ID switches", "Times that a trajectory goes on in a new track"),
            "trajectories": Meaning("Trajectories", "Labelled people, shot by shot"),
            "mostly_tracked": Meaning(
                "Mostly tracked (MT)", "Share of trajectories found to 80 % or more"
            ),
            "mostly_lost": Meaning(
                "Mostly lost (ML)", "Share of trajectories found to less than 20 %"
            ),
        },
    ),
    (
        "Work for a reviewer",
        "The fewest clicks on the review page that correct everything.",
        {
            "clicks": Meaning("Clicks", "Merges, moves and removals"),
            "merges": Meaning("Merges", "Found people merged"),
            "moves": Meaning("Moves", "Tracks moved to another person"),
            "removals": Meaning("Removals", "Tracks removed because they show no face"),
        },
    ),
    (
        "People, end to end",
        "Over every labelled face; each missed or unknown face is a separate group.",
        {
            **_GROUPING,
            "people_found": Meaning("People found", "Groups in the result"),
            "people_true": Meaning("Labelled people", "Those that a viewer can identify"),
            "character_precision": Meaning(
                "Character precision",
                "Share of a person's best group that is right, averaged over people",
            ),
            "character_recall": Meaning(
                "Character recall",
                "Share of a person that is in their best group, averaged over people",
            ),
            "idf1": Meaning("IDF1", "F of faces in the one group that is assigned to their person"),
        },
    ),
    (
        "People, assigned faces only",
        "Over the faces assigned to a person: how far assignments can be trusted.",
        {
            **{f"assigned_{name}": meaning for name, meaning in _GROUPING.items()},
            "wcp": Meaning(
                "WCP",
                "Weighted cluster purity: share of faces that show the main person of their group",
            ),
        },
    ),
    (
        "People, track by track",
        "With equal weight for each track that found a labelled face, as in papers on face tracks.",
        {
            "track_nmi": Meaning("NMI of tracks", "Each unknown track is a separate group"),
            "track_wcp": Meaning("WCP of tracks", "Over the tracks assigned to a person"),
            "track_character_precision": Meaning(
                "Character precision of tracks",
                "Share of a person's best group that is right, averaged over people",
            ),
            "track_character_recall": Meaning(
                "Character recall of tracks",
                "Share of a person's tracks in their best group, averaged over people",
            ),
        },
    ),
)
"""Title, introduction, and score → meaning, in the order of the page."""

MISTAKES: dict[Kind, tuple[str, str]] = {
    Kind.WRONG: (
        "Wrong faces in a person",
        "They show somebody else than most faces of that person do.",
    ),
    Kind.SPLIT: ("Split people", "They show a person who has a larger group elsewhere."),
    Kind.UNKNOWN: (
        "Left unknown",
        "Found but not assigned to a person, although a viewer can identify them.",
    ),
    Kind.STRAY: ("False detections", "Boxes at labelled frames where no face is labelled."),
}
"""Kind of mistake → title and explanation."""


def meaning(name: str) -> Meaning:
    """Title and explanation of a score; those of unlisted scores are derived from the name."""
    for _, _, known in SECTIONS:
        if name in known:
            return known[name]
    kind = name.removeprefix("face_recall_")
    if kind != name:
        return Meaning(f"Face recall, {kind}", f"Face recall over the faces labelled {kind}")
    return Meaning(name.replace("_", " ").capitalize(), "")
