"""``cluster-video export``: files, their places, and errors."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clusterer.cli.export import _listed
from clusterer.outputs.export import FORMATS, create, names
from clusterer.outputs.export.choose import choose
from clusterer.store.marker import MARKER
from tests import result_folder
from tests.cli.conftest import Ran

Command = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Person 1 in frames 0 to 21 and 50 to 100, Person 2 in 0 to 11, an unknown in 60 to 61."""
    return result_folder.write(result_folder.decided(), tmp_path / "small.people")


def exported(folder: Path) -> dict[str, Any]:
    (path,) = folder.glob("small*.json")
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content


def frames(folder: Path) -> dict[str, list[tuple[int, int]]]:
    return {
        who["name"]: [(seen["start_frame"], seen["end_frame"]) for seen in who["appearances"]]
        for who in exported(folder)["people"]
    }


def test_written_into_the_result(command: Command, folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    del before[folder / MARKER]  # it lists the added files
    ran = command("export", folder, "--format", "json", "--format", "csv", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    written = [folder / "exports" / f"small.{end}" for end in (
        "json", "appearances.csv", "people.csv",
    )]  # fmt: skip
    assert ran.out.splitlines() == [
        "2 people, 3 appearances at 25 frames per second from 01:00:00:00",
        *map(str, written),
    ]
    assert sorted((folder / "exports").iterdir()) == sorted(written)
    assert {path: path.read_bytes() for path in before} == before
    assert list(Path.cwd().iterdir()) == []
    rows = list(csv.DictReader(io.StringIO(written[1].read_text("utf-8"))))
    assert [(row["start_frame"], row["end_frame"]) for row in rows] == [
        ("0", "21"), ("0", "11"), ("50", "100"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", names())
def test_files_equal_those_of_the_library(command: Command, folder: Path, name: str) -> None:
    if name == "otio":
        pytest.importorskip("opentimelineio")
    assert command("export", folder, "--format", name, "-q", "-o", "out").code == 0
    expected = create(name).files(choose(result_folder.decided()))
    assert {p.name: p.read_bytes() for p in Path("out").iterdir()} == expected


@pytest.mark.parametrize("flag", ["-o", "--output"])
def test_another_folder(command: Command, folder: Path, flag: str) -> None:
    ran = command("export", folder, "--format", "vtt", flag, "a/b")
    assert ran.out.splitlines()[-1] == str(Path("a/b/small.vtt"))
    assert not (folder / "exports").exists()


def test_quiet(command: Command, folder: Path) -> None:
    assert command("export", folder, "--format", "vtt", "--quiet") == Ran(0, "", "")


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([], {"Person 1": [(0, 21), (50, 100)], "Person 2": [(0, 11)]}),
        (["--people", "person-2"], {"Person 2": [(0, 11)]}),
        (["--people", "PERSON 2,person 1", "--min-duration", "2"], {"Person 1": [(50, 100)]}),
        (["--people", "person 2", "--people", "person 1", "--gap", "1.16"],
         {"Person 1": [(0, 100)], "Person 2": [(0, 11)]}),
        (["--people", "person 1", "--handles", "2"], {"Person 1": [(0, 23), (48, 100)]}),
        (["--people", "person 2", "--include-unknown"],
         {"Person 2": [(0, 11)], "Unknown 1": [(60, 61)]}),
        (["--people", "person 2", "--rate", "50"], {"Person 2": [(0, 22)]}),
    ],
)  # fmt: skip
def test_options(
    command: Command,
    folder: Path,
    flags: list[str],
    expected: dict[str, list[tuple[int, int]]],
) -> None:
    assert command("export", folder, "--format", "json", "-o", "out", *flags).code == 0
    assert frames(Path("out")) == expected


def test_start_and_rate(command: Command, folder: Path) -> None:
    flags = ["--start-timecode", "00:59:59;28", "--rate", "29.97", "--format", "json"]
    ran = command("export", folder, *flags, "-o", "out")
    assert ran.out.splitlines()[:2] == [
        "2 people, 3 appearances at 29.97 frames per second from 00:59:59;28",
        "Note: The video has 25 frames per second; frames are counted at 29.97, "
        "so marks may be off by half a frame",
    ]
    content = exported(Path("out"))
    assert content["rate"] == [30000, 1001]
    assert content["drop_frame"]
    first = content["people"][0]["appearances"][0]
    assert (first["end_frame"], first["end_timecode"]) == (25, "01:00:00;23")  # 25.17 frames


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--people", "anna"], "No person is named 'anna'. There are: Person 1, Person 2"),
        (["--people", ""], "No person is named ''"),
        (["--min-duration", "-1"], "shortest appearance is -1. Give 0 or more"),
        (["--gap", "nan"], "gap is nan. Give 0 or more"),
        (["--handles", "-2"], "handles is -2. Give 0 or more"),
        (["--rate", "0"], "rate is 0. Give frames per second, such as 23.976"),
        (["--start-timecode", "1:2"], "'1:2' is not a timecode. Write HH:MM:SS:FF"),
        (["--start-timecode", ""], "'' is not a timecode"),
        (["--start-timecode", "01:00:00:25"], "is not a timecode at 25 frames per second"),
        (["--start-timecode", "01:00:00;00"], "is a drop-frame timecode, at 25 frames per second"),
    ],
)
def test_refused(command: Command, folder: Path, flags: list[str], expected: str) -> None:
    ran = command("export", folder, "--format", "csv", *flags)
    assert ran.code == 2
    assert expected in ran.error
    assert not (folder / "exports").exists()


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--format", "magic"], "'--format': 'magic' is not one of 'avid', 'chapters', 'csv', "),
        ([], "Missing option '--format'"),
        (["--format", "csv", "--rate", "fast"], "'fast' is not a rate; write 25, 23.976"),
        (["--format", "csv", "--rate", "1/0"], "'1/0' is not a rate"),
        (["--format", "csv", "--rate", "1e999999999"], "is not a rate"),
        (["--format", "csv", "--handles", "1.5"], "'--handles': '1.5' is not a valid integer"),
        (["--format", "csv", "--gap", "wide"], "'--gap': 'wide' is not a valid float"),
    ],
)
def test_wrong_usage(command: Command, folder: Path, flags: list[str], expected: str) -> None:
    ran = command("export", folder, *flags)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("Usage: cluster-video export")
    assert expected in ran.err.splitlines()[-1] or expected in ran.err
    assert not (folder / "exports").exists()


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_no_result(command: Command, name: str) -> None:
    ran = command("export", name, "--format", "csv")
    assert ran.code == 1
    assert (
        ran.error
        == f"Error: {name} is not a result folder. Give a folder that cluster-video wrote\n"
    )
    assert list(Path.cwd().iterdir()) == []


def test_a_file_in_place_of_the_folder(command: Command, folder: Path) -> None:
    Path("file").write_text("mine")
    ran = command("export", folder, "--format", "csv", "-o", "file")
    assert ran.code == 1
    assert "Cannot write file" in ran.error
    assert Path("file").read_text() == "mine"


def test_a_full_disk_changes_nothing(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("opentimelineio")
    flags = [f"--format={name}" for name in names()]
    assert command("export", folder, *flags, "-q").code == 0
    before = {path.name: path.read_bytes() for path in (folder / "exports").iterdir()}
    synced = []

    def full(handle: int) -> None:
        synced.append(handle)
        if len(synced) == 5:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        ran = command("export", folder, *flags, "--handles", "5")
    assert ran.code == 1
    assert "no space left on device" in ran.error
    assert {path.name: path.read_bytes() for path in (folder / "exports").iterdir()} == before
    assert command("export", folder, *flags, "--handles", "5", "-q").code == 0
    after = {path.name: path.read_bytes() for path in (folder / "exports").iterdir()}
    assert after.keys() == before.keys()
    same = {name for name in after if after[name] == before[name]}
    assert same == {"small.nfo"}, "the cast has no times"


def test_corrections_are_applied(command: Command, tmp_path: Path) -> None:
    result = result_folder.decided()
    people = (replace(result.people[0], name="Анна\nK."), replace(result.people[1], hidden=True))
    folder = result_folder.write(replace(result, people=people), tmp_path / "named.people")
    assert command("export", folder, "--format", "json", "-q", "-o", "out").code == 0
    assert list(frames(Path("out"))) == ["Анна K."]
    assert command(
        "export", folder, "--format", "json", "-q", "-o", "shown", "--people", "person-2"
    ).code == 0  # fmt: skip
    assert list(frames(Path("shown"))) == ["Person 2"]


@pytest.mark.parametrize("flags", [["-h"], ["--help"], []])
def test_help(command: Command, flags: list[str]) -> None:
    ran = command("export", *flags)
    shown = (ran.out + ran.err).splitlines()
    assert "Usage: cluster-video export [OPTIONS] RESULT" in shown[0]
    for name, entry in FORMATS.built_in.items():
        line = f"  {name:<14}{entry.summary}"
        assert line in shown or f"  {line}" in shown


def test_part_and_together(command: Command, folder: Path) -> None:
    flags = ["--people", "person-1,person-2", "--together", "--from", "0:00.2", "--to"]
    ran = command("export", folder, "--format", "json", "-o", "out/", *flags, "01:00:00:10")
    assert (ran.code, ran.err) == (0, "")
    (path,) = Path("out").iterdir()
    assert path.name == ("small+together+Person 1+Person 2+from-0-00-00.2+to-01-00-00-10.json")
    assert frames(Path("out")) == {"Person 1": [(5, 10)], "Person 2": [(5, 10)]}
    assert command("export", folder, "--format", "json", "--from", "soon").code == 2


def test_stale_files_of_people_are_removed(command: Command, folder: Path) -> None:
    export = ("export", folder, "--format", "edl", "--format", "json")
    assert "Removed" not in command(*export).out
    assert command("name", folder, "Person 2", "Anna").code == 0
    kept = folder / "exports" / "small.Person 1.edl"
    kept.write_text("cut by hand")
    ran = command(*export, "--people", "anna")
    assert "Removed" not in ran.out
    ran = command(*export)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == "Removed 1 file of an earlier export: small.Person 2.edl"
    assert {path.name for path in (folder / "exports").iterdir()} == {
        "small.edl", "small.Anna.edl", "small.Person 1.edl", "small.json",
        "small+Anna.edl", "small+Anna.json",
    }  # fmt: skip
    assert command("name", folder, "Anna", "Bo").code == 0
    assert command(*export, "-q").out == ""
    assert not (folder / "exports" / "small.Anna.edl").exists()


def test_a_file_that_the_user_names_removes_nothing(command: Command, folder: Path) -> None:
    for name in ("a.vtt", "b.vtt"):
        ran = command("export", folder, "--format", "vtt", "-o", f"out/{name}")
        assert (ran.code, ran.out.splitlines()[-1]) == (0, str(Path("out") / name))
    assert {path.name for path in Path("out").iterdir()} == {"a.vtt", "b.vtt"}


def test_what_cannot_be_removed_is_one_line(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ("export", folder, "--format", "edl", "-o", "out/")
    assert command(*export).code == 0
    assert command("name", folder, "Person 2", "Anna").code == 0
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.name == "small.Person 2.edl":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    ran = command(*export)
    assert (ran.code, ran.err) == (0, "")
    stale = Path("out") / "small.Person 2.edl"
    assert ran.out.splitlines()[-1] == (
        f"Note: An earlier export left {stale.name}: Cannot write {stale} (permission denied). "
        "Make it writable"
    )


def test_many_removed_files_are_counted() -> None:
    assert _listed([f"{n}.edl" for n in range(22)]).endswith(", 19.edl and 2 more")


def test_what_a_media_library_keeps_beside_a_film_is_not_replaced(
    command: Command, folder: Path, tmp_path: Path
) -> None:
    films = tmp_path / "films"
    call = ("export", folder, "--format", "kodi", "-o", films)
    assert command(*call).code == 0
    assert command(*call).code == 0, "our own is replaced"
    kept = films / "small.nfo"
    kept.write_text("<movie><plot>Somebody wrote this</plot></movie>")
    before = {path: path.read_bytes() for path in films.iterdir()}
    ran = command(*call)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"Error: {kept} is there already, and no export wrote it. Name anoth")
    assert {path: path.read_bytes() for path in films.iterdir()} == before
    kept.unlink()
    kept.symlink_to(tmp_path / "elsewhere")
    assert command(*call).code == 1
    assert command("export", folder, "--format", "kodi").code == 0, "in the result, all is ours"


def test_addresses_of_a_publication(command: Command, folder: Path) -> None:
    call = ("export", folder, "--format", "iiif", "--base-url")
    assert command(*call, "https://archive.example/films").code == 0
    manifest = json.loads((folder / "exports" / "small.manifest.json").read_bytes())
    assert manifest["id"] == "https://archive.example/films/small.manifest.json"
    ran = command(*call, "films")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Error: base URL is 'films'. Give the web address of a folder")


def test_roles_from_a_table_of_the_cast(command: Command, folder: Path, tmp_path: Path) -> None:
    assert command("name", folder, "Person 1", "Zoë").code == 0
    roles = tmp_path / "cast.csv"
    roles.write_text("role;name\nNurse;ZOE\u0308\nDoctor;Ben\n;Carl\n", encoding="utf-8")
    call = ("export", folder, "--format", "kodi", "--roles")
    assert command(*call, roles).code == 0
    nfo = (folder / "exports" / "small.nfo").read_text("utf-8")
    assert "<name>Zoë</name>\n    <role>Nurse</role>" in nfo
    assert nfo.count("<role>") == 1
    roles.write_text("who\n", encoding="utf-8")
    ran = command(*call, roles)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"Error: {roles}")
