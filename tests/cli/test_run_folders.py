"""A run never destroys files of other programs, and a result belongs to one film."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from clusterer.cli.result_folders import result_folders
from clusterer.core.types import Action, Edit
from clusterer.edits import EditLog
from clusterer.pipeline import analyse as analyse_module
from clusterer.store.edits_json import read, write
from clusterer.store.marker import MARKER
from clusterer.store.names import EDITS
from clusterer.store.run_lock import run_lock
from tests.cli.conftest import Ran
from tests.conftest import DEMO
from tests.digests import digests
from tests.store.test_analysis_cache import stop_at
from tests.video_files import picture, write_video

Command = Callable[..., Ran]


@pytest.fixture(scope="session")
def other_blank_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another film of the same size, rate and length."""
    path = tmp_path_factory.mktemp("else") / "blank.mp4"
    return write_video(path, (picture(i + 5) for i in range(24)))


@pytest.fixture
def no_analysis(monkeypatch: pytest.MonkeyPatch) -> None:
    def look(*_args: object, **_more: object) -> None:
        raise AssertionError("the film was analysed")

    monkeypatch.setattr(analyse_module, "_look", look)


class TestOthers:
    """Files that cluster-video did not write."""

    @pytest.mark.usefixtures("no_analysis")
    @pytest.mark.parametrize(
        "name", ["chips/thesis.txt", "people.csv", ".partial/mine.txt", "x", "chips", ".git/config"]
    )
    def test_a_folder_with_other_files_is_refused(
        self, command: Command, blank_film: Path, name: str
    ) -> None:
        path = Path("mine") / name
        path.parent.mkdir(parents=True)
        path.write_text("mine")
        before = digests(Path("mine"))
        for more in ([], ["--replace"]):
            ran = command(blank_film, "-o", "mine", *more)
            assert (ran.code, ran.error) == (
                1,
                "Error: mine holds files that cluster-video did not write. "
                "Name a new or empty folder with --output\n",
            )
        assert digests(Path("mine")) == before

    @pytest.mark.usefixtures("no_analysis")
    @pytest.mark.parametrize("output", [".", "..", "sub/.."])
    def test_the_folder_of_the_video(self, command: Command, blank_film: Path, output: str) -> None:
        Path("sub").mkdir()
        video = shutil.copy(blank_film, "a.mp4")
        ran = command(video, "-o", output)
        assert (ran.code, ran.out) == (1, "")
        assert "holds files that cluster-video did not write" in ran.error
        assert sorted(path.name for path in Path().iterdir()) == ["a.mp4", "sub"]

    def test_the_current_folder_if_it_is_empty(self, command: Command, blank_film: Path) -> None:
        assert command(blank_film, "-o", ".", "-q").code == 0
        assert Path("report.html").is_file()
        assert command(blank_film, "-o", ".", "-q").code == 0

    def test_other_files_survive_every_command(
        self, command: Command, demo_folder: Path, blank_film: Path
    ) -> None:
        names = ["notes.txt", "chips/thesis.txt", ".partial/mine.txt", "exports/mine.edl", "a/b"]
        for name in names:
            (demo_folder / name).parent.mkdir(exist_ok=True)
            (demo_folder / name).write_text("mine")
        for args in (
            [DEMO, "-o", demo_folder, "--threshold", "0.3"],
            [DEMO, "-o", demo_folder, "--end", "3"],
            ["export", demo_folder, "--format", "edl", "--format", "csv"],
            ["evaluate", demo_folder, "--truth", DEMO.with_name("demo.truth.csv")],
            [blank_film, "-o", demo_folder, "--replace"],
        ):
            assert command(*args).code == 0, args
            assert {name: (demo_folder / name).read_text() for name in names} == dict.fromkeys(
                names, "mine"
            )

    @pytest.mark.usefixtures("no_analysis")
    @pytest.mark.parametrize("name", ["people.csv", "chips", ".partial", "result.json"])
    def test_a_link_in_place_of_our_file_is_found_before_any_work(
        self, command: Command, demo_folder: Path, tmp_path: Path, name: str
    ) -> None:
        target = tmp_path / "theirs"
        if (demo_folder / name).exists():
            (demo_folder / name).rename(target)
        else:
            target.mkdir()
        (demo_folder / name).symlink_to(target)
        before = digests(tmp_path)
        ran = command(DEMO, "-o", demo_folder, "--sample-rate", "2")
        assert ran.code == 1
        assert f"{demo_folder / name} is not a " in ran.error
        assert "Move it away, or name another folder with --output" in ran.error
        assert digests(tmp_path) == before

    def test_a_file_of_corrections_copied_by_hand_is_used(
        self, command: Command, demo_folder: Path
    ) -> None:
        """The report in a browser saves such a file."""
        write(Path(EDITS), EditLog((Edit(Action.REGROUP),)))
        shutil.copy(EDITS, demo_folder)
        ran = command(DEMO, "-o", demo_folder)
        assert "1 correction applied" in ran.out
        assert command(DEMO, "-o", demo_folder, "--edits", EDITS).code == 0


EMPTY = [
    [DEMO, "-o", ""],
    [DEMO, "--output="],
    ["export", "R", "--format", "edl", "-o", ""],
    ["evaluate", DEMO.parent, "--truth", "T", "-o", ""],
    ["evaluate", "verification", "P", "-o", ""],
    ["tune", "V", "-o", ""],
    ["tune", "V", "--cache", ""],
    ["train", "face", "--data", "D", "-o", ""],
    ["train", "clothing", "--data", "D", "-o", ""],
    ["gallery", "add", "R", ""],
]


@pytest.mark.parametrize("args", EMPTY, ids=lambda args: " ".join(map(str, args))[-30:])
def test_an_empty_name_is_refused(command: Command, args: list[Any]) -> None:
    ran = command(*args)
    assert (ran.code, ran.out) == (2, "")
    assert "is empty; name a folder, '.' for the current one." in ran.err.splitlines()[-1]
    assert list(Path().iterdir()) == []


class TestFilm:
    """A result belongs to one film, identified by its content."""

    @pytest.mark.parametrize("output", [[], ["-o", "blank.people"]])
    def test_another_film_is_refused(
        self,
        command: Command,
        blank_film: Path,
        other_blank_film: Path,
        monkeypatch: pytest.MonkeyPatch,
        output: list[str],
    ) -> None:
        assert command(blank_film, "-q", *output).code == 0
        before = digests(Path())
        with monkeypatch.context() as patch:
            patch.setattr(analyse_module, "_look", None)
            ran = command(other_blank_film, *output)
        assert (ran.code, ran.error) == (
            1,
            "Error: blank.people holds the result of another video, blank.mp4. "
            "Name another folder with -o, or give --replace to remove it\n",
        )
        assert digests(Path()) == before

    def test_replaced_with_replace(
        self, command: Command, demo_folder: Path, blank_film: Path, other_blank_film: Path
    ) -> None:
        log = EditLog((Edit(Action.REGROUP),))
        write(demo_folder / EDITS, log)
        ran = command(blank_film, "-o", demo_folder, "--replace")
        assert ran.code == 0
        assert ran.err == (
            "blank.mp4: corrections of the other video are kept as edits.demo.mp4.json\n"
        )
        assert read(demo_folder / "edits.demo.mp4.json").edits == log.edits
        assert not (demo_folder / EDITS).exists()
        assert list((demo_folder / "chips").iterdir()) == []
        assert "corrections" not in ran.out
        assert command(other_blank_film, "-o", demo_folder).code == 1
        assert command(blank_film, "-o", demo_folder, "--replace", "-q") == Ran(0, "", ""), (
            "the same"
        )

    def test_a_file_that_is_not_a_film_replaces_nothing(
        self, command: Command, demo_folder: Path
    ) -> None:
        before = digests(demo_folder)
        Path("a.mp4").write_text("not a film")
        assert command("a.mp4", "-o", demo_folder, "--replace").code == 1
        assert digests(demo_folder) == before

    @pytest.mark.usefixtures("no_analysis")
    def test_moved_renamed_copied_touched(self, command: Command, demo_folder: Path) -> None:
        Path("elsewhere").mkdir()
        video = Path(shutil.copy(DEMO, "elsewhere/other.mov"))
        os.utime(video, (1, 1))
        assert command(video, "-o", demo_folder, "-q") == Ran(0, "", "")
        assert json.loads((demo_folder / "result.json").read_text())["video"]["path"] == "other.mov"
        assert command("export", demo_folder, "--format", "edl", "-q").code == 0
        assert (demo_folder / "exports" / "other.edl").is_file(), "named after the current file"

    def test_another_part_of_the_film(self, command: Command, blank_film: Path) -> None:
        assert command(blank_film, "-q").code == 0
        assert command(blank_film, "-q", "--end", "0.5").code == 0
        assert command(blank_film, "-q", "--start", "0.5").code == 0

    def test_of_an_earlier_version(
        self, command: Command, blank_film: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without a marker: the stored analysis is used."""
        assert command(blank_film, "-q").code == 0
        folder = Path("blank.people")
        (folder / MARKER).unlink()
        with monkeypatch.context() as patch:
            patch.setattr(analyse_module, "_look", None)
            assert command(blank_film, "-q").code == 0
            assert (folder / MARKER).is_file()
            touched = Path(shutil.copy(blank_film, "touched.mp4"))
            assert command(touched, "-o", folder, "-q").code == 0

    def test_another_film_than_in_a_result_of_an_earlier_version(
        self, command: Command, demo_folder: Path, blank_film: Path
    ) -> None:
        (demo_folder / MARKER).unlink()
        before = digests(demo_folder)
        ran = command(blank_film, "-o", demo_folder)
        assert ran.code == 1
        assert "holds the result of another video, demo.mp4. " in ran.error
        assert digests(demo_folder) == before
        assert command(blank_film, "-o", demo_folder, "--replace", "-q").code == 0
        assert command(blank_film, "-o", demo_folder, "-q").code == 0
        assert command(DEMO, "-o", demo_folder, "-q").code == 1


class TestNames:
    """The result folder of a video."""

    @pytest.mark.parametrize(
        ("videos", "folders"),
        [
            (["x.mp4"], ["x"]),
            (["a/x.mp4", "y.mp4"], ["x", "y"]),
            (["x.mp4", "x.mkv"], ["x.mp4", "x.mkv"]),
            (["a/x.mp4", "b/x.mp4"], ["a-x", "b-x"]),
            (["a/x.mp4", "b/x.mp4", "a/x.mkv"], ["a-x", "b-x", "x.mkv"]),
            (["a/x.mp4", "a/x.mkv", "b/x.mp4", "b/x.mkv"],
             ["a-x.mp4", "a-x.mkv", "b-x.mp4", "b-x.mkv"]),
            (["a/c/x.mp4", "b/c/x.mp4"], ["a-c-x", "b-c-x"]),
            (["X.mp4", "x.mkv"], ["X.mp4", "x.mkv"]),
            (["a/X.mp4", "b/x.mp4"], ["a-X", "b-x"]),
            (["a/é.mp4", "b/e\u0301.mp4"], ["a-é", "b-e\u0301"]),
            (["a/x.mp4", "b/x.mp4", "a-x.mov"], ["a-x.mp4", "b-x", "a-x.mov"]),
            (["x.mp4", "./x.mp4", "a/../x.mp4"], ["x"]),
        ],
    )  # fmt: skip
    def test_independent_of_order(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, videos: list[str], folders: list[str]
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "a").mkdir()
        found = result_folders(map(Path, videos), None)
        assert [path.name for path in found.values()] == [f"{name}.people" for name in folders]
        again = result_folders(map(Path, reversed(videos)), Path("out"))
        if len(found) > 1:
            assert again == {video: "out" / folder for video, folder in found.items()}

    def test_paths_that_give_the_same_name(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On disks that distinguish case, paths may differ only by case."""
        monkeypatch.chdir(tmp_path)
        addresses = ["s3://b/a//x.mp4", "s3://b/a/x.mp4"]
        names = set(result_folders(addresses, None).values())
        assert len(names) == 2, "they are different films"
        found = result_folders([Path("a/x.mp4"), Path("A/x.mp4"), Path("a/X.mp4")], None)
        assert len({path.name.casefold() for path in found.values()}) == 3

    def test_both_are_processed(
        self, command: Command, blank_film: Path, other_blank_film: Path
    ) -> None:
        for name, video in (("a", blank_film), ("b", other_blank_film)):
            Path(name).mkdir()
            shutil.copy(video, Path(name) / "x.mp4")
        ran = command("a/x.mp4", "b/x.mp4", "a/x.mp4")
        assert (ran.code, ran.err) == (0, "")
        assert [line.split()[1] for line in ran.out.splitlines() if "Report" in line] == [
            str(Path("a-x.people/report.html")), str(Path("b-x.people/report.html")),
        ]  # fmt: skip
        assert command("b/x.mp4", "a/x.mp4", "-q").code == 0

    @pytest.mark.parametrize("length", [248, 249, 251])
    def test_long_names(self, command: Command, blank_film: Path, length: int) -> None:
        video = Path("n" * length + ".mp4")
        try:
            shutil.copy(blank_film, video)
        except OSError:
            pytest.skip("no such names on this disk")
        assert command(video, "-q") == Ran(0, "", "")
        (folder,) = Path().glob("*.people")
        assert len(folder.name.encode()) <= 255
        assert command("export", folder, "--format", "edl", "--format", "csv", "-q").code == 0
        assert command(video, "-q") == Ran(0, "", "")


REFUSALS = [
    (errno.ENOSPC, "Free some space, or name another folder with --output"),
    (errno.EDQUOT, "Free some space, or name another folder with --output"),
    (errno.EROFS, "Name another folder with --output"),
    (errno.EACCES, "Make it writable, or name another folder with --output"),
    (errno.EPERM, "Make it writable, or name another folder with --output"),
    (errno.EIO, "Name another folder with --output"),
]


class TestRefusal:
    """If nothing can be written, an error with a remedy comes before any work."""

    @pytest.mark.usefixtures("no_analysis")
    @pytest.mark.parametrize(("number", "remedy"), REFUSALS, ids=lambda value: str(value)[:5])
    def test_by_the_system(
        self,
        command: Command,
        blank_film: Path,
        monkeypatch: pytest.MonkeyPatch,
        number: int,
        remedy: str,
    ) -> None:
        Path("there").mkdir()
        real = os.open

        def refuse(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
            if flags & os.O_CREAT:
                raise OSError(number, os.strerror(number))
            return real(path, flags, *args, **kwargs)

        monkeypatch.setattr(os, "open", refuse)
        for out in ("there", "new"):
            ran = command(blank_film, "-o", out)
            assert ran.code == 1
            cause = os.strerror(number).lower()
            assert ran.error == f"Error: Cannot write {out} ({cause}). {remedy}\n"

    @pytest.mark.usefixtures("no_analysis")
    @pytest.mark.parametrize("output", ["file", "file/below", "file/far/below"])
    def test_a_file_in_place_of_the_folder(
        self, command: Command, blank_film: Path, output: str
    ) -> None:
        Path("file").write_text("mine")
        ran = command(blank_film, "--output", output)
        assert ran.code == 1
        assert "A file is in the way; name another folder with --output\n" in ran.error
        assert Path("file").read_text() == "mine"

    @pytest.mark.usefixtures("no_analysis")
    def test_a_name_too_long(self, command: Command, blank_film: Path) -> None:
        ran = command(blank_film, "--output", "n" * 300)
        assert ran.code == 1
        assert "Use a shorter name, or name another folder with --output\n" in ran.error

    @pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
    )
    @pytest.mark.usefixtures("no_analysis")
    def test_without_permission(self, command: Command, blank_film: Path) -> None:
        Path("theirs").mkdir(0o500)
        ran = command(blank_film, "--output", "theirs/x")
        assert ran.code == 1
        assert "Make it writable" in ran.error


def test_killed_anywhere(
    command: Command, blank_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same command resumes; other files are kept, and no temporary files remain.

    Before every third change; `tests/faults` stops before each.
    """
    assert command(blank_film, "-o", "whole", "-q").code == 0
    whole = digests(Path("whole"))
    assert whole.keys() >= {MARKER, "report.html", "analysis.npz"}
    for step in count(0, 3):
        folder = Path(str(step))
        with monkeypatch.context() as patch:
            stop_at(patch, step)
            code = command(blank_film, "-o", folder, "-q").code
        if folder.exists() and (folder / MARKER).exists():
            (folder / ".partial").mkdir(exist_ok=True)
            (folder / ".partial" / "mine.txt").write_text("mine")
        partial = digests(folder).keys() & {".partial/mine.txt"}
        assert command(blank_film, "-o", folder, "-q") == Ran(0, "", ""), step
        after = digests(folder)
        assert {name: after.pop(name) for name in partial} == dict.fromkeys(
            partial, hashlib.sha256(b"mine").hexdigest()
        )
        assert after == whole, step
        if code == 0:
            break
        assert code == 130
    assert step > 20


@pytest.mark.parametrize("stop", ["first", "last"])
def test_killed_while_it_replaces(
    command: Command,
    demo_folder: Path,
    blank_film: Path,
    monkeypatch: pytest.MonkeyPatch,
    stop: str,
) -> None:
    """Corrections are never lost, and the same command finishes the replacement."""
    write(demo_folder / EDITS, EditLog((Edit(Action.REGROUP),)))
    corrections = (demo_folder / EDITS).read_bytes()
    (demo_folder / "chips" / "thesis.txt").write_text("mine")
    steps = [2, 3, 4, 10] if stop == "first" else [30, 60, 70, 80]
    for step in steps:
        with monkeypatch.context() as patch:
            stop_at(patch, step)
            command(blank_film, "-o", demo_folder, "-q", "--replace")
        kept = {path.read_bytes() for path in demo_folder.glob("edits*.json")}
        assert corrections in kept
    assert command(blank_film, "-o", demo_folder, "-q", "--replace") == Ran(0, "", "")
    assert (demo_folder / "edits.demo.mp4.json").read_bytes() == corrections
    assert (demo_folder / "chips" / "thesis.txt").read_text() == "mine"
    assert [path.name for path in (demo_folder / "chips").iterdir()] == ["thesis.txt"]


def test_only_one_run_at_a_time_per_folder(
    command: Command, blank_film: Path, other_blank_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the folder would belong to one film, and its content to another."""
    monkeypatch.setattr("clusterer.store.run_lock.WAIT_S", 0.0)
    with run_lock(Path("out")):
        ran = command(blank_film, "-o", "out")
    assert ran.code == 1
    assert ran.error == (
        f"Error: Another cluster-video is writing to out (process {os.getpid()}). Wait until it is "
        "done, or name another folder with --output\n"
    )
    assert not Path("out").exists()
    assert command(other_blank_film, "-o", "out", "-q") == Ran(0, "", "")


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_results_are_readable_only_by_the_user(
    command: Command, blank_film: Path, demo_folder: Path
) -> None:
    before = os.umask(0)
    try:
        assert command(blank_film, "-q").code == 0
        assert command(DEMO, "-o", demo_folder, "-q").code == 0
        write(demo_folder / EDITS, EditLog())
        assert command("export", demo_folder, "--format", "edl", "-q").code == 0
        truth = DEMO.with_name("demo.truth.csv")
        assert command("evaluate", demo_folder, "--truth", truth).code == 0
        assert command("export", demo_folder, "--format", "edl", "-q", "-o", "out").code == 0
    finally:
        os.umask(before)
    for folder in (Path("blank.people"), demo_folder):
        for path in [folder, *folder.rglob("*")]:
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode == (0o700 if path.is_dir() else 0o600), path
    out = {stat.S_IMODE(path.stat().st_mode) for path in Path("out").iterdir()}
    assert out == {0o666}, "to be shared"
