"""Workers on other machines, behind a scheduler of Dask, as a `concurrent.futures.Executor`.

The store is the truth: a part that a worker delivers is stored here, and what is stored is never
asked for again. The scheduler gives the part of a worker that died to another. What fails in any
other way is tried once more; a worker with other versions or models gets nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from clusterer.core.address import INSTALL
from clusterer.core.config import AnalysisConfig
from clusterer.core.errors import (
    ClustererError,
    ClusterError,
    DependencyError,
    NoFilmError,
    PartError,
    RefusedError,
)
from clusterer.core.text import one_line
from clusterer.models.devices import CPU
from clusterer.pipeline.elsewhere import SAME, Statement, resolved, stated

P = ParamSpec("P")
T = TypeVar("T")

WAIT_S = 60.0
"""How long to wait for a first worker that fits."""
_ANSWER_S = 20.0
"""How long a scheduler that runs may take to answer."""
_POLL_S = 0.5
_TRIES = 2
_NOBODY = {"NoWorkerError", "NoValidWorkerError"}
"""What Dask raises where ``no-workers-timeout`` of the scheduler is set and has passed."""
_SCHEMES = ("tcp://", "tls://", "ucx://", "ws://", "wss://", "inproc://")


class _Answer(Future[T]):
    """A future; whoever takes its result receives notes first."""

    def __init__(self, deliver: Callable[[], object]) -> None:
        super().__init__()
        self._deliver = deliver

    def result(self, timeout: float | None = None) -> T:
        """As of `concurrent.futures.Future`."""
        try:
            return super().result(timeout)
        finally:
            self._deliver()


@dataclass(slots=True, eq=False)
class _Call:
    """A call that is to be made elsewhere.

    Attributes
    ----------
    work : the function with its arguments
    future : what the caller waits for
    avoids : address of each worker that refused it, and why
    failures : how often it failed
    """

    work: Callable[[], Any]
    future: Future[Any]
    avoids: dict[str, RefusedError] = field(default_factory=dict)
    failures: int = 0


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What a worker answers that cannot do a call."""

    worker: str
    error: RefusedError


class Cluster(Executor):
    """Workers on other machines; use in a ``with`` block.

    Dask's own protocol has neither passwords nor encryption unless ``tls://`` is used: whoever
    reaches the scheduler runs code on all workers. Nothing is started or listened to here.

    Parameters
    ----------
    address
        Of the scheduler: ``tcp://host:8786``.
    config
        Settings of the analysis, by which workers state their models; None = the defaults.
    device
        That networks run on, a name in `clusterer.models.devices.DEVICES`.
    note
        Called once for each worker that is refused, with a line that names it; in the thread that
        makes this object, hands in a call, takes a result or ends the block.
    wait_s
        How long to wait for a worker that fits.

    Raises
    ------
    DependencyError
        dask and distributed are not installed.
    ClusterError
        Nobody answers at this address, or no worker fits.

    Examples
    --------
    >>> with Cluster("tcp://10.0.0.1:8786") as executor:  # doctest: +SKIP
    ...     clusterer.process("/films/episode.mp4", executor=executor)
    """

    is_elsewhere = True
    """Results are stored by the caller, whose folders these workers do not see."""

    def __init__(
        self,
        address: str,
        config: AnalysisConfig | None = None,
        device: str = CPU.name,
        note: Callable[[str], object] | None = None,
        *,
        wait_s: float = WAIT_S,
    ) -> None:
        self.address, self._device, self._wait_s = address, device, wait_s
        self._config = resolved(config or AnalysisConfig())
        self._note = note or (lambda _: None)
        self._here = stated(self._config, device)
        self._notes: SimpleQueue[str] = SimpleQueue()
        self._checked: dict[str, str] = {}  # address of a worker → why it is refused; "" = it fits
        self._checking = threading.Lock()
        self._client = _connect(address, wait_s)
        self._again = ThreadPoolExecutor(1, "cluster-video")
        try:
            self._fitting({})
            self._deliver()
        except BaseException:
            self.shutdown(wait=False)
            raise

    @property
    def _max_workers(self) -> int:
        """Calls that all workers that fit make at once; at least 2, so that films are divided."""
        self._deliver()
        threads = self._threads()
        return max(2, sum(threads[each] for each in threads if not self._checked.get(each)))

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """As of `concurrent.futures.Executor`; the function must exist on the workers, too."""
        call = _Call(partial(fn, *args, **kwargs), _Answer(self._deliver))
        self._send(call)
        self._deliver()
        return call.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the scheduler; workers stay. Parameters as of `concurrent.futures.Executor`."""
        del wait, cancel_futures  # calls that nobody waits for are given up
        self._again.shutdown(wait=False, cancel_futures=True)
        with suppress(Exception):  # whatever happens to a connection that ends
            self._client.close(timeout=5)
        self._deliver()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown(wait=False)

    def _send(self, call: _Call) -> None:
        """Give a call to the scheduler."""
        if call.future.cancelled():
            return
        where: dict[str, Any] = {}
        refused = {each for each, why in self._checked.items() if why}
        if refused or call.avoids:
            # Others only where all of these have died: else it would wait for ever.
            where = {"workers": self._fitting(call.avoids), "allow_other_workers": True}
        try:
            inner = self._client.get_executor(pure=False, **where).submit(_attempt, call.work)
        except Exception as error:
            raise self._gone(error) from None
        call.future.add_done_callback(partial(_cancel_too, inner))
        inner.add_done_callback(partial(self._arrived, call))

    def _arrived(self, call: _Call, inner: Future[Any]) -> None:
        """Pass on the outcome of a call, or have it made again; runs in the client's thread."""
        if call.future.cancelled():
            return
        if inner.cancelled():
            _fail(call, self._gone(CancelledError()))
            return
        error = inner.exception()
        if error is None:
            found = inner.result()
            if not isinstance(found, _Refusal):
                _succeed(call, found)
                return
            call.avoids[found.worker] = found.error
            if not isinstance(found.error, NoFilmError):  # other films it may find
                self._refuse(found.worker, found.error.cause)
        elif not self._is_worth_another(call, error):
            return
        with suppress(RuntimeError):  # it is shut down
            self._again.submit(self._send_again, call)

    def _is_worth_another(self, call: _Call, error: BaseException) -> bool:
        """Count a failure, and whether the call is made again; else pass it on."""
        from distributed.scheduler import KilledWorker  # noqa: PLC0415 (of the extra)

        if isinstance(error, KilledWorker):
            died = error.allowed_failures + 1
            what = f"A part was lost {died} times because its worker died"
            _fail(call, PartError(what, "Workers may lack memory; see their logs"))
        elif type(error).__name__ in _NOBODY:
            _fail(call, self._nobody())
        elif isinstance(error, ClustererError) or type(error).__module__.startswith("clusterer."):
            _fail(call, error)
        else:
            call.failures += 1
            if call.failures < _TRIES:
                return True
            what = one_line(f"{type(error).__name__}: {error}")
            _fail(call, PartError(f"A part failed {_TRIES} times on workers ({what})", ""))
        return False

    def _send_again(self, call: _Call) -> None:
        try:
            self._check_new(self._threads())
            self._send(call)
        except ClustererError as error:
            _fail(call, error)

    def _fitting(self, avoids: Mapping[str, RefusedError]) -> list[str]:
        """Addresses of workers that fit; waits for a first one."""
        until_s = time.monotonic() + self._wait_s
        while True:
            threads = self._threads()
            self._check_new(threads)
            good = [each for each in threads if not self._checked[each]]
            fitting = [each for each in good if each not in avoids]
            if fitting:
                return fitting
            if good:
                raise avoids[good[0]]
            if time.monotonic() >= until_s:
                raise self._nobody()
            time.sleep(_POLL_S)

    def _nobody(self) -> ClusterError:
        refused = [why for why in self._checked.values() if why]
        if refused:
            return ClusterError(f"No worker of {self.address} fits: {refused[0]}", SAME)
        return ClusterError(
            f"{self.address} has no workers", f"Start one: dask worker {self.address} --nthreads 1"
        )

    def _threads(self) -> dict[str, int]:
        """Address of each worker → calls that it makes at once."""
        try:
            return dict(self._client.nthreads())
        except Exception as error:
            raise self._gone(error) from None

    def _check_new(self, workers: Mapping[str, int]) -> None:
        """Ask workers that joined what they would use."""
        with self._checking:
            new = [each for each in workers if each not in self._checked]
            if not new:
                return
            try:
                found = self._client.run(
                    _state, self._config, self._device, workers=new, on_error="return"
                )
            except Exception as error:
                raise self._gone(error) from None
            for worker in new:
                why = self._why(found.get(worker))
                self._checked[worker] = ""
                if why:
                    self._refuse(worker, f"{worker} {why}")

    def _why(self, answer: object) -> str:
        """Why a worker does not fit, without its name; empty = it does."""
        if isinstance(answer, Statement):
            return self._here.difference(answer)
        if isinstance(answer, ImportError):
            return "lacks cluster-video"
        return f"cannot state its versions ({one_line(str(answer))})"

    def _refuse(self, worker: str, why: str) -> None:
        """Note once why a worker gets nothing from now on."""
        if not self._checked.get(worker):
            self._checked[worker] = why
            self._notes.put(f"a worker is not used: {why}")  # this may be a thread of Dask

    def _deliver(self) -> None:
        """Pass notes on, in a thread of the caller."""
        with suppress(Empty):
            while True:
                self._note(self._notes.get_nowait())

    def _gone(self, error: BaseException) -> ClusterError:
        detail = one_line(str(error))
        return ClusterError(
            f"The scheduler at {self.address} does not answer{detail and f' ({detail})'}",
            "Start it again, then run the same command; it goes on where this run stopped",
        )


def _connect(address: str, wait_s: float) -> Any:
    """Connect to a scheduler that is running; none is ever started."""
    try:
        from distributed import Client  # noqa: PLC0415 (of the extra)
    except ImportError:
        raise DependencyError("The libraries dask and distributed are missing", INSTALL) from None
    if not address.startswith(_SCHEMES):
        raise ClusterError(
            f"{address} is not the address of a scheduler", "Give it as tcp://host:8786"
        )
    _silence()
    connect: Any = Client  # it has types, but not of this
    try:
        return connect(
            address, timeout=min(wait_s, _ANSWER_S), set_as_default=False, name="cluster-video"
        )
    except Exception as error:
        raise ClusterError(
            f"No scheduler answers at {address} ({one_line(str(error))})",
            "Start one: dask scheduler --no-dashboard",
        ) from None


def _silence() -> None:
    """Keep Dask from logging what is raised here; it sets the level of some of its loggers."""
    logger = logging.getLogger("distributed")
    logger.setLevel(logging.CRITICAL)
    for name in list(logger.manager.loggerDict):
        if name.startswith("distributed."):
            logging.getLogger(name).setLevel(logging.NOTSET)


def _state(config: AnalysisConfig, device: str) -> Statement:
    """On a worker: what it would use."""
    return stated(config, device)


def _attempt(work: Callable[[], T]) -> T | _Refusal:
    """On a worker: do the work, or state who refuses it."""
    try:
        return work()
    except RefusedError as error:
        from distributed import get_worker  # noqa: PLC0415 (of the extra)

        return _Refusal(get_worker().address, error)


def _cancel_too(inner: Future[Any], outer: Future[Any]) -> None:
    if outer.cancelled():
        inner.cancel()


def _succeed(call: _Call, found: Any) -> None:
    if call.future.set_running_or_notify_cancel():
        call.future.set_result(found)


def _fail(call: _Call, error: BaseException) -> None:
    if call.future.set_running_or_notify_cancel():
        call.future.set_exception(error)
