"""Ctrl-C, at any time: no traceback, exit code 130."""

from __future__ import annotations

import os
import signal
import subprocess
import time
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

ON = "import clusterer.cli; print('on', file=sys.stderr, flush=True)"
"""Before that, Python itself starts, and no handler can be set."""


def start(*args: object, cwd: Path, breaking: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        own_process.arguments(*args, breaking=breaking),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=own_process.environment(),
    )


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


def test_where_python_ignores_exceptions(tmp_path: Path) -> None:
    """An interrupt in a destructor is raised again."""
    breaking = (
        "import os, signal, time, clusterer.pipeline.process as r\n"
        "class Doomed:\n"
        "    def __del__(self): os.kill(os.getpid(), signal.SIGINT); time.sleep(0.1)\n"
        "def process(*_, **__):\n"
        "    Doomed(); time.sleep(20); os._exit(9)\n"
        "r.process = process"
    )
    ran = own_process.run("film.mp4", breaking=breaking, cwd=tmp_path)
    assert ran.returncode == 130
    assert ran.stderr == "Interrupted. Run the same command to resume it.\n"


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
