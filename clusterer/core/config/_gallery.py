"""Settings of naming people by a gallery."""

from __future__ import annotations

from dataclasses import dataclass

from clusterer.core.config._check import check


@dataclass(frozen=True, slots=True)
class GalleryConfig:
    """When a person gets the name of somebody in a gallery.

    Distances are counted in default thresholds of the encoder: 1 = the threshold. The figures are
    those of dlib on 23 celebrities and 10 people of Labeled Faces in the Wild, half of them in the
    gallery, drawn 40 times, one to five photographs against galleries of one to eight each
    (python -m benchmarks people gallery).

    Attributes
    ----------
    limit
        Farthest that a person may be from whom they are named after. At 1 nobody in the gallery got
        a wrong name, and of 7862 who were not in it one did; at 1.2 up to 4 % of the latter did.
    margin
        How much nearer that must be than the next, and how much nearer than anybody else who is
        seen in one frame with the person. 0.25 takes the 4 % at 1.2 down to 2 %, and costs less
        than one name in a thousand at 1. Of those seen in one frame nothing was measured.
    min_quality
        Quality that a person's best readable track must have, 0 to 1: as
        `ClusteringConfig.clear_quality`, from which a face can be learnt from.
    outlier
        A photograph farther than this from the mean of the person's others is left out. Of true
        photographs 0.3 % are, of one stranger's among three to eight of them 93 %.
    candidates
        Names told of a person who stays unnamed.
    kept
        Pictures of a person that an episode adds to a gallery.
    """

    limit: float = 1.0
    margin: float = 0.25
    min_quality: float = 0.1
    outlier: float = 1.75
    candidates: int = 3
    kept: int = 5

    def __post_init__(self) -> None:
        check("limit of a name", self.limit, 0.0, 10.0)
        check("margin of a name", self.margin, 0.0, 10.0)
        check("quality of a named face", self.min_quality, 0.0, 1.0)
        check("distance of an outlier", self.outlier, 0.0, 10.0)
        check("candidates", self.candidates, 0, 100)
        check("pictures kept", self.kept, 1, 1000)
