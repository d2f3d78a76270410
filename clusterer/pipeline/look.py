"""Look at one part of a video: the unit of work, here or in another process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

import cv2
import numpy as np
from threadpoolctl import threadpool_limits

from clusterer.clothing.encoder import ClothingEncoder
from clusterer.core.config import AnalysisConfig
from clusterer.core.cores import usable_cores
from clusterer.core.errors import ModelError, system_libraries
from clusterer.core.types import Frame, Losses, Mark, VideoInfo
from clusterer.faces import alignment, detection, encoding
from clusterer.faces.alignment import Aligner
from clusterer.faces.detection import Detector
from clusterer.faces.encoding import Encoder
from clusterer.media import Part, Sampler
from clusterer.models.devices import CPU
from clusterer.pipeline.device import troubles
from clusterer.pipeline.elsewhere import Needs, at_hand, check_here
from clusterer.pipeline.prefetch import FrameFaces, detect_ahead, detect_each
from clusterer.pipeline.shot import ShotAnalyser
from clusterer.store.finished import FinishedPart, FinishedShot
from clusterer.store.withdrawn import Mask, WithdrawnTrack


@dataclass(frozen=True, slots=True)
class Job:
    """What to look at, and how; can be pickled.

    Attributes
    ----------
    video : the file must be found under its path, or by `needs`
    config : settings of the first phase
    models : weights file name → sha256 that the result will state
    part : of the video
    threads : that this job may keep busy, 1 or more
    is_alone : whether this job is the whole video, decoded on one thread; any other job gives up
        at damage, where decoders show what depends on their threads and on where they began
    device : that networks run on, a name in `clusterer.models.devices.DEVICES`
    needs : what another machine must have; None = nothing is checked
    withdrawn : faces that are left out
    """

    video: VideoInfo
    config: AnalysisConfig
    models: dict[str, str]
    part: Part
    threads: int = 1
    is_alone: bool = False
    device: str = CPU.name
    needs: Needs | None = None
    withdrawn: tuple[WithdrawnTrack, ...] = ()

    @property
    def decoding_threads(self) -> int:
        """Threads that decode; the models need some, too."""
        return 1 if self.is_alone else max(1, self.threads // 2)


class DamageError(Exception):
    """Only one pass over all of the video gives the same each time; says why, for the user."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pass has come.

    Attributes
    ----------
    pts : of the frame that was analysed last
    faces : in the shot that it belongs to, so far
    """

    pts: int
    faces: int


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A shot is finished.

    Attributes
    ----------
    shot
    next : where the next one begins; None at the end of the video
    losses : so far
    """

    shot: FinishedShot
    next: Mark | None
    losses: Losses


Step: TypeAlias = Progress | Finished


@dataclass(frozen=True, slots=True)
class Models:
    """What a pass works with."""

    detector: Detector
    encoder: Encoder
    aligner: Aligner
    clothes: ClothingEncoder

    @property
    def troubles(self) -> list[str]:
        """Why networks run on the CPU although another device was asked for."""
        return troubles(self.detector, self.encoder)


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What came of a job.

    Attributes
    ----------
    part : its shots; none if it begins inside a shot that has not ended at `Part.stop_pts`, or
        cannot be sought
    troubles : why networks ran on the CPU although another device was asked for
    """

    part: FinishedPart
    troubles: tuple[str, ...]


def look(job: Job) -> Looked:
    """Analyse a part of a video.

    A plain function of an argument that can be pickled, so that any
    `concurrent.futures.Executor` can call it. Networks stay loaded for the next call in the same
    thread.

    Parameters
    ----------
    job
        What to look at.

    Returns
    -------
    Looked; on the CPU the same shots whatever the number of threads

    Raises
    ------
    DamageError
        Something in it cannot be decoded.
    RefusedError
        This process does not have what the job needs.
    ClustererError
        As of `clusterer.analyse`.
    """
    if job.needs is not None:
        check_here(job.needs, job.config, job.device)
    with at_hand(job.video.path, job.needs) as path:
        threads = job.threads if job.needs is None else min(job.threads, usable_cores())
        return _look(replace(job, video=replace(job.video, path=path), threads=threads))


def _look(job: Job) -> Looked:
    shots: list[FinishedShot] = []
    after: Mark | None = None
    losses = Losses()
    models = _kept_models(job)
    with one_thread_each():
        for step in steps(job, models):
            if isinstance(step, Finished):
                shots.append(step.shot)
                after, losses = step.next, step.losses
    part = job.part
    entry_pts = None if part.entry is None else part.entry.pts
    after_pts = None if part.after is None else part.after.end_pts
    finished = FinishedPart(tuple(shots), after, entry_pts, part.stop_pts, losses, after_pts)
    return Looked(finished, tuple(models.troubles))


def steps(job: Job, models: Models) -> Iterator[Step]:
    """Analyse a part of a video, step by step.

    Raises
    ------
    ClustererError, DamageError
        As of `look`.
    """
    config, video = job.config, job.video
    check_same(job.models, models)

    def new_shot() -> ShotAnalyser:
        return ShotAnalyser(models.aligner, models.encoder, models.clothes, config, video)

    mask = Mask(job.withdrawn, video)
    analyser, single = new_shot(), job.threads == 1 and job.device == CPU.name
    with Sampler(
        video,
        config.video,
        config.shots,
        job.part,
        job.decoding_threads,
        ahead=not single,
    ) as sampler:
        for event in (
            # A thread that hands over to another for every frame loses a sixth of its time.
            detect_each(sampler, models.detector)
            if single
            else detect_ahead(sampler, models.detector, video)
        ):
            _check_whole(job, sampler)
            if isinstance(event, FrameFaces):
                analyser.add(event.frame, mask.left(event.detections), event.motion)
                yield Progress(event.frame.pts, analyser.faces)
            else:
                finished = analyser.finish(event)
                # What is read ahead may be damaged: noted once more where it belongs.
                yield Finished(finished, event.next, sampler.losses)
                analyser = new_shot()
        _check_whole(job, sampler)


def _check_whole(job: Job, sampler: Sampler) -> None:
    if sampler.losses.damaged_pts is not None and not job.is_alone:
        raise DamageError("the file is damaged")


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Keep NumPy's BLAS and OpenCV from starting a thread per core for every small product.

    They would take half of the machine from the models. Both belong to the whole process: threads
    that do this side by side must all be within another that does.
    """
    with threadpool_limits(limits=1, user_api="blas"), system_libraries():
        before = cv2.getNumThreads()
        cv2.setNumThreads(1)
        try:
            yield
        finally:
            cv2.setNumThreads(before)


def open_models(job: Job) -> Models:
    """Load the networks of a job, and make their device ready."""
    config, device = job.config, job.device
    encoder_threads = max(1, job.threads // 2)  # detection runs at the same time, needs the rest
    encoder = encoding.create(config.encoding, encoder_threads, device)
    models = Models(
        detection.create(config.detection, job.threads, device),
        encoder,
        alignment.create(encoder.alignment, encoder.chip_size_px, encoder.padding),
        ClothingEncoder(encoder_threads),
    )
    if device != CPU.name:
        _warm_up(job.video, models)
    return models


def _warm_up(video: VideoInfo, models: Models) -> None:
    """Prepare the device for pictures of the sizes to come."""
    width_px, height_px = video.square_px
    models.detector.detect([Frame(0, 0, np.zeros((height_px, width_px, 3), np.uint8))])
    side_px = models.encoder.chip_size_px
    models.encoder.encode(np.zeros((1, side_px, side_px, 3), np.uint8))


_kept = threading.local()


def _kept_models(job: Job) -> Models:
    """Networks of this thread, kept until a job needs others."""
    key = (job.config, job.threads, job.device, tuple(sorted(job.models.items())))
    if getattr(_kept, "key", None) != key:
        _kept.models, _kept.key = open_models(job), key
    models: Models = _kept.models
    return models


def check_same(hashed: dict[str, str], loaded: Models) -> None:
    """Refuse a file that changed since it was hashed: the result would name the wrong one."""
    for each in (loaded.detector, loaded.aligner, loaded.encoder, loaded.clothes):
        for name, sha256 in each.models.items():
            if hashed.get(name, sha256) != sha256:
                raise ModelError(f"{name} changed while it was read", "Run the same command again")
