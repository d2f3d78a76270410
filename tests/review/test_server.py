"""The server begins, ends and leaves nothing behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from clusterer.core.errors import ConfigError, ResultError
from clusterer.core.types import Action, ClusteringResult, Edit
from clusterer.outputs.save import save as save_result
from clusterer.review import ConflictError, Session, Site, serve
from clusterer.review import session as session_module
from clusterer.store.folder import load
from clusterer.store.footage import Footage
from tests.review.conftest import ANN, Served, opened, serving, stored
from tests.video_files import film_of

ADA = Edit(Action.NAME, who=(ANN,), name="Ada")


def saving(folder: Path, save: Callable[[ClusteringResult, Path], None]) -> Site:
    session = Session(folder, save)
    return Site(session, Footage(folder, session.state.result.analysis))


def alone(work: Callable[..., None], *args: Any) -> None:
    """Do something in a process of its own, whose main thread has no event loop."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=args)
    process.start()
    process.join(60)
    assert process.exitcode == 0


def serve_until(folder: Path, sent: signal.Signals) -> None:
    """Correct something, then end by a signal."""
    site = opened(folder)
    answers: list[Any] = []

    def correct(address: str) -> None:
        served = Served(site, address)
        answers.append(served.post("edit", {"edit": {"action": "name", "who": [ANN],
                                                     "name": "Ada"}, "count": 0}))  # fmt: skip
        os.kill(os.getpid(), sent)

    before = signal.getsignal(sent)
    threads: list[Thread] = []

    def on_ready(address: str) -> None:
        threads.append(Thread(target=correct, args=[address]))
        threads[0].start()

    serve(site, on_ready)
    threads[0].join()
    assert signal.getsignal(sent) is before
    assert answers[0].json == {"count": 1}
    assert load(folder).edits == site.session.state.log.edits


def serve_and_stop(folder: Path) -> None:
    """End by a signal before anything is served."""
    serve(opened(folder), lambda _: os.kill(os.getpid(), signal.SIGINT))


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_with_the_tables_written(folder: Path, sent: signal.Signals) -> None:
    alone(serve_until, folder, sent)
    assert "Ada" in (folder / "people.csv").read_text("utf-8")
    assert [edit.name for edit in load(folder).edits] == ["Ada"]


def test_a_signal_before_it_runs_ends_it_too(folder: Path) -> None:
    alone(serve_and_stop, folder)


def test_it_is_for_this_machine_only(folder: Path) -> None:
    with serving(opened(folder)) as served:
        (server,) = served.servers
        assert served.get("state").status == 200
        names = [s.getsockname() for part in server.servers for s in part.sockets]
        assert names == [("127.0.0.1", served.port)]


def test_every_start_without_a_subject_has_another_secret(folder: Path) -> None:
    tokens = set()
    for _ in range(2):
        with serving(opened(folder)) as served:
            tokens.add(served.token)
    assert len(tokens) == 2


def test_the_end_waits_for_the_tables(folder: Path) -> None:
    began, go = Event(), Event()

    def slow(result: ClusteringResult, where: Path) -> None:
        began.set()
        assert go.wait(timeout=60)
        save_result(result, where)

    site = saving(folder, slow)
    with serving(site) as served:
        site.session.append(ADA, 0)
        assert began.wait(timeout=60)
        site.session.append(ADA, 1)
        assert served.get("state").json["written"] == 0
        served.stop()
        assert load(folder).edits == ()
        go.set()
    assert len(load(folder).edits) == 2
    with pytest.raises(ConflictError, match="The review has ended"):
        site.session.undo(2)


def test_a_change_in_hand_is_finished(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began, go = Event(), Event()
    decide = session_module.decide

    def slow(*given: Any, **options: Any) -> ClusteringResult:
        began.set()
        assert go.wait(timeout=60)
        return decide(*given, **options)

    monkeypatch.setattr(session_module, "decide", slow)
    site = opened(folder)
    with serving(site) as served:
        asking = Thread(target=served.post, args=["regroup", {"count": 0}])
        asking.start()
        assert began.wait(timeout=60)
        assert served.get("state").json["count"] == 0  # who only asks does not wait
        assert served.get().status == 200
        served.stop()
        go.set()
        asking.join()
    assert stored(folder)["edits"][0]["action"] == "group again"
    assert load(folder).grouped_under == 1


def test_tables_that_cannot_be_written_are_told(folder: Path) -> None:
    def full(*_: Any) -> None:
        raise ResultError("Cannot write x (no space left on device)", "Free some space")

    site = saving(folder, full)

    def review() -> None:
        with serving(site) as served:
            site.session.append(ADA, 0)
            site.session.writer.flush()
            state = served.get("state").json
            assert (state["count"], state["written"], state["newest"]) == (1, 0, False)
            assert state["error"] == "Cannot write x (no space left on device)"
            assert served.get("chip/0.jpg").status == 200

    with pytest.raises(ResultError) as caught:
        review()
    assert str(caught.value) == (
        "Tables and report are not up to date: Cannot write x (no space left on device). "
        "Every correction is saved; once there is space, review this folder again"
    )
    assert len(stored(folder)["edits"]) == 1
    session = Session(folder)  # at the next opening they are
    session.close()
    assert len(load(folder).edits) == 1


def test_a_film_on_its_way_does_not_hold_up_the_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clusterer.review.server.PATIENCE_S", 0.1)
    head = film_of(10_000)
    padding = (200 << 20) - len(head)
    with folder.with_name("small.mp4").open("wb") as film:
        film.write(head + padding.to_bytes(4, "big") + b"free")
        film.truncate(200 << 20)
    with serving(opened(folder)) as served:
        watching = socket.create_connection(("127.0.0.1", served.port), timeout=60)
        head = f"GET /{served.token}/video HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n\r\n"
        watching.sendall(head.encode())
        assert watching.recv(100).startswith(b"HTTP/1.1 200 ")
        started_s = time.monotonic()
    assert time.monotonic() - started_s < 5
    watching.close()


def test_port(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError) as caught:
            serve(opened(folder), lambda _: pytest.fail("it is not ready"), port)
        assert str(caught.value) == (
            f"Cannot use port {port} (it is in use). Choose another, or leave out --port"
        )
    with serving(opened(folder), port) as served:
        assert served.port == port
        assert served.get("state").status == 200


def test_nothing_is_said_on_the_terminal(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def broken(*_: Any) -> str:
        raise RuntimeError("broken")

    with serving(opened(folder, render=broken)) as served:
        assert served.get().status == 500
        assert served.ask("GET", "/").status == 404
    assert capfd.readouterr() == ("", "")
