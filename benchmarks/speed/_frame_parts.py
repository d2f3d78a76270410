"""Analyse one video in this process on one core; print the CPU time of each part as JSON.

    python -m benchmarks.speed._frame_parts VIDEO FOLDER

The part of `speed frame` that needs a fresh process. Functions of the library are replaced by ones
that count the CPU time of their thread, each without the others that it calls.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import av

from benchmarks.speed._memory import peak_bytes

PARTS = {
    "loading models": (
        "clusterer.faces.detection.base:create",
        "clusterer.faces.encoding.base:create",
        "clusterer.faces.alignment.base:create",
        "clusterer.clothing.encoder:ClothingEncoder.__init__",
    ),
    "decoding": ("clusterer.media.decode:Reader.__iter__",),
    "small picture": ("clusterer.media.picture:Converter.small",),
    "cuts": (
        "clusterer.media.shots.detector:CutDetector.warm_up",
        "clusterer.media.shots.detector:CutDetector.feed",
        "clusterer.media.shots.detector:CutDetector.finish",
    ),
    "static frames": (
        "clusterer.media.static_frames:StaticFrames.sample",
        "clusterer.media.static_frames:StaticFrames.skips",
    ),
    "grey picture": ("clusterer.media.picture:Converter.grey",),
    "RGB": ("clusterer.media.picture:Converter.rgb",),
    "shrinking": (
        "clusterer.faces.detection.picture:shrink",
        "clusterer.faces.detection.picture:pad",
    ),
    "detection network": ("clusterer.faces.detection.centerface:CenterFace.detect",),
    "boxes": (
        "clusterer.faces.detection.centerface:decode",
        "clusterer.faces.detection.suppression:suppress",
        "clusterer.faces.detection.base:finish",
    ),
    "quality": ("clusterer.faces.quality:measure_quality",),
    "tracking": ("clusterer.faces.tracking:Tracker.update", "clusterer.faces.tracking:stitch"),
    "optical flow": (
        "clusterer.media.flow:follow",
        "clusterer.media.flow:camera_motion",
        "clusterer.media.flow:similarity",
    ),
    "aligning": (
        "clusterer.faces.alignment.dlib_chip:DlibAligner.align",
        "clusterer.faces.alignment.five_point:FivePointAligner.align",
    ),
    "pictures of faces": ("clusterer.faces.quality:crop_face",),
    "torsos": (
        "clusterer.clothing.region:cut_torso",
        "clusterer.clothing.description:describe_torsos",
    ),
    "face network": (
        "clusterer.faces.encoding.dlib_resnet:DlibResNet.encode",
        "clusterer.faces.encoding.onnx_network:OnnxNetwork.encode",
    ),
    "clothing network": ("clusterer.clothing.encoder:ClothingEncoder.encode",),
    "storing": (
        "clusterer.store.analysis_cache:AnalysisCache.add",
        "clusterer.store.analysis_cache:AnalysisCache.finish",
    ),
}
"""Part of a frame's work → functions that do it."""
START, REST = "imports and start", "the rest"
ONCE = (START, "loading models")
"""Paid once for each process."""
SAMPLED = (
    *("RGB", "shrinking", "detection network", "boxes", "quality", "tracking", "optical flow"),
    *("aligning", "pictures of faces", "torsos", "face network", "clothing network", "storing"),
)
"""Parts that work on sampled frames only."""


class Meter:
    """CPU time by part, over all threads."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._of_thread = threading.local()
        self._lock = threading.Lock()

    def enter(self, part: str) -> None:
        """From now on this thread works on that part."""
        stack = self._stack()
        self._charge(stack)
        stack.append(part)

    def leave(self) -> None:
        """Back to what it worked on before."""
        stack = self._stack()
        self._charge(stack)
        stack.pop()

    def _stack(self) -> list[str]:
        if not hasattr(self._of_thread, "stack"):
            self._of_thread.stack, self._of_thread.since_s = [], time.thread_time()
        stack: list[str] = self._of_thread.stack
        return stack

    def _charge(self, stack: list[str]) -> None:
        now_s = time.thread_time()
        if stack:
            with self._lock:
                self.seconds[stack[-1]] += now_s - self._of_thread.since_s
        self._of_thread.since_s = now_s


def metered(meter: Meter, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, its time counted; if it is a generator, that of each step."""

    @wraps(function)
    def call(*args: Any, **named: Any) -> Any:
        meter.enter(part)
        try:
            result = function(*args, **named)
        finally:
            meter.leave()
        return steps(result) if isinstance(result, Iterator) else result

    def steps(iterator: Iterator[Any]) -> Iterator[Any]:
        while True:
            meter.enter(part)
            try:
                item = next(iterator)
            except StopIteration:
                return
            finally:
                meter.leave()
            yield item

    return call


def install(meter: Meter) -> None:
    """Replace the functions of `PARTS` wherever the library refers to them."""
    for part, places in PARTS.items():
        for place in places:
            module, _, path = place.partition(":")
            owner: Any = importlib.import_module(module)
            *classes, name = path.split(".")
            for each in classes:
                owner = getattr(owner, each)
            function = getattr(owner, name)
            counted = metered(meter, part, function)
            setattr(owner, name, counted)
            for other in [m for n, m in sys.modules.items() if n.startswith("clusterer.")]:
                if not classes and getattr(other, name, None) is function:
                    setattr(other, name, counted)


def decode(video: Path) -> tuple[float, int]:
    """CPU time to decode every frame on one thread, and their number."""
    before_s = time.process_time()
    with av.open(str(video)) as container:
        container.streams.video[0].thread_count = 1
        decoded = sum(1 for _ in container.decode(video=0))
    return time.process_time() - before_s, decoded


def main() -> None:
    """Analyse, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("video", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):  # then no library begins threads that are not counted
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    import clusterer  # noqa: PLC0415 (after the limit: libraries count cores when imported)
    from clusterer.pipeline import watch  # noqa: F401, PLC0415 (likewise; imports what a run needs)

    meter = Meter()
    install(meter)
    meter.seconds[START] = time.process_time()
    analysis = clusterer.analyse(given.video, clusterer.AnalysisConfig(), given.folder)
    meter.seconds[REST] = max(0.0, time.process_time() - sum(meter.seconds.values()))
    seconds = dict.fromkeys((START, *PARTS, REST), 0.0) | meter.seconds
    alone_s, decoded = decode(given.video)
    measured = {"seconds": seconds, "alone_s": alone_s, "decoded": decoded}
    measured["sampled"], measured["peak_bytes"] = len(analysis.sampled_frames), peak_bytes()
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
