"""``cluster-video review PROJECT``: the real command, from its start to Ctrl-C."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from clusterer.project.project import Project
from tests.cli.conftest import Ran
from tests.cli.test_review import address, running
from tests.review.cast.season import small

Command = Callable[..., Ran]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(small(tmp_path / "Our season.cast").path)


def ask(url: str, path: str, content: Any = None) -> Any:
    """Ask the page's server, as the page does."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    headers = {"Origin": f"http://{parts.netloc}", "Content-Type": "application/json"}
    body = None if content is None else json.dumps(content)
    connection.request("GET" if body is None else "POST", parts.path + path, body, headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


NAMED = {"action": "name", "who": ["person-1"], "others": [], "name": "Ann"}


def name(url: str, member: tuple[int, str], words: str) -> Any:
    edit = {"action": "name", "who": [list(member)], "others": [], "name": words}
    return ask(url, "edit", {"count": ask(url, "cast")["count"], "edit": edit})


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_corrections_then_ctrl_c(project: Path, sent: signal.Signals) -> None:
    with running(project, "--no-browser") as process:
        assert name(address(process), (1, "person-1"), "Ann")["undo"] == NAMED
        process.send_signal(sent)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (0, "")
    assert out == f"1 correction in {project}\n"
    (edit,) = Project(project).edits
    assert edit.name == "Ann"
    assert "Ann," in (project / "results" / "Part 1.people" / "people.csv").read_text("utf-8")


def test_a_killed_review_loses_no_correction(project: Path) -> None:
    with running(project, "--no-browser") as process:
        name(address(process), (1, "person-1"), "Ann")
        process.kill()
    assert [edit.name for edit in Project(project).edits] == ["Ann"]
    with running(project, "--no-browser") as process:
        url = address(process)
        assert ask(url, "cast")["undo"] == NAMED
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert "Ann," in (project / "results" / "Part 1.people" / "people.csv").read_text("utf-8")


def test_a_killed_review_of_a_film_loses_no_correction(project: Path) -> None:
    """What was corrected in a film's page, but not yet taken over by the project."""
    edit = {"action": "name", "who": ["0@100,50,140,98"], "name": "Ann"}
    with running(project, "--no-browser") as process:
        assert ask(address(process), "film/1/edit", {"count": 0, "edit": edit}) == {"count": 1}
        process.kill()
    with running(project, "--no-browser") as process:
        names = [who["name"] for who in ask(address(process), "cast")["people"]]
        assert "Ann" in names


def test_the_video_is_refused(command: Command, project: Path) -> None:
    assert command("review", project, "--video", "x.mp4").error == (
        "Error: --video names the film of one result, and this is a project."
        " Leave it out; films are found where they were analysed\n"
    )


def test_projects_that_cannot_be_reviewed(command: Command, project: Path) -> None:
    file = project / "project.sqlite"
    file.write_bytes(b"SQLite format 3\0" + bytes(4000))
    assert "project.sqlite" in command("review", project).error
    shutil.copy(__file__, file)
    assert "project.sqlite" in command("review", project).error
