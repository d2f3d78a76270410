"""The pass over the video, in parts; it goes on where an earlier run stopped."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from clusterer.core.config import AnalysisConfig
from clusterer.core.cores import usable_cores, usable_memory_bytes
from clusterer.core.errors import ResultError, VideoError, WorkerError
from clusterer.core.hook import Hook
from clusterer.core.types import Analysis, Mark, VideoInfo
from clusterer.media import Part, probe, span
from clusterer.models.devices import CPU, DEVICES
from clusterer.pipeline.chain import Chain, assemble, connect, name_pictures
from clusterer.pipeline.elsewhere import Needs
from clusterer.pipeline.look import (
    DamageError,
    Finished,
    Job,
    Looked,
    Progress,
    look,
    one_thread_each,
    open_models,
    steps,
)
from clusterer.pipeline.plan import plan
from clusterer.pipeline.shared import FilmWorkers
from clusterer.pipeline.workers import DIED, NoWorkersError, WorkerProcesses, finished
from clusterer.store.analysis_cache import AnalysisCache
from clusterer.store.finished import FinishedPart
from clusterer.store.withdrawn import WithdrawnTrack

_WORKER_BYTES, _BYTES_PER_PX = 260 << 20, 110
"""Memory of a worker: 270, 317, 404 and 798 MiB at 360p, 720p, 1080p and 2160p, which is 255 MiB
and 66 bytes for each px of a picture; with 10 bits and bitstreams of many references more."""
_PER_CARD = 4
"""Processes that share a graphics card: each has the networks in its memory."""
LONGEST_JOB_S = 120.0
"""Seconds of video that a worker looks at in one pass. An interruption loses all of it; where more
cannot be divided, the film's own thread looks at it, and stores shots as they come."""
STORED_S = 20.0
"""Seconds of video whose shots are stored together: storing waits for the disk."""


@dataclass(slots=True)
class _Store:
    """Finished parts, as they are stored, and what can be seen of the progress."""

    cache: AnalysisCache
    hook: Hook
    video: VideoInfo
    end_s: float
    parts: dict[str, FinishedPart]
    faces: int = 0
    done_s: float = 0.0
    noted: set[str] = field(default_factory=set)

    def add(self, part: FinishedPart) -> None:
        """Store a part; its pictures are read again when all is finished."""
        name = self.cache.add(part)
        without = tuple(replace(shot, pictures=()) for shot in part.shots)
        self.parts[name] = replace(part, shots=without)
        self.faces += part.n_faces

    def note(self, troubles: Iterable[str]) -> None:
        """Pass on why networks do not run on the device asked for, each reason once."""
        for trouble in troubles:
            if trouble not in self.noted:
                self.noted.add(trouble)
                self.hook.note(trouble)

    @property
    def chain(self) -> Chain:
        """The parts, as far as they are joined."""
        return connect(self.parts)

    @property
    def known(self) -> frozenset[Mark]:
        """Beginnings of all finished shots."""
        return frozenset(shot.begins for part in self.parts.values() for shot in part.shots)

    def forget(self) -> None:
        """Begin again."""
        self.parts.clear()
        self.faces, self.done_s = 0, 0.0
        self.cache.start(())

    def advance(self, pts: int, faces: int = 0) -> None:
        """Report the progress up to a frame, with faces that are not stored yet."""
        self.done_s = max(self.done_s, min(self.video.seconds(pts), self.end_s))
        self.hook.progress(self.done_s, self.end_s, self.faces + faces)


def watch(  # noqa: PLR0913 (what a run consists of)
    path: Path,
    config: AnalysisConfig,
    models: dict[str, str],
    cache: AnalysisCache,
    hook: Hook,
    *,
    executor: Executor | None = None,
    device: str = CPU.name,
    needs: Needs | None = None,
    withdrawn: tuple[WithdrawnTrack, ...] = (),
) -> Analysis:
    """Analyse the video, storing shots as they end.

    Parameters
    ----------
    path, config
        The video, and the settings of the first phase.
    models
        Weights file name → sha256.
    cache
        Stores finished shots, returns those of an interrupted run, and stores the analysis.
    hook
        Receives the progress.
    executor
        Looks at parts of the video; None = this process does, from beginning to end. A
        `FilmWorkers` does all the work, also that of one pass.
    device
        Name in `clusterer.models.devices.DEVICES`; where it fails, the hook receives a note.
    needs
        What workers on other machines must have; None = nothing is checked.
    withdrawn
        Faces that are left out.
    """
    info = probe(path, config.video.stream)
    span(info, config.video)  # nothing is written before the part of the video has been found
    end_s = min(info.end_s, config.video.end_s or info.end_s)
    store = _Store(cache, hook, info, end_s, cache.finished_parts())
    threads = executor.threads if isinstance(executor, FilmWorkers) else usable_cores()
    job = Job(
        info, config, models, Part(), threads, device=device, needs=needs, withdrawn=withdrawn
    )
    with one_thread_each():
        chain = _look_at_all(job, store, executor)
    analysis = assemble(chain, info, models)
    pictures = (cache.pictures(link.name, link.part) for link in chain.links)
    cache.finish(analysis, name_pictures(chain, pictures))
    return analysis


def _look_at_all(job: Job, store: _Store, executor: Executor | None) -> Chain:
    """Look at all that is not finished, and at a damaged video again."""
    try:
        _resume(store)
        return _look(job, store, executor)
    except DamageError as error:
        store.hook.note(f"{error}: it is analysed from its beginning, in one pass")
    store.forget()
    _go_on(replace(job, is_alone=True), store, executor)
    chain = store.chain
    if not chain.is_complete:
        raise VideoError(f"{job.video.path} changed while it was read", "Run it again")
    return chain


def _look(job: Job, store: _Store, executor: Executor | None) -> Chain:
    """Look at all that is not finished.

    Raises
    ------
    DamageError
        The video is damaged, or parts of it contradict each other.
    """
    if executor is not None:
        _look_apart(executor, job, store)
    if not store.parts and job.decoding_threads == 1:
        job = replace(job, is_alone=True)  # it is the same, and need not begin again at damage
    chain = store.chain
    while not chain.is_complete:
        reached = chain.end_pts
        _go_on(job, store, executor)
        chain = store.chain
        if not chain.is_complete and chain.end_pts == reached:
            raise DamageError("parts of the video contradict each other")
    return chain


def _resume(store: _Store) -> None:
    """Keep what an earlier run finished, and say so.

    Raises
    ------
    DamageError
        It found damage: a pass that goes on behind it sees other pictures at the next damage than
        one that began before it.
    """
    if any(part.losses.damaged_pts is not None for part in store.parts.values()):
        raise DamageError("the file is damaged")
    store.cache.start(store.parts.keys())
    store.faces = sum(part.n_faces for part in store.parts.values())
    if store.parts:
        joined = sum(len(link.shots) for link in store.chain.links)
        count = sum(len(part.shots) for part in store.parts.values())
        after = (
            f"after shot {count}" if joined == count else f"with {len(store.known)} finished shots"
        )
        store.hook.note(f"resuming {after}, where an earlier run stopped")


def _look_apart(executor: Executor, job: Job, store: _Store) -> None:
    """Have all parts of the video looked at that are not finished."""
    shares = isinstance(executor, FilmWorkers)
    _limit(executor, job)
    workers = getattr(executor, "_max_workers", None) or usable_cores()
    if workers < 2 and not shares:
        return
    parts, done_pts = plan(job.video, job.config, store.chain, store.parts.values(), workers)
    if len(parts) < 2:
        return  # one pass
    threads = job.threads if shares else max(1, job.threads // min(workers, len(parts)))
    futures: dict[Future[Looked], Part] = {}
    try:
        for part in parts:
            futures[executor.submit(look, replace(job, part=part, threads=threads))] = part
        for future, found in finished(futures):
            done_pts += parts[futures.pop(future)]
            store.note(found.troubles)
            store.add(found.part)
            store.advance(done_pts)
        if isinstance(executor, WorkerProcesses):
            executor.shutdown()  # what follows needs their memory; a next video starts its own
    except BrokenExecutor:
        raise WorkerError(*DIED) from None
    except NoWorkersError as error:
        _stop(executor, futures)
        store.hook.note(f"no worker processes can be started ({error}); one does all the work")
    except BaseException:
        _stop(executor, futures)
        raise
    finally:
        _keep_finished(futures, store)


def _limit(executor: Executor, job: Job) -> None:
    """Have no more processes for this video than graphics card and memory have room for."""
    if not isinstance(executor, (WorkerProcesses, FilmWorkers)):
        return
    most = [_PER_CARD] if DEVICES[job.device].padded else []
    if isinstance(executor, FilmWorkers):
        left_bytes = executor.memory_bytes
    else:
        left_bytes = usable_memory_bytes() if executor.is_automatic else None
    if left_bytes is not None:
        picture_px = math.prod(job.video.square_px)
        most.append(max(1, left_bytes // (_WORKER_BYTES + _BYTES_PER_PX * picture_px)))
    executor.at_most(min(most, default=sys.maxsize))


def _stop(executor: Executor, futures: Iterable[Future[Looked]]) -> None:
    """End the work on a video."""
    if isinstance(executor, WorkerProcesses):
        executor.end()  # without cancelling: Python 3.11 fails where both are done
    else:
        for future in futures:
            future.cancel()


def _keep_finished(futures: Iterable[Future[Looked]], store: _Store) -> None:
    """Store what is finished when something goes wrong."""
    for future in futures:
        if future.done() and not future.cancelled() and future.exception() is None:
            with suppress(ResultError):  # as of a full disk; the first error is the one to report
                store.add(future.result().part)


def _go_on(job: Job, store: _Store, executor: Executor | None) -> None:
    """Look at what follows the chain, in one pass, up to a shot that is finished already."""
    last = store.chain.last
    job = replace(job, part=Part(after=last, known=store.known))
    if not isinstance(executor, FilmWorkers):
        _pass(job, store, lambda: None)
        return
    reached_s = 0.0 if last is None else store.video.seconds(last.end_pts)
    if executor.is_here and store.end_s - reached_s > LONGEST_JOB_S:
        with executor.turn() as check:
            _pass(job, store, check)
        return
    found = executor.submit(look, job).result()
    store.note(found.troubles)
    if found.part.shots:
        store.add(found.part)
    end_pts = store.chain.end_pts
    if end_pts is not None:
        store.advance(end_pts)


def _pass(job: Job, store: _Store, check: Callable[[], None]) -> None:
    """Look at a part in this thread, and store shots as they come; `check` may end it."""
    last = job.part.after
    waiting, models = _Waiting(store, None if last is None else last.end_pts), open_models(job)
    store.note(models.troubles)
    try:
        for step in steps(job, models):
            check()
            if isinstance(step, Progress):
                store.advance(step.pts, waiting.faces + step.faces)
            else:
                waiting.add(step)
    except BaseException:
        with suppress(ResultError):  # as of a full disk; the first error is the one to report
            waiting.put()
        raise
    waiting.put()
    store.note(models.troubles)


@dataclass(slots=True)
class _Waiting:
    """Shots of one pass that wait to be stored.

    Attributes
    ----------
    store
    after_pts : as of `FinishedPart`, of the next part
    shots
    """

    store: _Store
    after_pts: int | None
    shots: list[Finished] = field(default_factory=list)

    @property
    def faces(self) -> int:
        """Number of their faces."""
        return sum(each.shot.n_faces for each in self.shots)

    def add(self, finished: Finished) -> None:
        """Let a shot wait; all are stored when they are long enough together."""
        self.shots.append(finished)
        begins, end = self.shots[0].shot.begins, finished.next
        seconds = self.store.video.seconds
        if end is not None and seconds(end.pts) - seconds(begins.pts) >= STORED_S:
            self.put()

    def put(self) -> None:
        """Store all that wait."""
        if not self.shots:
            return
        shots, last = tuple(each.shot for each in self.shots), self.shots[-1]
        self.store.add(FinishedPart(shots, last.next, losses=last.losses, after_pts=self.after_pts))
        self.after_pts = None if last.next is None else last.next.pts
        self.shots.clear()
