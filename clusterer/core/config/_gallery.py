"""Settings for naming people by a gallery."""

from __future__ import annotations

from dataclasses import dataclass

from clusterer.core.config._check import check


@dataclass(frozen=True, slots=True)
class GalleryConfig:
    """When a person is given a name from a gallery.

    Distances are in units of the encoder's default threshold. The figures are for dlib on 23
    celebrities and 10 people of Labeled Faces in the Wild, half of them in the gallery, drawn 40
    times, one to five photographs against galleries of one to eight each (python -m benchmarks
    people gallery).

    Attributes
    ----------
    limit
        Largest distance of a person and their entry in the gallery. At 1, nobody in the gallery got
        a wrong name, and one of 7862 who were not in it did; at 1.2, up to 4 % of the latter did.
    margin
        Smallest difference to the distance of the next entry, and to the distance of anybody seen
        in one frame with the person. At a limit of 1.2, 0.25 reduces the 4 % to 2 %; at 1 it costs
        less than one name in a thousand. The effect on people seen in one frame was not measured.
    min_quality
        Smallest quality of the person's best readable track, 0 to 1; as
        `ClusteringConfig.clear_quality`.
    outlier
        A photograph farther than this from the mean of the person's others is left out: 0.3 % of
        true photographs, and 93 % of those of a stranger among three to eight.
    candidates
        Number of names suggested for a person who stays unnamed.
    kept
        Number of pictures of a person that an episode adds to a gallery.
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
