"""Films of two seconds with two people, and all that a project says of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from clusterer.core.config import (
    AnalysisConfig,
    ClusteringConfig,
    Config,
    DetectionConfig,
    LinkConfig,
    VideoConfig,
)
from clusterer.project.project import Project
from tests.digests import digests
from tests.face_films import on_wall
from tests.video_files import write_video

FRAMES = 24
"""Of each shot."""
QUICK = Config(
    AnalysisConfig(video=VideoConfig(sample_rate_hz=2.0), detection=DetectionConfig(width_px=256)),
    ClusteringConfig(min_faces=1),
)
LINK = LinkConfig(min_looks=1)
"""A shot shows one look of a person."""


def tiny_film(path: Path, number: int = 0, who: str = "AB") -> Path:
    """A shot of each person, before a wall that the camera passes; numbers make films differ."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_video(
        path,
        (
            on_wall(name, 40 * shot + 7 * number + i)
            for shot, name in enumerate(who)
            for i in range(FRAMES)
        ),
    )


def season(folder: Path, numbers: Iterable[int] = range(3)) -> list[Path]:
    """Films ``e0.mp4`` …"""
    return [tiny_film(folder / f"e{number}.mp4", number) for number in numbers]


def dump(project: Project) -> dict[str, Any]:
    """Everything that a project says, and the files of its results, but where films lie."""
    return {
        "scope": project.scope,
        "config": project.config,
        "films": [replace(film, source="") for film in project.films],
        "people": project.people,
        "doubts": project.doubts,
        "impure": project.impure,
        "edits": project.edits,
        "vectors": sorted(digests(project.path / "vectors").values()),
        "results": digests(project.path / "results"),
    }
