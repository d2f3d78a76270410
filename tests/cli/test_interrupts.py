"""Ctrl-C, at any time: no traceback, exit code 130."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli import own_process
from tests.conftest import DEMO

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are sent")
WAITING = (
    "import sys\n"
    "class Wait:\n"
    "    def find_spec(self, name, path=None, target=None):\n"
    "        if name == {!r}:\n"
    "            import time\n"
    "            print('now', file=sys.__stderr__, flush=True); time.sleep(30)\n"
    "sys.meta_path.insert(0, Wait())"
)

ON = (
    "import sys\n"
    "class On:\n"
    "    def find_spec(self, name, path=None, target=None):\n"
    "        if name == 'clusterer.cli.signals': print('on', file=sys.__stderr__, flush=True)\n"
    "sys.meta_path.insert(0, On())"
)
"""Before that, Python itself starts, and an interrupt could meet even this script."""


@contextmanager
def start(*args: object, cwd: Path, breaking: str = "") -> Iterator[subprocess.Popen[str]]:
    """The process; it is killed if it does not end in time."""
    with subprocess.Popen(
        own_process.arguments(*args, breaking=breaking),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=own_process.environment(),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def script(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python code that uses the package, not the command."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, timeout=60, check=False,
        cwd=cwd, env=own_process.environment(),
    )  # fmt: skip


@pytest.mark.parametrize("module", [
    "signal", "click", "rich.console", "numpy", "numpy.linalg", "clusterer.cli.run",
    "clusterer.pipeline", "clusterer.media", "onnxruntime", "cv2",
])  # fmt: skip
@pytest.mark.parametrize("times", [1, 2])
def test_while_something_is_imported(module: str, times: int, tmp_path: Path) -> None:
    breaking = WAITING.format(module)
    if module == "signal":  # which -c may have imported already
        breaking += "\nsys.modules.pop('signal', None)"
    with start(DEMO, "-o", "r", cwd=tmp_path, breaking=breaking) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "now\n"
        for _ in range(times):
            process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert err.count("\n") <= 1


@pytest.mark.parametrize(
    "args", [["--help"], ["models"], [DEMO, "-o", "r"]], ids=lambda a: str(a[0])[-8:]
)
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_at_many_times(args: list[object], sent: signal.Signals, tmp_path: Path) -> None:
    for tenths in range(0, 16, 2):
        with start(*args, cwd=tmp_path, breaking=ON) as process:
            assert process.stderr is not None
            assert process.stderr.readline() == "on\n"
            time.sleep(tenths / 10)
            process.send_signal(sent)
            _, err = process.communicate(timeout=60)
        ended = {0, 130, -signal.SIGINT} if sent == signal.SIGINT else {0, -signal.SIGTERM}
        assert process.returncode in ended, err
        assert "Traceback" not in err
        assert "ignored" not in err


def test_twice_while_decoding(tmp_path: Path) -> None:
    for pause_s in (0.0, 0.02, 0.05):
        folder = tmp_path / f"r{pause_s}"
        with start(DEMO, "-o", folder, cwd=tmp_path) as process:
            while not (folder / ".partial" / "000000.npz").exists():
                assert process.poll() is None
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            time.sleep(pause_s)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        assert process.returncode in {130, -signal.SIGINT}
        assert "Traceback" not in err
        assert "ignored" not in err
        assert err.startswith("Interrupted. Run the same command")


def test_not_while_a_lock_is_entered(tmp_path: Path) -> None:
    """It would stay held; so the block is entered first."""
    breaking = (
        "import functools, signal, sys, threading, time, types, clusterer.pipeline.process as r\n"
        "def process(*_, **__):\n"
        "    lock = threading.Lock()\n"
        "    def on_exit(*_): lock.release(); print('out', file=sys.stderr)\n"
        "    lock.acquire()\n"
        "    condition = threading.Condition(types.SimpleNamespace(\n"
        "        acquire=lock.acquire, release=lock.release, __exit__=on_exit,\n"
        "        __enter__=functools.partial(signal.raise_signal, signal.SIGINT)))\n"
        "    with condition: print('in', file=sys.stderr)\n"
        "    time.sleep(20)\n"
        "r.process = process"
    )
    ran = own_process.run("film.mp4", breaking=breaking, cwd=tmp_path)
    assert ran.returncode == 130
    assert ran.stderr == "in\nout\nInterrupted. Run the same command to resume it.\n"


@pytest.mark.parametrize("sent", ["SIGINT", "SIGTERM"])
def test_not_while_a_lock_is_entered_by_a_command_that_is_stopped(
    sent: str, tmp_path: Path
) -> None:
    code = (
        "import functools, signal, threading, time, types\n"
        "from clusterer.cli import signals\n"
        "lock = threading.Lock(); lock.acquire()\n"
        "condition = threading.Condition(types.SimpleNamespace(\n"
        "    acquire=lock.acquire, release=lock.release, __exit__=lambda *_: lock.release(),\n"
        f"    __enter__=functools.partial(signal.raise_signal, signal.{sent})))\n"
        "with signals.stopping():\n"
        "    try:\n"
        "        with condition: print('in')\n"
        "        time.sleep(20)\n"
        "    except KeyboardInterrupt: print('stopped')"
    )
    ran = script(code, tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "in\nstopped\n", "")


def test_what_was_put_off_counts_where_the_command_ends(tmp_path: Path) -> None:
    """Not later, when Python has taken its handlers back."""
    code = (
        "from clusterer.cli import signals\n"
        "signals.raise_after(lambda: None)\n"
        "signals.once_more()\n"
        "signals.leave_at_once()\n"
        "print('too late')"
    )
    ran = script(code, tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "Interrupted.\n")


def test_again_while_order_is_made(tmp_path: Path) -> None:
    """Right after the first it means the same; later it leaves at once."""
    breaking = (
        "import sys, time, types, clusterer.cli.signals as s, clusterer.pipeline.process as r\n"
        "now_s, handled, handle = 0.0, [], s._on_interrupt\n"
        "s.time = types.SimpleNamespace(monotonic=lambda: now_s)\n"
        "s._on_interrupt = lambda run: handle(lambda *what: handled.append(0) or run(*what))\n"
        "def say(text, at_s):\n"
        "    global now_s\n"
        "    now_s, before = at_s, len(handled)\n"
        "    print(text, file=sys.stderr, flush=True)\n"
        "    while len(handled) == before: time.sleep(0.02)\n"
        "def process(*_, **__):\n"
        "    try: say('on', 5.0)\n"
        "    finally:\n"
        "        for at_s in (5.5, 6.9, 7.1): say('order', at_s)\n"
        "r.process = process"
    )
    with start("film.mp4", cwd=tmp_path, breaking=breaking) as process:
        assert process.stderr is not None
        for line in ("on\n", "order\n", "order\n", "order\n"):
            assert process.stderr.readline() == line
            process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=15)
    assert (process.returncode, err) == (130, "Interrupted.\n")


def test_where_python_ignores_exceptions(tmp_path: Path) -> None:
    """An interrupt in a destructor is raised again."""
    breaking = (
        "import os, signal, time, clusterer.pipeline.process as r\n"
        "class Doomed:\n"
        "    def __del__(self): os.kill(os.getpid(), signal.SIGINT); time.sleep(0.1)\n"
        "def process(*_, **__):\n"
        "    Doomed(); time.sleep(1); os._exit(9)\n"
        "r.process = process"
    )
    ran = own_process.run("film.mp4", breaking=breaking, cwd=tmp_path)
    assert ran.returncode == 130
    assert ran.stderr == "Interrupted. Run the same command to resume it.\n"


def test_where_python_ignores_exceptions_before_anything_is_set_up(tmp_path: Path) -> None:
    """As in a callback of the import system, the first time that something is imported."""
    breaking = (
        "import os, signal, sys, time\n"
        "class Doomed:\n"
        "    def __del__(self): os.kill(os.getpid(), signal.SIGINT); time.sleep(0.1)\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'clusterer.cli.signals': Doomed(); time.sleep(20)\n"
        "sys.meta_path.insert(0, Finder())"
    )
    ran = own_process.run("models", breaking=breaking, cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")


def test_another_exception_from_an_interrupted_library(tmp_path: Path) -> None:
    breaking = (
        "import os, signal, clusterer.pipeline.process as r\n"
        "def process(*_, **__):\n"
        "    try: os.kill(os.getpid(), signal.SIGINT); signal.pause()\n"
        "    except KeyboardInterrupt: raise SystemError('error return without exception set')\n"
        "r.process = process"
    )
    ran = own_process.run("film.mp4", breaking=breaking, cwd=tmp_path)
    assert (ran.returncode, ran.stderr.split(".")[0]) == (130, "Interrupted")


def test_ignored_where_the_caller_ignores_it(tmp_path: Path) -> None:
    code = "import os, signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)"
    with start("models", cwd=tmp_path, breaking=f"{code}\nos.kill(os.getpid(), 2)") as process:
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "centerface" in out
