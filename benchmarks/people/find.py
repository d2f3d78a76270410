"""Finding a face: how often who is "almost certainly" or "probably" the one is the one.

    python -m benchmarks people find [CLIP.mp4 ...] [--encoder NAME] [--most 100] [--results FOLDER]

Every clear track of a labelled clip is looked for in the rest of its clip, once by its best picture
as if that were a photograph, once as a face of the film. A hit is right if most of its labelled
faces are of the same person. There are that many tracks of a clip at most, evenly spread; hits
without labelled faces are left out. All pictures of a clip share its light, so real photographs are
harder: more of them end among the near misses.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping

import clusterer
from benchmarks.footage import (
    AnalysedClip,
    add_clips,
    add_encoder,
    add_results,
    analysed,
    read_clips,
    results_folder,
)
from benchmarks.tables import markdown
from clusterer.core.config import AnalysisConfig, Config, EncodingConfig, GalleryConfig
from clusterer.core.types import ClusteringResult
from clusterer.gallery.in_film import FilmSearch
from clusterer.project.search import Chance, Hit, Hits

QUICK: Mapping[str, object] = {"most": 4}
HEADER = ("looked for by", *(f"{word.value}: hits, right" for word in Chance))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    add_encoder(parser)
    add_results(parser)
    parser.add_argument(
        "--most", type=int, default=100, help="tracks of a clip that are looked for"
    )


def main(given: argparse.Namespace) -> None:
    """Measure, and print the table."""
    counts: dict[str, Counter[tuple[Chance, bool]]] = {"a picture": Counter(), "a face": Counter()}
    with results_folder(given.results) as results:
        for clip in read_clips(given.clips):
            found = analysed(clip, results, encoder=given.encoder)
            config = Config(AnalysisConfig(encoding=EncodingConfig(encoder=given.encoder)))
            result = clusterer.decide(found.analysis, config)
            for track in _chosen(found, result, given.most):
                counts["a picture"].update(_judged(found, track, _by_picture(result, track)))
                counts["a face"].update(_judged(found, track, clusterer.find_track(track, result)))
    rows = [(name, *(_share(count, word) for word in Chance)) for name, count in counts.items()]
    print(markdown(HEADER, rows))


def _chosen(found: AnalysedClip, result: ClusteringResult, most: int) -> list[int]:
    """Clear tracks whose person is known, evenly spread."""
    least = GalleryConfig().min_quality
    tracks = [
        track
        for track, person in enumerate(found.track_people)
        if person and result.features.quality[track] >= least
    ]
    return tracks[:: max(1, -(-len(tracks) // most))]


def _by_picture(result: ClusteringResult, track: int) -> Hits:
    """Look for the best picture of a track among all others."""
    analysis = result.analysis
    chips = analysis.chips_of(track)
    quality = analysis.quality.value[analysis.chip_rows[chips]]
    best = int(quality.argmax())
    without = clusterer.amend(result, [clusterer.Editor(result).not_a_face([track])])
    face, known = analysis.chip_embeddings[chips[best]], float(quality[best])
    return FilmSearch(without).like(face, known, most=len(analysis.tracks))


def _judged(found: AnalysedClip, track: int, hits: Hits) -> Iterator[tuple[Chance, bool]]:
    """Word of each hit, and whether it is the person of the track."""
    for hit in hits:
        person = _person(found, hit)
        if person:
            yield hit.chance, person == found.track_people[track]


def _person(found: AnalysedClip, hit: Hit) -> str:
    faces: Counter[str] = Counter()
    for seen in hit.sightings:
        track = int(found.analysis.track_of_row[seen.detection])
        faces[found.track_people[track]] += len(found.analysis.tracks[track])
    del faces[""]
    return max(faces, key=lambda person: (faces[person], person), default="")


def _share(count: Counter[tuple[Chance, bool]], word: Chance) -> str:
    right, wrong = count[word, True], count[word, False]
    return f"{right + wrong}, {right / (right + wrong):.3f}" if right + wrong else "0"
