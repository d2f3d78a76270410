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
from urllib.parse import urlsplit

import pytest

from clusterer.pipeline import load

from ..result_folder import decided, write
from ..test_imports import loaded_by
from .conftest import Ran

Command = Callable[..., Ran]
NAME = {"action": "name", "who": ["0@100,50,140,98"], "name": "Ada"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(decided(), tmp_path / "small.people")


@contextmanager
def running(*args: object, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "clusterer", "review", *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def address(process: subprocess.Popen[str]) -> str:
    """First of the two lines that are printed at the start."""
    assert process.stdout is not None
    url, hint = process.stdout.readline(), process.stdout.readline()
    assert hint == "Ctrl-C here ends the review; every correction is kept at once.\n"
    return url.strip()


def correct(url: str, count: int) -> int:
    """Name somebody; the status of the answer."""
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


def test_killed_without_warning_no_correction_is_lost(folder: Path) -> None:
    with running(folder, "--no-browser") as process:
        assert correct(address(process), 0) == 200
    assert json.loads((folder / "edits.json").read_text())["edits"][0]["name"] == "Ada"
    with running(folder, "--no-browser") as process:
        assert correct(address(process), 0) == 409
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode == 0
    assert [edit.name for edit in load(folder).edits] == ["Ada"]


@pytest.mark.skipif(os.name != "posix", reason="the stand-in for a browser is a script of sh")
def test_browser_is_opened(folder: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    os.mkfifo(seen)
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{seen}"\n')
    browser.chmod(0o755)
    with running(folder, BROWSER=f"{browser} %s") as process:
        url = address(process)
        assert seen.read_text().strip() == url
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (0, "")
        assert out == f"0 corrections in {folder / 'edits.json'}\n"
    assert not (folder / "edits.json").exists()


def test_a_port_that_is_taken(command: Command, folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = command("review", folder, "--port", port, "--no-browser")
    assert ran.code == 2
    assert ran.error == (
        f"Error: Cannot use port {port} (it is taken). Give another, or leave --port out\n"
    )


def test_what_cannot_be_reviewed(command: Command, folder: Path) -> None:
    ran = command("review", "gone.people")
    assert (ran.code, "gone.people is no result folder" in ran.error) == (1, True)
    ran = command("review", folder, "--video", "gone.mp4")
    assert ran.code == 1
    assert ran.error == "Error: There is no video gone.mp4. Name a file with --video\n"
    (folder / "edits.json").write_text("{")
    ran = command("review", folder)
    assert (ran.code, "edits.json is damaged (it is no JSON)" in ran.error) == (1, True)
    assert (folder / "edits.json").read_text() == "{"


@pytest.mark.parametrize("port", ["65536", "-1", "x"])
def test_what_is_no_port(command: Command, folder: Path, port: str) -> None:
    assert command("review", folder, "--port", port).code == 2


def test_the_command_starts_without_the_server() -> None:
    loaded = loaded_by("import clusterer.cli.review")
    assert "clusterer.cli.review" in loaded
    assert loaded.isdisjoint({"starlette", "uvicorn"})
