"""Nothing leaves the machine, and nothing is written but results and what is in our cache."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import time
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import clusterer
from clusterer.core.types import Action, Edit
from clusterer.edits import EditLog, Keys
from clusterer.outputs.export import FORMATS
from clusterer.store.edits_json import write
from clusterer.store.names import EDITS
from tests.conftest import DEMO
from tests.offline.traced import Did, Machine
from tests.offline.tracing import missing

TRUTH = DEMO.with_suffix(".truth.csv")
LONG_S = 16
"""ONNX Runtime 1.32 waits 10 s before it sends."""
AGAIN = Path(__file__).with_name("again.py")
needs_strace = pytest.mark.skipif(
    missing() is not None, reason=f"{missing()}: only what commands leave behind is looked at"
)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("machine"))


@pytest.fixture(scope="module")
def long_run(machine: Machine) -> Did:
    return machine.run(AGAIN, LONG_S, DEMO, machine.results)


@pytest.fixture
def folder(machine: Machine, long_run: Did, request: pytest.FixtureRequest) -> Path:
    """Result of the sample film, for this test alone."""
    assert long_run.code == 0, long_run.err
    copy = machine.results / f"{request.node.name}.people"
    return Path(shutil.copytree(machine.results / "demo.people", copy))


def ask(url: str, method: str, path: str = "", content: object = None) -> int:
    """Send a request to the review as its page does; the status of the answer."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    headers = {"Origin": f"http://{parts.netloc}", "Content-Type": "application/json"}
    body = None if content is None else json.dumps(content)
    connection.request(method, f"{parts.path}{path}", body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def check_page(path: Path) -> None:
    """Its browser is told to load nothing, and is given nothing to load: links wait for a click."""
    page = unescape(path.read_text("utf-8"))
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    assert re.search(r"https?:|wss?:|\*|'self'", policy[1]) is None
    loads = re.findall(r'<(?!a\b)\w[^<>]*\s(?:src|srcset|href|data|poster|action)="([^"]*)"', page)
    assert {address for address in loads if not address.startswith(("data:", "#"))} == set()


def test_a_run(machine: Machine, long_run: Did) -> None:
    long_run.check()
    assert long_run.seconds > LONG_S
    check_page(machine.results / "demo.people" / "report.html")


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C cannot be sent to one program here")
def test_a_review(machine: Machine, folder: Path) -> None:
    result = clusterer.load(folder)
    track = Keys(result.analysis).tracks[result.people[0].track_ids[0]]
    edit = {"action": "name", "who": [track], "name": "Ada"}
    began_s = time.monotonic()
    with machine.running("-m", "clusterer", "review", folder, "--no-browser") as (process, trace):
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        statuses = [
            ask(url, "GET"),
            ask(url, "GET", "state"),
            ask(url, "GET", "chip/0.jpg"),
            ask(url, "GET", "video"),
            ask(url, "POST", "edit", {"edit": edit, "count": 0}),
            ask(url, "POST", "regroup", {"count": 1}),
        ]
        reviewing = process.pid if missing() else int(trace.read_text().split(maxsplit=1)[0])
        os.kill(reviewing, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert statuses == [200] * 6
    assert out.endswith(f"2 corrections in {folder / 'edits.json'}\n")
    machine.judge(trace, process.returncode, out, err, time.monotonic() - began_s).check()


def test_the_doctor(machine: Machine) -> None:
    machine.do("doctor").check()


def test_an_export_to_every_format(machine: Machine, folder: Path) -> None:
    chosen = [flag for name in FORMATS.built_in for flag in ("--format", name)]
    machine.do("export", folder, *chosen).check()
    assert len(list((folder / "exports").iterdir())) >= len(FORMATS.built_in)


def test_an_evaluation_and_its_pages(machine: Machine, folder: Path) -> None:
    machine.do("evaluate", folder, "--truth", TRUTH).check()
    check_page(folder / "evaluation.html")


def test_a_tuning(machine: Machine, folder: Path) -> None:
    flags = ("--metric", "l2", "--method", "incremental", "-o", machine.results / "tuned")
    machine.do("tune", folder, "--truth", TRUTH, *flags).check()
    check_page(machine.results / "tuned" / "tuning.html")


def test_a_gallery(machine: Machine, folder: Path) -> None:
    """People are named, their pictures kept, and another result named by those."""
    result = clusterer.load(folder)
    tracks = Keys(result.analysis).tracks
    who = [(tracks[person.track_ids[0]],) for person in result.people]
    names = (Edit(Action.NAME, who=one, name=f"N{i}") for i, one in enumerate(who))
    write(folder / EDITS, EditLog(tuple(names), (), DEMO.name))
    gallery, fresh = machine.results / "gallery", machine.results / "fresh.people"
    machine.do("gallery", "add", folder, gallery).check()
    assert any(gallery.rglob("*.*"))
    machine.do(DEMO, "-o", fresh, "--end", 8, "--gallery", gallery).check()
    machine.do("name", fresh, "--gallery", gallery).check()


@pytest.mark.parametrize("arguments", [("models",), ("models", "show", "yunet"), ("--help",)])
def test_what_only_tells(machine: Machine, arguments: tuple[str, ...]) -> None:
    machine.do(*arguments).check()


@needs_strace
def test_who_turns_to_others_is_seen(machine: Machine) -> None:
    """A thread and a program that a program starts, names and addresses, as a library would."""
    code = """
import socket, subprocess, sys, threading
def look_up():
    try:
        socket.getaddrinfo("nobody.invalid", 443)
    except OSError:
        pass
def connect():
    with socket.socket() as s:
        s.setblocking(False)
        s.connect_ex(("192.0.2.1", 443))
thread = threading.Thread(target=look_up)
thread.start()
connect()
thread.join()
if len(sys.argv) == 2:
    subprocess.run([sys.executable, "-c", sys.argv[1].replace("192.0.2.1", "198.51.100.1")])
"""
    seen = "\n".join(machine.run("-c", code, code).reached)
    assert 'inet_addr("192.0.2.1")' in seen
    assert 'inet_addr("198.51.100.1")' in seen
    assert "htons(53)" in seen or "nscd" in seen or "resolve" in seen


@needs_strace
def test_what_is_written_elsewhere_is_seen(machine: Machine, tmp_path: Path) -> None:
    code = """
import os, pathlib, sys
pathlib.Path(sys.argv[1], "here & there\\n\\u00e4").write_text("")
os.chdir(sys.argv[1])
pathlib.Path("a").mkdir()
os.rmdir("a")
pathlib.Path.home().joinpath("kept").touch()
"""
    did = machine.run("-c", code, tmp_path)
    assert did.left == (str(Path("home") / "kept"),)
    assert str(tmp_path / "here & there\nä") in did.changed
    assert len(did.changed) >= 2
