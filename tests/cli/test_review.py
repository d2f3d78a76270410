"""``cluster-video review``: the real command, from its start to Ctrl-C."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

from clusterer.store.folder import load
from tests.cli.conftest import Ran
from tests.result_folder import decided, write
from tests.test_imports import loaded_by
from tests.video_files import film_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Command = Callable[..., Ran]
NAME = {"action": "name", "who": ["0@100,50,140,98"], "name": "Ada"}


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A result whose film is gone."""
    return write(decided(), tmp_path / "small.people")


@pytest.fixture
def folder(alone: Path) -> Path:
    """A result beside its film."""
    alone.with_name("small.mp4").write_bytes(film_of(5_000))
    return alone


@contextmanager
def running(
    *args: object, stdin: int | None = None, stderr: int = subprocess.PIPE, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """The command in a separate process."""
    with subprocess.Popen(
        [sys.executable, "-m", "clusterer", "review", *map(str, args)],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        env=os.environ | environment,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def address(process: subprocess.Popen[str]) -> str:
    """The address, from the first of the two lines printed at the start."""
    assert process.stdout is not None
    url, hint = process.stdout.readline(), process.stdout.readline()
    assert hint == "Ctrl-C here ends the review; every correction is saved at once.\n"
    return url.strip()


def correct(url: str, count: int) -> int:
    """Name a person; return the status of the response."""
    parts = urlsplit(url)
    assert parts.hostname == "127.0.0.1"
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    headers = {"Origin": f"http://{parts.netloc}", "Content-Type": "application/json"}
    body = json.dumps({"edit": NAME, "count": count})
    connection.request("POST", f"{parts.path}edit", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_corrections_then_ctrl_c(folder: Path, sent: signal.Signals) -> None:
    with running(folder, "--no-browser") as process:
        url = address(process)
        assert correct(url, 0) == 200
        process.send_signal(sent)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (0, "")
    assert out == f"1 correction in {folder / 'edits.json'}\n"
    assert [edit.name for edit in load(folder).edits] == ["Ada"]
    assert "Ada" in (folder / "people.csv").read_text("utf-8")
    assert "Ada" in (folder / "report.html").read_text("utf-8")


def test_a_killed_review_loses_no_correction(folder: Path) -> None:
    with running(folder, "--no-browser") as process:
        assert correct(address(process), 0) == 200
    assert json.loads((folder / "edits.json").read_text())["edits"][0]["name"] == "Ada"
    with running(folder, "--no-browser") as process:
        assert correct(address(process), 0) == 409
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode == 0
    assert [edit.name for edit in load(folder).edits] == ["Ada"]


@pytest.fixture
def browser(tmp_path: Path) -> tuple[str, Path]:
    """A stand-in for a browser, and the pipe into which it writes its command line."""
    if os.name != "posix":
        pytest.skip("the stand-in for a browser is a script of sh")
    command_line = tmp_path / "seen"
    os.mkfifo(command_line)
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$*" > "{command_line}"\n')
    script.chmod(0o755)
    return f"{script} %s", command_line


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o777])
def test_the_browser_is_started_with_a_file_and_no_secret(
    folder: Path, browser: tuple[str, Path], mode: int, tmp_path: Path
) -> None:
    """All users of a machine can read command lines; only this user can read the file."""
    folder.chmod(mode)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with running(folder, BROWSER=browser[0], TMPDIR=str(temporary)) as process:
        url = address(process)
        line = browser[1].read_text().strip()
        secret = urlsplit(url).path.strip("/")
        assert len(secret) > 20
        assert secret not in line
        path = Path(url2pathname(urlsplit(line).path))
        assert path.as_uri() == line
        assert path.suffix == ".html"
        assert path.stat().st_mode & 0o777 == 0o600
        if mode == 0o777:  # others could replace the file
            assert path.parent.parent == temporary
            assert path.parent.stat().st_mode & 0o777 == 0o700
        else:
            assert path.parent == folder
        assert path.read_text("utf-8").count(url) >= 2
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (0, "")
        assert out == f"0 corrections in {folder / 'edits.json'}\n"
    assert not path.exists()
    assert not list(temporary.iterdir())
    assert not list(folder.glob(".cluster-video-*.html"))
    assert not (folder / "edits.json").exists()


def test_the_file_leads_to_the_page(
    folder: Path, browser: tuple[str, Path], chromium: Browser
) -> None:
    with running(folder, BROWSER=browser[0]) as process:
        url = address(process)
        context = chromium.new_context()
        page = context.new_page()
        page.goto(browser[1].read_text().strip())
        page.wait_for_url(url)
        page.get_by_role("heading", name="small.mp4").wait_for()
        context.close()
        for scripts in (True, False):
            context = chromium.new_context(java_script_enabled=scripts)
            page = context.new_page()
            (path,) = folder.glob(".cluster-video-*.html")
            page.goto(path.as_uri())
            page.wait_for_url(url)
            context.close()


@pytest.mark.skipif(os.name != "posix", reason="hard to set up here")
def test_if_the_file_cannot_be_written_the_address_is_printed(
    folder: Path, browser: tuple[str, Path]
) -> None:
    folder.chmod(0o777)  # so the file would go to a folder for a while
    code = "import tempfile; tempfile.tempdir = '/dev/null'; from clusterer.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, "review", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"BROWSER": browser[0]},
    ) as process:
        assert fetch(address(process)) == 200
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert err == "Note: open this address yourself (not a directory)\n"


def test_without_a_browser_there_is_no_file(folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())
    with running(folder, "--no-browser") as process:
        address(process)
        assert sorted(path.name for path in folder.iterdir()) == before


def test_a_missing_film_is_reported_at_the_start(alone: Path) -> None:
    with running(alone, "--no-browser", stdin=subprocess.DEVNULL) as process:
        assert fetch(f"{address(process)}video") == 404
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert err.startswith("Note: the page cannot play the film: ")
    assert "small.mp4" in err
    assert "--video FILE" in err
    assert err.count("\n") == 1


def test_a_film_elsewhere_is_reported_but_not_shown(alone: Path, tmp_path: Path) -> None:
    """Without a terminal, one line explains how to show it."""
    if os.name != "posix":
        pytest.skip("links need rights here")
    film = tmp_path / "else where" / "film.mp4"
    film.parent.mkdir()
    film.write_bytes(film_of(5_000))
    alone.with_name("small.mp4").symlink_to(film)
    with running(alone, "--no-browser", stdin=subprocess.DEVNULL) as process:
        assert fetch(f"{address(process)}video") == 404
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert err.count("\n") == 1
    assert err.endswith(f"To show it: --video '{film}'\n")
    with running(alone, "--no-browser", "--video", film) as process:
        assert fetch(f"{address(process)}video") == 200
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=20)[1] == ""


@pytest.mark.skipif(os.name != "posix", reason="there are no such terminals here")
@pytest.mark.parametrize(("answer", "status"), [(b"y\n", 200), (b"n\n", 404), (b"\n", 404)])
def test_on_a_terminal_a_film_elsewhere_is_asked_about(
    alone: Path, tmp_path: Path, answer: bytes, status: int
) -> None:
    film = tmp_path / "elsewhere" / "film.mp4"
    film.parent.mkdir()
    film.write_bytes(film_of(5_000))
    alone.with_name("small.mp4").symlink_to(film)
    leader, follower = os.openpty()
    with running(alone, "--no-browser", stdin=follower, stderr=follower) as process:
        os.close(follower)
        output = b""
        while b"[y/N]" not in output:
            output += os.read(leader, 1000)
        assert str(film).encode() in output.replace(b"\r\n", b"")
        os.write(leader, answer)
        assert fetch(f"{address(process)}video") == status
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
    os.close(leader)


def fetch(url: str) -> int:
    """Status of the response."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    connection.request("GET", parts.path)
    reply = connection.getresponse()
    reply.read()
    connection.close()
    return reply.status


def test_a_port_that_is_taken(command: Command, folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = command("review", folder, "--port", port, "--no-browser")
    assert ran.code == 2
    assert ran.error == (
        f"Error: Cannot use port {port} (it is in use). Choose another, or leave out --port\n"
    )


def test_folders_that_cannot_be_reviewed(command: Command, folder: Path) -> None:
    ran = command("review", "gone.people")
    assert (ran.code, "gone.people is not a result folder" in ran.error) == (1, True)
    ran = command("review", folder, "--video", "gone.mp4")
    assert ran.code == 1
    assert ran.error == "Error: Video gone.mp4 not found. Name a file with --video\n"
    (folder / "edits.json").write_text("{")
    ran = command("review", folder)
    assert (ran.code, "edits.json is damaged (it is not JSON)" in ran.error) == (1, True)
    assert (folder / "edits.json").read_text() == "{"


@pytest.mark.parametrize("port", ["65536", "-1", "x"])
def test_invalid_ports(command: Command, folder: Path, port: str) -> None:
    assert command("review", folder, "--port", port).code == 2


def test_the_command_is_imported_without_the_server() -> None:
    loaded = loaded_by("import clusterer.cli.review")
    assert "clusterer.cli.review" in loaded
    assert loaded.isdisjoint({"starlette", "uvicorn"})


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--bind", "0.0.0.0"), "Add the one that browsers use"),
        (("--bind", "here"), "is not an address of a machine"),
        (("--address", "http://a.example"), "not encrypted"),
    ],
)
def test_addresses_that_would_let_others_in(
    command: Command, folder: Path, args: tuple[str, ...], words: str
) -> None:
    ran = command("review", folder, *args)
    assert (ran.code, words in ran.err) == (2, True)
