"""All benchmarks; none is imported before it runs."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, cast

GROUPS: Mapping[str, str] = {
    "media": "reading films: where the cuts are",
    "faces": "detectors, encoders, losses, and the quality of faces",
    "people": "grouping into people, and what decides it",
    "review": "correcting a result",
    "speed": "time and memory",
}


class Module(Protocol):
    """What the module of a benchmark offers.

    Attributes
    ----------
    QUICK : values of options with which the benchmark takes seconds on the demo
    """

    QUICK: Mapping[str, object]

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add its options."""

    def main(self, given: argparse.Namespace) -> None:
        """Measure, and print the tables."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark: the module of that name in its group."""

    group: str
    name: str
    summary: str

    @property
    def module(self) -> str:
        """Full name of the module."""
        return f"benchmarks.{self.group}.{self.name.replace('-', '_')}"

    def load(self) -> Module:
        """Import the module."""
        return cast("Module", importlib.import_module(self.module))


BENCHMARKS = (
    Benchmark("media", "cuts", "cuts found and false ones, on films that it renders itself"),
    Benchmark("faces", "detectors", "recall, box precision and time of each detector, by clip"),
    Benchmark("faces", "encoders", "how well each encoder tells people apart, and ms a face"),
    Benchmark("faces", "models", "detectors and encoders over all clips: both tables of the docs"),
    Benchmark("faces", "cnn", "dlib's CNN detector against ours: boxes, margins, time"),
    Benchmark("faces", "centerface", "make the shipped CenterFace from the original file"),
    Benchmark("faces", "verification", "photographs: accuracy, and thresholds that accept alike"),
    Benchmark("faces", "sface", "make the shipped SFace from the original file"),
    Benchmark("faces", "quality", "errors and distances by quality: the table behind tolerance"),
    Benchmark("faces", "statistics", "similarity of one and of two people's faces, by quality"),
    Benchmark("faces", "tracks", "whether tracks stay with one person and end at the true frame"),
    Benchmark("faces", "cosine", "which cosine threshold corresponds to 0.36 under L2"),
    Benchmark("faces", "losses", "which loss teaches a face encoder most on a small budget"),
    Benchmark("faces", "anonymise", "faces left in anonymised films, and how long writing takes"),
    Benchmark("people", "accuracy", "accuracy of the whole pipeline on each clip"),
    Benchmark("people", "hard", "accuracy on copies that are harder to analyse"),
    Benchmark("people", "parts", "accuracy on parts of clips, each by itself"),
    Benchmark("people", "ancestor", "the ancestor's method beside ours"),
    Benchmark("people", "clothing", "which description of clothes tells people apart best"),
    Benchmark("people", "evidence", "evidence of distances of faces and clothes, by quality"),
    Benchmark("people", "confidence", "whether confidence is the share that is right"),
    Benchmark("people", "calibration", "--threshold auto, and metrics learned from a clip"),
    Benchmark("people", "order", "how much the order of tracks decides"),
    Benchmark("people", "gallery", "names by a gallery: right, wrong, none"),
    Benchmark("people", "listed", "names by a list of the cast: right, wrong, none"),
    Benchmark("people", "find", "a face looked for in a film: how often each word is right"),
    Benchmark("people", "season", "films with partly the same people: joined, and asked about"),
    Benchmark(
        "people", "archive", "thousands of people in two films each: joined, and asked about"
    ),
    Benchmark(
        "people", "background", "extras who are folded away, and main people who must not be"
    ),
    Benchmark("review", "actions", "answers and corrections that a simulated reviewer needs"),
    Benchmark("review", "page", "first paint, script, scrolling and memory of the page"),
    Benchmark("review", "naming", "clicks, keys and seconds to name people on the page"),
    Benchmark("review", "missed", "missed faces found again from one drawn box each"),
    Benchmark("speed", "pipeline", "time and peak memory of the whole pipeline, as ratios"),
    Benchmark("speed", "workers", "time and memory of the command by number of cores"),
    Benchmark("speed", "season", "time and memory of a project of short films, by workers"),
    Benchmark("speed", "frame", "what a frame costs, part by part, at 360p to 2160p"),
    Benchmark("speed", "refinement", "time of the second stage for an hour of simulated tracks"),
    Benchmark("speed", "archive", "linking and searching a thousand films, and adding one"),
    Benchmark("speed", "sample-rate", "accuracy and time over sample rates"),
)


def find(group: str, name: str) -> Benchmark:
    """The benchmark of that name; `KeyError` if there is none."""
    return {(each.group, each.name): each for each in BENCHMARKS}[group, name]
