"""Too little memory ends in one line, whoever runs out of it."""

from __future__ import annotations

import errno
import shlex
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from clusterer.cli.memory import is_exhausted
from clusterer.core.errors import ModelError, VideoError
from tests.conftest import DEMO


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        try:
            if cause is not None:
                raise cause
        except BaseException as first:
            raise error from first
        raise error
    except BaseException as second:
        return second


EXHAUSTED = (
    MemoryError(),
    MemoryError("Unable to allocate 7.5 GiB for an array"),
    OSError(errno.ENOMEM, "Cannot allocate memory"),
    OSError(errno.EAGAIN, "Resource temporarily unavailable"),
    RuntimeError("can't start new thread"),
    RuntimeError("Exception during initialization: std::bad_alloc"),
    cv2.error("(-4:Insufficient memory) Failed to allocate 300 bytes in function 'x'"),
    ImportError("libavcodec.so: failed to map segment from shared object"),
)


@pytest.mark.parametrize("error", EXHAUSTED, ids=repr)
def test_it_is_recognised(error: Exception) -> None:
    assert is_exhausted(error)
    assert is_exhausted(raised(ModelError("x.onnx is damaged"), error))


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        OSError(errno.ENOENT, "out of memory.mp4"),
        VideoError("out of memory.mp4 is not a video"),
        KeyboardInterrupt(),
    ],
    ids=repr,
)
def test_other_errors_are_not_taken_for_it(error: BaseException) -> None:
    assert not is_exhausted(error)
    assert not is_exhausted(raised(VideoError("x"), error))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit address space")
@pytest.mark.parametrize("kib", [300_000, 600_000, 900_000, 1_000_000])
def test_a_limit_of_the_address_space_ends_in_one_line(tmp_path: Path, kib: int) -> None:
    """Or in a result: how much is needed depends on machine and libraries."""
    command = [sys.executable, "-m", "clusterer", str(DEMO), "--end=1", f"--output={tmp_path}/x"]
    limited = ["sh", "-c", f"ulimit -v {kib}; exec {shlex.join(command)}"]
    ran = subprocess.run(limited, capture_output=True, text=True, timeout=120, check=False)
    if ran.returncode:
        (line,) = ran.stderr.splitlines()
        assert line == (
            f"Error: There is not enough memory. The address space is limited to {kib >> 10} MB. "
            "Close other programs, or raise the limit"
        )
    assert ran.returncode in ({1} if kib == 300_000 else {0, 1})
    assert (tmp_path / "x" / "report.html").exists() == (ran.returncode == 0)
