"""Pipes, devices and standard input instead of files: one line, without waiting."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clusterer.core.errors import DataError
from clusterer.store.folder import ResultFolder
from clusterer.training.garments import read_garments
from clusterer.training.identities import read_identities
from tests.cli.conftest import Ran
from tests.conftest import DEMO
from tests.core.test_reading_files import impatient  # noqa: F401 (a fixture)
from tests.face_files import write_people
from tests.garment_files import write_garments
from tests.result_folder import decided, write

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes have no path here")

Command = Callable[..., Ran]


@pytest.fixture(autouse=True)
def quick(impatient: None) -> None:  # noqa: F811 (the fixture that is imported)
    """Fail instead of waiting."""


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe.mp4"
    os.mkfifo(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(decided(), tmp_path / "small.people")


@pytest.fixture(params=["pipe", "socket", "/dev/zero", "/dev/stdin", "/proc/self/fd/0", "-"])
def odd(request: pytest.FixtureRequest, pipe: Path) -> Iterator[str]:
    if request.param == "pipe":
        yield str(pipe)
    elif request.param == "socket":
        with (
            socket.socket(socket.AF_UNIX) as listener,
            tempfile.TemporaryDirectory(dir="/tmp") as short,  # its path has room for 100 letters
        ):
            listener.bind(f"{short}/s")
            yield f"{short}/s"
    else:
        yield request.param


@pytest.mark.parametrize(
    "arguments",
    [
        ("ODD",),
        (DEMO, "--edits", "ODD"),
        (DEMO, "--encoder", "onnx:ODD"),
        ("evaluate", "RESULT", "--truth", "ODD"),
        ("evaluate", "RESULT", "--truth", "TRUTH", "--ignore", "ODD"),
        ("evaluate", "verification", "ODD"),
        ("review", "RESULT", "--video", "ODD"),
        ("review", "ODD"),
        ("export", "ODD", "--format", "srt"),
        ("name", "RESULT", "--gallery", "ODD"),
        (DEMO, "--gallery", "ODD"),
        ("gallery", "add", "ODD", "people"),
        ("tune", "ODD", "--truth", "TRUTH"),
        ("train", "clothing", "--data", "ODD"),
        ("train", "face", "--data", "ODD"),
    ],
    ids=lambda arguments: " ".join(map(str, arguments)).replace(str(DEMO), "demo.mp4"),
)
def test_every_path_argument(
    command: Command, folder: Path, odd: str, arguments: tuple[object, ...]
) -> None:
    values = {"ODD": odd, "RESULT": folder, "TRUTH": DEMO.with_name("demo.truth.csv")}
    words = [str(word).replace("ODD", odd) if "ODD" in str(word) else word for word in arguments]
    ran = command(*(values.get(str(word), word) for word in words))
    assert ran.code in {1, 2}
    assert "ODD" not in ran.err
    assert ran.err.splitlines()[-1].startswith("Error: ")


@pytest.mark.parametrize("kind", ["pipe.mp4", "/dev/stdin", "-"])
def test_the_error_for_a_video_names_the_kind(command: Command, pipe: Path, kind: str) -> None:
    shutil.copy(DEMO, pipe.with_name("real.mp4"))
    ran = command(pipe if kind == "pipe.mp4" else kind)
    what = {"pipe.mp4": "a pipe", "/dev/stdin": "a stream", "-": "standard input"}[kind]
    assert f"is {what}, not a file" in ran.error
    assert not list(Path.cwd().iterdir())


@pytest.mark.parametrize("name", ["result.json", "analysis.npz", "edits.json"])
def test_pipes_inside_a_result(command: Command, folder: Path, name: str) -> None:
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    ran = command("name", folder, "--gallery", "people")
    assert ran.code == 1
    ran = command(
        *(("edits", "check") if name == "edits.json" else ("export", "--format", "srt")), folder
    )
    assert ran.code == 1
    assert "(it is a pipe, not a file)" in ran.error
    assert "Errno" not in ran.error


@pytest.mark.parametrize("given", ["pipe.mp4", "/dev/zero", "/dev/stdin"])
def test_pipes_are_not_called_files(command: Command, pipe: Path, given: str) -> None:
    given = str(pipe) if given == pipe.name else given
    what = {str(pipe): "a pipe", "/dev/zero": "a device", "/dev/stdin": "a stream"}[given]
    ran = command("review", given)
    assert ran.code == 2
    assert ran.error == (
        f"Error: {given} is {what}, not a result folder. Give a folder that cluster-video wrote\n"
    )


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_pictures_outside_a_result_are_not_read(folder: Path, kind: str) -> None:
    """A result from elsewhere must not show other files of this machine on its page."""
    analysis = decided().analysis
    row = int(analysis.crop_rows[0])
    assert ResultFolder(folder, analysis).picture(row)
    path = min((folder / "chips").iterdir())
    content = path.read_bytes()
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    else:
        (folder / "elsewhere").write_bytes(content)
        path.symlink_to(folder / "elsewhere")
    result = ResultFolder(folder, analysis)
    found = {row: result.picture(row) for row in analysis.crop_rows.tolist()}
    assert list(found.values()).count(None) == 1


def test_pipes_among_photographs(command: Command, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "people" / "Ada").mkdir(parents=True)
    os.mkfifo(tmp_path / "people" / "Ada" / "a.jpg")
    ran = command("name", folder, "--gallery", tmp_path / "people")
    assert ran.code == 1
    assert "a pipe, not a file" in ran.err


def test_pipes_among_data_to_train_on(tmp_path: Path) -> None:
    people = write_people(tmp_path / "people", people=3, pictures=2)
    found = next(people.rglob("*.png"))
    found.unlink()
    os.mkfifo(found)
    with pytest.raises(DataError, match="it is a pipe, not a file"):
        read_identities(people, 20)
    for name in ("labels.csv", "clothing.tar"):
        data = write_garments(tmp_path / name / "fashion", {"clothing": 4})
        (data / name).unlink(missing_ok=True)
        os.mkfifo(data / name)
        with pytest.raises(DataError, match="it is a pipe, not a file"):
            read_garments(data, ("clothing",), 20)


def test_the_fixture_fails_on_waiting() -> None:
    assert signal.getsignal(signal.SIGALRM) not in {signal.SIG_DFL, signal.SIG_IGN}
    assert signal.alarm(10) > 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("evaluate", "RESULT", "--truth", "LONG"),
        ("evaluate", "RESULT", "--truth", "/"),
        ("evaluate", "verification", "LONG"),
        ("evaluate", "verification", "RESULT", "--truth", "LONG"),
        ("review", "RESULT", "--video", "LONG", "--no-browser"),
        ("tune", "LONG"),
        ("tune", str(DEMO), "--truth", "LONG"),
    ],
    ids=" ".join,
)
def test_names_that_are_not_allowed_for_a_file(
    command: Command, folder: Path, arguments: tuple[str, ...]
) -> None:
    given = {"RESULT": str(folder), "LONG": "n" * 300}
    ran = command(*(given.get(word, word) for word in arguments))
    assert ran.code in {1, 2}
    assert ran.err.startswith("Error: ")
    assert ran.err.count("\n") == 1
