"""A folder of films on the command line: the project, its summary, and what goes wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest
from rich.console import Console

from clusterer.cli.progress import Terminal
from clusterer.cli.run import SCOPES
from clusterer.cli.season import Shown
from clusterer.cli.settings import with_given
from clusterer.core.config import AnalysisConfig, ClusteringConfig, Config, VideoConfig
from clusterer.people.decide import resolved
from clusterer.project.project import Project
from clusterer.project.run_outcome import FilmOutcome, RunStatus
from clusterer.project.types import Scope
from tests.cli.conftest import Ran
from tests.cli.own_process import run
from tests.conftest import DEMO
from tests.digests import digests
from tests.face_films import whole
from tests.project.tiny_films import season

Command = Callable[..., Ran]
QUICK = ["--sample-rate", "2", "--detection-width", "256", "--min-faces", "1", "--workers", "1"]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two films, a broken one and what is left out."""
    folder = tmp_path_factory.mktemp("there") / "Season 1"
    first, _ = season(folder, range(1, 3))
    (folder / "broken.mp4").write_bytes(first.read_bytes()[:3000])
    (folder / "._e1.mp4").write_bytes(b"x")
    (folder / "e3.mp4.part").write_bytes(b"x")
    return folder


@pytest.fixture(scope="module")
def done(films: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of these films, which the tests copy."""
    place = tmp_path_factory.mktemp("done")
    ran = run(films, *QUICK, cwd=place)
    assert ran.returncode == 1
    *notes, error = ran.stderr.splitlines()
    assert notes == [
        "Note: 1 file left out: hidden (._e1.mp4)",
        "Note: 1 file left out: still being copied (e3.mp4.part)",
    ]
    assert error.startswith(f"Error: {films / 'broken.mp4'} cannot be opened as a video (")
    lines = ran.stdout.splitlines()
    assert lines[0] == "Season 1.cast: 3 films (2 done, 1 failed), 4 people, 2 questions"
    assert lines[-1].startswith("Project: Season 1.cast  (")
    return place / "Season 1.cast"


@pytest.fixture
def project(command: Command, done: Path) -> Path:
    """A copy in the current folder."""
    assert command  # which makes the current folder
    return Path(shutil.copytree(done, done.name))


def test_each_film_has_a_result_of_its_own(done: Path) -> None:
    assert sorted(path.name for path in (done / "results").iterdir()) == ["e1.people", "e2.people"]
    assert [film.name for film in Project(done).films] == ["broken.mp4", "e1.mp4", "e2.mp4"]


def test_the_same_command_goes_on(command: Command, project: Path, films: Path) -> None:
    before = digests(project / "results")
    ran = command(films, *QUICK)
    assert ran.code == 1
    assert "(2 unchanged, 1 failed)" in ran.out
    ran = command(films, *QUICK)
    assert "(2 unchanged, 1 left alone)" in ran.out
    assert ran.err.splitlines()[-1].endswith(
        "It failed in two runs and is left alone; --retry tries it again"
    )
    ran = command(project, "--retry", "--json", "--workers", "1")
    facts = json.loads(ran.out)
    assert [each["status"] for each in facts["films"]] == ["failed", "unchanged", "unchanged"]
    assert facts["project"] == str(project)
    assert (facts["scope"], facts["questions"], len(facts["people"])) == ("season", 2, 4)
    assert facts["films"][1]["folder"] == str(project / "results" / "e1.people")
    assert digests(project / "results") == before


def test_a_project_made_anew_takes_up_the_results(
    command: Command, project: Path, films: Path
) -> None:
    people = [(who.name, who.films) for who in Project(project)]
    kept = digests(project / "results")
    for path in project.glob("project.sqlite*"):
        path.write_bytes(b"")
    assert "is damaged" in command(project).error
    for path in project.glob("project.sqlite*"):
        path.rename(path.name)
    ran = command(films, *QUICK)
    assert ran.code == 1  # for the broken film
    assert [(who.name, who.films) for who in Project(project)] == people
    analyses = {name: kept[name] for name in kept if name.endswith(".npz")}
    assert analyses
    assert analyses.items() <= digests(project / "results").items()


def test_a_file_given_twice_is_no_film_of_its_own(
    command: Command, project: Path, films: Path
) -> None:
    shutil.copy(films / "e1.mp4", "again.mp4")
    ran = command(films / "e1.mp4", "again.mp4", "--project", project, *QUICK)
    assert ": 3 films (1 unchanged in this run), 1 file given twice, 4 people" in ran.out


def test_settings_given_later_group_again(command: Command, project: Path, films: Path) -> None:
    ran = command(films / "e1.mp4", films / "e2.mp4", "--project", project, "--min-faces", "9",
                  "--scope", "archive", "--workers", "1")  # fmt: skip
    changes = "min faces 9 (was 1), scope archive (was season)"
    assert (ran.code, ran.err) == (0, f"Note: settings changed: {changes}\n")
    assert ran.out.startswith("Season 1.cast: 3 films (2 done in this run), 0 people, 0 questions")
    config = Project(project).config
    assert (config.clustering.min_faces, config.analysis.video.sample_rate_hz) == (9, 2.0)
    assert Project(project).scope is Scope.ARCHIVE


def test_films_are_added(command: Command, project: Path, tmp_path: Path) -> None:
    season(tmp_path / "more" / "deep", [5])
    ran = command("add", project, tmp_path / "more", "--workers", "1")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Season 1.cast: 4 films (1 done in this run), ")
    assert Project(project).config.analysis.video.sample_rate_hz == 2.0


def test_people_are_named_by_a_gallery_in_all_films(
    command: Command, project: Path, tmp_path: Path
) -> None:
    for name, who in (("Ada", "A"), ("Ben", "B")):
        photograph = tmp_path / "gallery" / name / "1.png"
        photograph.parent.mkdir(parents=True)
        cv2.imwrite(str(photograph), whole(who)[..., ::-1])
    ran = command(project, "--gallery", tmp_path / "gallery", "--workers", "2")
    assert ran.code == 1, "of the broken one"
    assert "(2 done, 1 failed), 2 people" in ran.out
    assert {who.name: len(who.films) for who in Project(project).people} == {"Ada": 2, "Ben": 2}


@pytest.mark.parametrize(
    ("args", "code", "expected"),
    [
        (["empty"], 1, "There is no film in empty. Name the files themselves if they are films"),
        (["empty", "a.mp4"], 2, "empty is a folder. Name a project for all: --project NAME.cast"),
        (["empty", "--project", "x", "-o", "y"], 2, "--project and --output name the same folder"),
        (["a.mp4", "--retry"], 2, "--scope and --retry belong to a project"),
        (["a.mp4", "--scope", "season"], 2, "--scope and --retry belong to a project"),
        (["empty", "--edits", "x.json"], 2, "--edits and --replace belong to one video"),
        (
            ["a.mp4", "--project", "other.cast"],
            1,
            "other.cast holds other files, such as notes.txt",
        ),
        (["a.mp4", "--project", "new"], 2, "new does not end in .cast. Name it new.cast"),
        (["empty", "-o", "new"], 2, "new does not end in .cast. Name it new.cast"),
        (["add", "empty", "a.mp4"], 1, "empty is not a project. Give a folder NAME.cast"),
        (["add", "none", "a.mp4"], 1, "none does not exist. Give a folder NAME.cast"),
    ],
)
def test_mistakes(command: Command, args: list[str], code: int, expected: str) -> None:
    Path("empty").mkdir()
    Path("other.cast").mkdir()
    Path("other.cast", "notes.txt").write_text("mine")
    shutil.copy(DEMO, "a.mp4")
    ran = command(*args)
    assert (ran.code, ran.out) == (code, "")
    assert ran.error.startswith(f"Error: {expected}")
    assert sorted(path.name for path in Path().iterdir()) == ["a.mp4", "empty", "other.cast"]


def test_a_result_is_no_folder_of_films(command: Command, project: Path) -> None:
    result = project / "results" / "e1.people"
    for args in ([result], [result, "--project", "x.cast"]):
        ran = command(*args)
        assert (ran.code, ran.error) == (
            1,
            f"Error: {result} is a result, not a video. "
            f"To open it: cluster-video review {result}\n",
        )
    assert not Path("x.cast").exists()


def test_another_encoder_needs_another_project(command: Command, project: Path) -> None:
    ran = command(project, "--encoder", "dlib")
    assert ran.code in {0, 1}
    assert ran.error.startswith(f"Error: The faces of {project} were encoded by sface, not by dlib")


def test_scopes_are_those_of_projects() -> None:
    assert tuple(scope.value for scope in Scope) == SCOPES


def test_only_given_flags_change_a_configuration() -> None:
    config = resolved(Config(AnalysisConfig(video=VideoConfig(end_s=9.0))))
    flags = Config(clustering=ClusteringConfig(threshold=0.36, min_faces=3))
    assert with_given(config, flags, set()) == config
    changed = with_given(config, flags, {"min_faces", "quiet"})
    assert changed == config.with_clustering(min_faces=3)
    by_scale = resolved(Config(clustering=ClusteringConfig(threshold=0.36))).clustering.threshold
    assert with_given(config, flags, {"threshold"}).clustering.threshold == by_scale


def test_one_bar_for_all_films(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(quiet=False)
    shown = Console(record=True, force_terminal=True, width=80, stderr=True)
    monkeypatch.setattr(terminal, "_console", shown)
    with terminal.bar("{task.fields[faces]} faces") as progress:
        hook = Shown(progress, terminal, 12)
        hook.progress(30.0, 120.0, 7)
        hook.film(FilmOutcome(Path("a.mp4"), RunStatus.DONE), 3, 12)
        progress.refresh()
        (task,) = progress.tasks
        assert (task.description, task.percentage, task.fields["faces"]) == ("3 of 12", 25.0, 7)
    assert hook.code == 0


@pytest.mark.parametrize("quote", ["", "'"])
def test_slashes_of_an_address_are_kept(command: Command, project: Path, quote: str) -> None:
    fsspec = pytest.importorskip("fsspec", reason="the extra [cluster] is not installed")
    system = fsspec.filesystem("memory")
    system.pipe("/more//x.mp4", b"no film")
    try:
        facts = json.loads(
            command("add", project, f"{quote}memory://more//x.mp4{quote}", "--json").out
        )
    finally:
        system.store.clear()
    assert facts["films"][0]["video"] == "memory://more//x.mp4"
    assert facts["films"][0]["film"] == "x.mp4"
    assert Project(project).film("x.mp4").source == "memory://more//x.mp4"
