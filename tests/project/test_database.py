"""The file of a project: what is refused, what survives, who may read and write at once."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clusterer.core.errors import ProjectError
from clusterer.project import database
from clusterer.project.names import FILE, is_project
from clusterer.project.project import Project
from tests.project.season import made_up, of_people

POSIX = pytest.mark.skipif(os.name != "posix", reason="rights and signals of POSIX")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "a.cast").mkdir()
    file = tmp_path / "a.cast" / FILE
    database.create(file, {"scope": "season"})
    return file


def meta(file: Path) -> dict[str, str]:
    with database.reading(file) as connection:
        return dict(connection.execute("SELECT key, value FROM meta"))


def put(connection: sqlite3.Connection, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('scope', ?)", (value,))


def test_a_new_file_is_complete_and_private(file: Path) -> None:
    assert meta(file) == {"scope": "season", "change": "0", "edition": "0"}
    assert is_project(file.parent)
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_each_transaction_raises_the_change(file: Path) -> None:
    with database.writing(file) as connection:
        put(connection, "archive")
    with database.writing(file, seen=False) as connection:
        put(connection, "season")
    assert meta(file) == {"scope": "season", "change": "2", "edition": "1"}


def test_an_error_takes_the_whole_transaction_back(file: Path) -> None:
    def fail() -> None:
        with database.writing(file) as connection:
            put(connection, "archive")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert meta(file)["scope"] == "season"


def test_nothing_is_left_open_or_beside(file: Path) -> None:
    with database.writing(file) as connection:
        put(connection, "archive")
        mode = connection.execute("PRAGMA journal_mode").fetchone()
    assert mode == ("wal",)
    meta(file)
    assert [path.name for path in file.parent.iterdir()] == [FILE]


def test_a_reader_neither_waits_nor_sees_half_of_it(file: Path) -> None:
    with database.writing(file) as connection:
        put(connection, "archive")
        assert meta(file)["scope"] == "season"
    with database.reading(file) as reader:
        before = reader.execute("SELECT value FROM meta WHERE key = 'scope'").fetchone()
        with database.writing(file) as connection:
            put(connection, "other")
        after = reader.execute("SELECT value FROM meta WHERE key = 'scope'").fetchone()
    assert before == after == ("archive",)


def test_a_reader_cannot_write(file: Path) -> None:
    with pytest.raises(ProjectError, match="Cannot read"), database.reading(file) as connection:
        put(connection, "archive")


def test_a_second_writer_is_refused_in_one_line(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_WAIT_S", 0.05)
    with (
        database.writing(file),
        pytest.raises(ProjectError, match=r"is locked.*Another program is writing"),
        database.writing(file),
    ):
        pass


def forged(make: Callable[[sqlite3.Connection], object]) -> Callable[[Path], None]:
    def write(file: Path) -> None:
        file.unlink(missing_ok=True)
        connection = sqlite3.connect(file)
        make(connection)
        connection.commit()
        connection.close()

    return write


def later(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def cut(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096:8192] = os.urandom(4096)
    file.write_bytes(bytes(content))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda file: file.write_bytes(b"text" * 2000), "is damaged"),
        (lambda file: file.write_bytes(b""), "is damaged"),
        (lambda file: file.unlink(), "is not a project"),
        (lambda file: (file.unlink(), file.mkdir()), "is not a project"),
        (cut, "is damaged"),
        (flipped, "is damaged"),
        (later, "later version"),
        (forged(lambda c: c.execute("CREATE TABLE meta (key, value)")), "not the file of a proj"),
    ],
)
def test_what_is_no_good_project_is_refused_in_one_line(
    tmp_path: Path, damage: Callable[[Path], object], words: str
) -> None:
    project = of_people(tmp_path / "a.cast", made_up(["person-1"]))
    damage(project.path / FILE)
    with pytest.raises(ProjectError, match=words) as caught:
        Project(project.path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE film SET state = 'odd'",
        "UPDATE film SET folder = '../../elsewhere.people'",
        "UPDATE film SET folder = '/elsewhere.people'",
        "UPDATE film SET folder = X'2E'",
        "UPDATE film SET looks = '{}'",
        "UPDATE film SET looks = X'00'",
        "UPDATE film SET apart = X'0000000000'",
        "UPDATE film SET apart = X'0000000001000000'  || X'02000000'",
        "UPDATE member SET precision = 'much'",
        "UPDATE member SET film = 7 WHERE film = 2",
        "UPDATE member SET position = 5 WHERE film = 2",
        "UPDATE edit SET action = 'odd'",
        "UPDATE edit SET who = '[1]'",
        "UPDATE meta SET value = 'odd'",
        "DELETE FROM meta",
        "DROP TABLE person",
    ],
)
def test_forged_content_is_refused_in_one_line(tmp_path: Path, statement: str) -> None:
    project = of_people(tmp_path / "a.cast", made_up(["person-1"]), made_up(["person-1"]))
    project.name("person-1", "Anna")
    connection = sqlite3.connect(project.path / FILE)
    connection.execute(statement)
    connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'change'")
    connection.commit()
    connection.close()

    def use() -> None:
        opened = Project(project.path)
        assert all([opened.scope, opened.config, opened.people])
        opened.crowd()
        opened.link()

    with pytest.raises(ProjectError) as caught:
        use()
    assert "\n" not in str(caught.value)


def test_an_earlier_schema_is_brought_up_to_date(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def second(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE more (value TEXT)")

    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, second))
    with database.reading(file) as connection:
        assert connection.execute("SELECT count(*) FROM more").fetchone() == (0,)
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_migration_that_fails_changes_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def second(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE film")
        connection.execute("SELECT * FROM nowhere")

    before = file.read_bytes()
    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, second))
    with pytest.raises(ProjectError, match="no such table"), database.writing(file):
        pass
    monkeypatch.undo()
    assert meta(file)["scope"] == "season"
    assert len(file.read_bytes()) == len(before)


def test_a_disk_that_cannot_be_written_to_is_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = database._connect

    def connect(path: Path, way: str) -> sqlite3.Connection:
        if "immutable" not in way:  # as SQLite answers where it can make no log
            raise sqlite3.OperationalError("unable to open database file")
        return real(path, way)

    monkeypatch.setattr(database, "_connect", connect)
    with pytest.raises(ProjectError, match="unable to open"):  # somebody may be writing
        meta(file)
    monkeypatch.setattr(os, "access", lambda path, _how: Path(path).is_dir())
    assert meta(file)["scope"] == "season"
    for ending in ("wal", "journal"):
        log = file.with_name(f"{FILE}-{ending}")
        log.write_bytes(b"changes that are not in the file")
        with pytest.raises(ProjectError, match="unable to open"):
            meta(file)
        log.unlink()


def test_a_lock_is_never_read_through(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_WAIT_S", 0.05)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("UPDATE meta SET value = 'archive' WHERE key = 'scope'")
    try:
        with pytest.raises(ProjectError, match=r"is locked.*Another program is writing"):
            meta(file)
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert meta(file)["scope"] == "season"


def test_what_another_program_made_meanwhile_stays(file: Path) -> None:
    database.create(file, {"scope": "archive"})
    assert meta(file)["scope"] == "season"


@POSIX
@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare on this system")
def test_a_project_on_a_read_only_mount_is_read(tmp_path: Path) -> None:
    project = of_people(tmp_path / "a.cast", made_up(["person-1"]))
    code = (
        "from clusterer.project.project import Project; p = Project('a.cast');"
        " print(len(p), len(p.crowd()))\n"
        "try: p.name('person-1', 'Anna')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    script = 'mount --bind a.cast a.cast && mount -o remount,ro,bind a.cast && "$0" -c "$1"'
    run = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, sys.executable, code],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if run.returncode and "Traceback" not in run.stderr:
        pytest.skip("this user may not mount")
    first, second = run.stdout.splitlines()
    assert first == "1 1"
    assert second.startswith("ProjectError Cannot write a.cast/project.sqlite (")
    assert project.people[0].name == "Person 1"


def test_a_full_disk_changes_nothing(file: Path) -> None:
    def fill() -> None:
        with database.writing(file) as connection:
            connection.execute("PRAGMA max_page_count = 1")
            for i in range(10_000):
                connection.execute("INSERT INTO meta VALUES (?, ?)", (str(i), "x" * 1000))

    with pytest.raises(ProjectError, match=r"is full\)\. Free some space"):
        fill()
    assert meta(file)["scope"] == "season"


@POSIX
def test_a_writer_who_is_killed_leaves_the_state_before(file: Path) -> None:
    child = os.fork()
    if not child:  # pragma: no cover (is killed)
        with database.writing(file) as connection:
            put(connection, "archive")
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert meta(file)["scope"] == "season"
    with database.writing(file) as connection:
        put(connection, "archive")
    assert meta(file)["scope"] == "archive"
