from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from clusterer.cli import main
from tests import result_folder
from tests.odd_clocks import write_film
from tests.review.cast.season import small
from tests.video_files import picture, write_video


@dataclass(frozen=True)
class Ran:
    """Exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line that a failed command prints."""
        assert self.err.endswith("\n"), self
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("Error: "), self.err
        assert self.out == "", self.out
        return self.err


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """Run ``cluster-video`` in this process, in an empty folder."""
    working_folder = tmp_path / "here"
    working_folder.mkdir()
    monkeypatch.chdir(working_folder)

    def run(*args: object) -> Ran:
        with pytest.raises(SystemExit) as exit_:
            main([str(arg) for arg in args])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        assert isinstance(exit_.value.code, int)
        return Ran(exit_.value.code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def blank_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second of coloured blocks, without a face."""
    path = tmp_path_factory.mktemp("blank") / "blank.mp4"
    return write_video(path, (picture(i) for i in range(24)))


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film of the small result: 100 frames without a face; the result says otherwise."""
    path = tmp_path_factory.mktemp("film") / "small.mp4"
    return write_film(path, [picture(i) for i in range(100)])


@pytest.fixture
def folder(tmp_path: Path, film: Path) -> Path:
    """Person 1 in frames 0 to 21 and 50 to 100, person 2 in 0 to 11; the film beside it."""
    (tmp_path / "small.mp4").write_bytes(film.read_bytes())
    return result_folder.write(result_folder.decided(), tmp_path / "small.people")


@pytest.fixture
def season(tmp_path: Path, film: Path) -> Path:
    """Person 1 in two films, others in one each; the films beside their results."""
    project = small(tmp_path / "season.cast")
    project.same("person-1", "person-2")
    path = Path(project.path)
    (path / "results").mkdir(exist_ok=True)
    (path / "results" / "small.mp4").write_bytes(film.read_bytes())
    return path
