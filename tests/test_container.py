"""The Dockerfile: small, pinned, without root; ``nox -s container`` builds and runs it."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from clusterer.cli.review import review
from clusterer.models.cache import ENVIRONMENT_VARIABLE

ROOT = Path(__file__).parents[1]
STEPS = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8")))


def of(instruction: str) -> list[str]:
    """What follows an instruction, each time."""
    return re.findall(rf"(?m)^{instruction} +(.*)$", STEPS)


def test_the_base_is_pinned_and_of_a_python_that_is_supported() -> None:
    (base,) = of("ARG")
    version = re.fullmatch(r"BASE=python:(3\.\d+)\.\d+-slim-\w+", base)
    assert version is not None
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert tuple(map(int, version[1].split("."))) >= (3, 11)
    assert project["requires-python"] == ">=3.11"
    assert [each.split()[0] for each in of("FROM")] == ["${BASE}", "${BASE}"]
    assert not re.search(r":latest|\bADD\b|curl|wget|sudo|chmod 777", STEPS)


def test_it_runs_as_no_root_and_starts_the_command() -> None:
    assert of("USER") == ["1000:1000"]
    last = STEPS.rpartition("FROM")[2]
    assert last.index("USER") < last.index("ENTRYPOINT")
    assert [json.loads(each) for each in of("ENTRYPOINT")] == [["cluster-video"]]
    assert [json.loads(each) for each in of("CMD")] == [["--help"]]


def test_programs_that_are_pinned_and_lists_that_are_removed() -> None:
    assert re.search(r'"uv==\d+\.\d+\.\d+"', STEPS)
    assert '"--frozen"' in STEPS
    (install,) = [each for each in of("RUN") if "apt-get" in each]
    assert "--no-install-recommends" in install
    assert "rm -rf /var/lib/apt/lists/*" in install


def test_what_is_copied_is_there_and_let_through() -> None:
    let = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    copied = {
        each.removeprefix("./")
        for line in of("COPY")
        if "--from" not in line
        for each in line.split()[:-1]
    }
    assert copied == let
    assert all((ROOT / each).exists() for each in copied)


def test_variables_are_those_that_the_program_reads() -> None:
    text = " ".join(of("ENV"))
    assert f"{ENVIRONMENT_VARIABLE}=/cache" in text
    assert "CLUSTER_VIDEO_MODELS=/models" in text


@pytest.mark.parametrize(
    ("words", "asked"), [(["review", "/r", "--port", "8700"], 8700), (["watch", "/films"], None)]
)
def test_the_health_check_asks_a_review_at_its_port(
    words: list[str], asked: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (check,) = of("HEALTHCHECK")
    python, flag, code = json.loads(check[check.index("CMD") + 3 :])
    assert (python, flag) == ("python", "-c")
    line = b"\0".join(each.encode() for each in ["/usr/bin/python", "cluster-video", *words, ""])
    monkeypatch.setattr(Path, "read_bytes", lambda _path: line)
    ports: list[int] = []

    class Connection:
        def close(self) -> None:
            """As of a socket."""

    def connect(address: tuple[str, int], _timeout_s: float) -> Connection:
        ports.append(address[1])
        return Connection()

    monkeypatch.setattr("socket.create_connection", connect)
    exec(code, {})
    assert ports == ([] if asked is None else [asked])


def test_the_documented_flags_are_those_of_the_command() -> None:
    page = (ROOT / "docs" / "how-to" / "container.md").read_text("utf-8")
    known = {name for each in review.params for name in each.opts}
    command = page[page.index("cluster-video review ") :].partition("\n```")[0]
    assert set(re.findall(r"--[a-z-]+", command.partition("docker logs")[0])) <= known
