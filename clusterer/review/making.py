"""A file that is made in the background, one at a time, to download; nothing is left behind."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from clusterer.core.errors import ClustererError
from clusterer.core.files import is_plain_file
from clusterer.core.hook import GoOn
from clusterer.review.pace import Pace, lower_priority, one_line_of
from clusterer.review.requests import read_body
from clusterer.review.session import ConflictError


class Job(Protocol):
    """What is made."""

    @property
    def name(self) -> str:
        """Of the file."""

    @property
    def media_type(self) -> str:
        """Such as ``video/mp4``."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the page is told of it besides name and progress."""

    def make(self, file: Path, go_on: GoOn) -> None:
        """Make the file; nothing once `go_on`, called with the share that is done, is False."""


class Desk:
    """One file at a time, and the endpoints that show, cancel and give it.

    Parameters
    ----------
    what
        A noun, such as "reel".
    nothing
        Facts of a job while there is none.
    """

    def __init__(self, what: str, nothing: Mapping[str, Any]) -> None:
        self._what, self._nothing = what, nothing
        self._lock = threading.Lock()
        self._making: _Making | None = None
        self._closed = False

    def routes(
        self, path: str, fields: Sequence[str], ask: Callable[[Mapping[str, Any]], Job]
    ) -> list[Route]:
        """The endpoints below a path, such as ``/reel``.

        Parameters
        ----------
        path
            Shows how far it is; if these fields are sent, begins another one. Below it are
            ``cancel`` and ``file``.
        fields
        ask
            Reads them, in a thread of its own.
        """

        def begin(content: Mapping[str, Any]) -> Response:
            return self.begin(ask(content))

        async def asked(request: Request) -> Response:
            return await run_in_threadpool(begin, await read_body(request, *fields))

        return [
            Route(path, self.state),
            Route(path, asked, methods=["POST"]),
            Route(f"{path}/cancel", self.cancel, methods=["POST"]),
            Route(f"{path}/file", self.file),
        ]

    def state(self, _request: Request) -> Response:
        """Answer how far it is.

        ``{"state": …, "done": …, "left_s": …, "name": …, "error": …}`` and the facts of the job.
        The state is ``none``, ``making``, ``done`` or ``failed``; ``done`` is a share, and
        ``left_s`` is null while it is not known.
        """
        return JSONResponse(self._facts(self._making))

    def cancel(self, _request: Request) -> Response:
        """Delete what there is."""
        with self._lock:
            self._end()
        return JSONResponse(self._facts(None))

    def file(self, _request: Request) -> Response:
        """Answer with the file, once it is whole."""
        making = self._making
        if making is None or making.is_running or not is_plain_file(making.file):
            raise HTTPException(404, f"There is no {self._what} yet")
        job = making.job
        return FileResponse(making.file, media_type=job.media_type, filename=job.name)

    def begin(self, job: Job) -> Response:
        """Begin to make a file, and answer as `state`.

        Raises
        ------
        ConflictError
            Another one is being made.
        """
        with self._lock:
            if self._closed or (self._making is not None and self._making.is_running):
                raise ConflictError(f"A {self._what} is being made", "Wait, or cancel it")
            self._end()
            self._making = _Making(self._what, job)
        return JSONResponse(self._facts(self._making))

    def close(self) -> None:
        """End what is being made, and delete it."""
        with self._lock:
            self._closed = True
            self._end()

    def _end(self) -> None:
        if self._making is not None:
            self._making.end()
            self._making = None

    def _facts(self, making: _Making | None) -> dict[str, Any]:
        if making is None:
            nothing = {"state": "none", "done": 0.0, "left_s": None, "name": "", "error": ""}
            return nothing | dict(self._nothing)
        is_done = not making.is_running and not making.error
        return {
            "state": "making" if making.is_running else "done" if is_done else "failed",
            "done": 1.0 if is_done else round(making.pace.done, 4),
            "left_s": making.pace.left_s if making.is_running else None,
            "name": making.job.name,
            "error": making.error,
            **making.job.facts,
        }


class _Making:
    """One job at work, in a folder of its own that only this user can enter."""

    def __init__(self, what: str, job: Job) -> None:
        self.pace, self.error, self.job = Pace(), "", job
        self._folder = Path(tempfile.mkdtemp(prefix="cluster-video-"))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=what, daemon=True)
        self._thread.start()

    @property
    def file(self) -> Path:
        return self._folder / self.job.name

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def end(self) -> None:
        """Stop it, and delete what there is."""
        self._stop.set()
        self._thread.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self) -> None:
        lower_priority()
        try:
            self.job.make(self.file, self._go_on)
        except ClustererError as error:
            self.error = str(error)
        except Exception as error:  # the page says why
            self.error = one_line_of(error)

    def _go_on(self, done: float) -> bool:
        self.pace.note(done)
        return not self._stop.is_set()
