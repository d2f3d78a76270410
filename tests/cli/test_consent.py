"""The question before a run whose weights are missing."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from clusterer.cli.consent import DECLINED, ensure_weights
from clusterer.core.config import AnalysisConfig, EncodingConfig
from clusterer.faces import detection, encoding
from clusterer.models.cache import ENVIRONMENT_VARIABLE as CACHE
from clusterer.models.download import ENVIRONMENT_VARIABLE, Download
from clusterer.models.registry import Entry
from tests.cli.conftest import Ran
from tests.download_server import CONTENT, Server, serving
from tests.models.test_download import DIGEST

Command = Callable[..., Ran]
HOG = detection.DETECTORS.built_in["hog"].home
REMEDY = (
    "Error: small.onnx is missing. Run cluster-video models download small, "
    "or put it into a folder and name that in CLUSTER_VIDEO_MODELS"
)


class Keyboard(io.StringIO):
    """Typed text."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def small(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Download:
    """Weights that hog and centerface pretend to need; a better encoder was declined before."""
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    declined = tmp_path / "cache" / DECLINED / "retail-0095"
    declined.parent.mkdir(parents=True)
    declined.touch()
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    file = Download("small", "small.onnx", f"{server.url}/good", DIGEST, len(CONTENT), "MIT")
    use(monkeypatch, file)
    return file


def use(monkeypatch: pytest.MonkeyPatch, file: Download) -> None:
    monkeypatch.setitem(detection.DETECTORS.built_in, "hog", Entry(HOG, (file,)))
    centerface = detection.DETECTORS.built_in["centerface"]
    bundled = tuple(f for f in centerface.files if not isinstance(f, Download))
    monkeypatch.setitem(
        detection.DETECTORS.built_in, "centerface", replace(centerface, files=(*bundled, file))
    )


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Type on a simulated terminal."""

    def type_text(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", Keyboard(text))
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    return type_text


def test_yes_downloads_once_and_runs(
    command: Command,
    blank_film: Path,
    small: Download,
    types: Callable[[str], None],
    server: Server,
) -> None:
    types("y\n")
    ran = command(blank_film, "--detector", "hog")
    assert ran.code == 0
    assert ran.err.splitlines()[:3] == [
        "Weights of the detector hog are not on this machine:",
        "  small.onnx, 0.3 MB, licence: MIT",
        f"  {small.url} (address not tried yet)",
    ]
    assert "Download? [y/N] " in ran.err
    assert "Report: " in ran.out
    types("")
    again = command(blank_film, "--detector", "hog", "--threshold", "0.3")
    assert (again.code, "Download?" in again.err) == (0, False)
    assert len(server.seen) == 1


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("typed", ["n\n", "\n", "", "what\n"])
def test_any_other_input_declines_before_the_video_is_opened(
    command: Command,
    blank_film: Path,
    types: Callable[[str], None],
    server: Server,
    typed: str,
) -> None:
    types(typed)
    ran = command(blank_film, "--detector", "hog")
    assert (ran.code, ran.out, server.seen) == (1, "", [])
    assert ran.err.endswith(f"{REMEDY}\n")
    assert list(Path.cwd().iterdir()) == []


def test_a_licence_is_accepted_with_the_download(
    command: Command,
    blank_film: Path,
    small: Download,
    types: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(monkeypatch, replace(small, needs_consent=True, licence="research only", tried=True))
    types("YES\n")
    ran = command(blank_film, "--detector", "hog")
    assert ran.code == 0
    assert ran.err.startswith(
        "Weights of the detector hog are not on this machine:\n"
        f"  small.onnx, 0.3 MB, licence: research only\n  {small.url}\n"
        "Accept the licence and download? [y/N] "
    )


def test_one_question_for_detector_and_encoder(
    command: Command,
    blank_film: Path,
    small: Download,
    types: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dlib = encoding.ENCODERS.built_in["dlib"]
    other = replace(small, name="other.onnx", needs_consent=True, licence="research only")
    monkeypatch.setitem(
        encoding.ENCODERS.built_in, "dlib", replace(dlib, files=(*dlib.files, other))
    )
    types("y\n")
    ran = command(blank_film, "--detector", "hog", "--encoder", "dlib")
    assert ran.code == 0
    assert ran.err.startswith("Weights of the detector hog and encoder dlib are not on this")
    assert ran.err.count("[y/N]") == ran.err.count("Accept the licence and download?") == 1
    assert [each.find().name for each in (small, other)] == ["small.onnx", "other.onnx"]


def test_quiet_never_asks(
    command: Command,
    blank_film: Path,
    small: Download,
    types: Callable[[str], None],
    server: Server,
) -> None:
    types("y\n")
    ran = command(blank_film, "--detector", "hog", "--quiet")
    assert (ran.code, ran.error, server.seen) == (1, f"{REMEDY}\n", [])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("watched", ["stdin", "stderr"])
def test_no_question_unless_input_and_output_are_terminals(
    command: Command,
    blank_film: Path,
    monkeypatch: pytest.MonkeyPatch,
    server: Server,
    watched: str,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    monkeypatch.setattr(getattr(sys, watched), "isatty", lambda: True)
    ran = command(blank_film, "--detector", "hog")
    assert (ran.code, ran.error, server.seen) == (1, f"{REMEDY}\n", [])


def test_ctrl_c_at_the_question(
    command: Command,
    blank_film: Path,
    small: Download,
    types: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(*_args: object) -> str:
        raise KeyboardInterrupt

    types("")
    monkeypatch.setattr(sys.stdin, "readline", interrupt)
    ran = command(blank_film, "--detector", "hog")
    assert (ran.code, ran.out) == (130, "")
    assert ran.err.endswith("Download? [y/N] \nInterrupted.\n")


def test_accepting_without_a_network(
    command: Command, blank_film: Path, small: Download, types: Callable[[str], None]
) -> None:
    types("y\n")
    with pytest.MonkeyPatch.context() as patch:
        use(patch, replace(small, url="http://127.0.0.1:9/small.onnx"))
        ran = command(blank_film, "--detector", "hog")
    assert ran.code == 1
    last = ran.err.splitlines()[-1]
    assert "Error: small.onnx cannot be downloaded from http://127.0.0.1:9/small.onnx" in last
    assert "CLUSTER_VIDEO_MODELS" in last


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("which", ["name", "add", "verification"])
def test_every_command_that_analyses_pictures_asks(
    command: Command,
    demo_folder: Path,
    tmp_path: Path,
    types: Callable[[str], None],
    which: str,
) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("first,second,same\na.jpg,b.jpg,1\n")
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).touch()
    commands: dict[str, list[object]] = {
        "name": ["name", demo_folder, "--gallery", tmp_path],
        "add": ["gallery", "add", demo_folder, tmp_path / "gallery"],
        "verification": ["evaluate", "verification", pairs],
    }
    types("n\n")
    ran = command(*commands[which])
    assert ran.code == 1
    assert ran.err.startswith("Weights of the detector centerface are not on this machine:\n")
    assert ran.err.endswith(f"{REMEDY}\n")


def test_on_a_real_terminal(blank_film: Path, small: Download, tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    code = (
        "import sys; from clusterer.faces import detection; from clusterer.cli import main\n"
        "from clusterer.models.download import Download\n"
        "from clusterer.models.registry import Entry\n"
        f"detection.DETECTORS.built_in['hog'] = Entry({HOG!r}, ({small!r},))\n"
        "main(sys.argv[1:])"
    )
    args = [
        sys.executable,
        "-c",
        code,
        str(blank_film),
        "--detector",
        "hog",
        "-o",
        str(tmp_path / "r"),
    ]
    keyboard, terminal = pty.openpty()
    chunks: list[bytes] = []
    reader = threading.Thread(target=watch, args=(keyboard, chunks))
    try:
        with subprocess.Popen(
            args, stdin=terminal, stderr=terminal, stdout=subprocess.PIPE, text=True
        ) as process:
            os.close(terminal)
            reader.start()
            os.write(keyboard, b"y\n")
            out, _ = process.communicate(timeout=120)
        reader.join()
    finally:
        os.close(keyboard)
    output = b"".join(chunks).decode()
    assert process.returncode == 0, output
    assert "Download? [y/N] " in output
    assert "Report: " in out
    assert (tmp_path / "cache" / "models" / "small.onnx").read_bytes() == CONTENT


def watch(keyboard: int, chunks: list[bytes]) -> None:
    """Read a terminal's output until it is closed; unread, it would fill up."""
    with suppress(OSError):
        while output := os.read(keyboard, 1 << 16):
            chunks.append(output)


@pytest.fixture
def best(small: Download, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Download:
    """Weights that the best encoder of ``auto`` pretends to need; not declined yet."""
    (tmp_path / "cache" / DECLINED / "retail-0095").unlink()
    retail = encoding.ENCODERS.built_in["retail-0095"]
    monkeypatch.setitem(encoding.ENCODERS.built_in, "retail-0095", replace(retail, files=(small,)))
    for name in ("hog", "centerface"):
        entry = detection.DETECTORS.built_in[name]
        monkeypatch.setitem(
            detection.DETECTORS.built_in,
            name,
            replace(entry, files=tuple(f for f in entry.files if f != small)),
        )
    return small


WITH_AUTO = AnalysisConfig(encoding=EncodingConfig(encoder="auto"))
NOTE = (
    "Note: faces were encoded by sface; retail-0095 sees small faces better. "
    "To have it: cluster-video models download retail-0095"
)


def test_auto_offers_the_best_encoder(
    best: Download,
    types: Callable[[str], None],
    server: Server,
    capsys: pytest.CaptureFixture[str],
) -> None:
    types("y\n")
    ensure_weights(WITH_AUTO)
    assert encoding.actual("auto") == "retail-0095"
    asked = capsys.readouterr().err
    assert asked.startswith(
        "Weights of the encoder retail-0095, which sees small faces best, are not on this machine:"
        f"\n  small.onnx, 0.3 MB, licence: MIT\n  {best.url} (address not tried yet)\n"
        "Download? [y/N] "
    )
    types("")
    ensure_weights(WITH_AUTO)
    assert capsys.readouterr().err == ""
    assert len(server.seen) == 1


@pytest.mark.usefixtures("best")
def test_a_no_to_the_best_encoder_is_remembered(
    command: Command, blank_film: Path, types: Callable[[str], None], server: Server
) -> None:
    for asked in (True, False):
        types("n\n")
        ran = command(blank_film, "--detector", "hog", "--encoder", "auto")
        assert (ran.code, "Download? [y/N]" in ran.err) == (0, asked)
        assert NOTE in ran.out.splitlines()
    assert server.seen == []


@pytest.mark.usefixtures("best")
def test_a_named_encoder_asks_for_no_other(
    command: Command, blank_film: Path, types: Callable[[str], None]
) -> None:
    types("y\n")
    ran = command(blank_film, "--detector", "hog", "--encoder", "dlib")
    assert (ran.code, "Download?" in ran.err, "Note:" in ran.out) == (0, False, False)


@pytest.mark.usefixtures("best")
def test_auto_asks_nothing_without_a_terminal(
    command: Command, blank_film: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    ran = command(blank_film, "--detector", "hog", "--encoder", "auto")
    assert (ran.code, server.seen, "Download?" in ran.err) == (0, [], False)
    assert NOTE in ran.out.splitlines()


def test_a_failed_download_of_the_best_encoder_is_no_error(
    best: Download,
    types: Callable[[str], None],
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lost = replace(best, url=f"{server.url}/gone")
    retail = encoding.ENCODERS.built_in["retail-0095"]
    monkeypatch.setitem(encoding.ENCODERS.built_in, "retail-0095", replace(retail, files=(lost,)))
    types("y\n")
    ensure_weights(WITH_AUTO)
    assert "This run goes on without it." in capsys.readouterr().err
    assert encoding.actual("auto") == "sface"
