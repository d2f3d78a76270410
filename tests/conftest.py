from __future__ import annotations

import hashlib
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

import clusterer
from clusterer.models.cache import ENVIRONMENT_VARIABLE
from clusterer.models.download import ENVIRONMENT_VARIABLE as MODELS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "sample_videos" / "demo.mp4"

# A shared machine may pause any example for longer than the deadline.
# CI uses the same examples each time; elsewhere new ones are searched.
settings.register_profile("shared machine", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("shared machine")

# A shell without job control makes its background processes ignore Ctrl-C, and with them every
# command that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def user_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep tests, and the commands that they start, out of the user's cache."""
    folder = tmp_path_factory.mktemp("user-cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, ENVIRONMENT_VARIABLE, str(folder))
        patch.delenv(MODELS, raising=False)
        yield folder


@pytest.fixture(scope="module", autouse=True)
def same_models(user_cache: Path) -> Iterator[None]:
    """Fail if a file of tests leaves models behind: the next ones would take another encoder."""
    before = os.environ.get(MODELS)
    yield
    assert os.environ.get(MODELS) == before


@pytest.fixture(scope="session", autouse=True)
def open_networks() -> Iterator[None]:
    """Open a network once for all tests: that takes longer than most of them."""
    import onnxruntime  # noqa: PLC0415 (commands that need no network are tested without)

    from clusterer.models import runtime  # noqa: PLC0415 (likewise)

    opened = runtime._on_cpu
    kept: dict[tuple[object, ...], onnxruntime.InferenceSession] = {}

    def once(model: bytes, threads: int) -> onnxruntime.InferenceSession:
        key = onnxruntime.InferenceSession, hashlib.sha256(model).digest(), threads
        if key not in kept:
            kept[key] = opened(model, threads)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "_on_cpu", once)
        yield


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Number of pictures in each run of a network, in order."""
    from onnxruntime import InferenceSession  # noqa: PLC0415 (few tests need it)

    sizes: list[int] = []
    run = InferenceSession.run

    def noting(session: InferenceSession, outputs: Any, inputs: Any, *more: Any) -> Any:
        sizes.append(len(next(iter(inputs.values()))))
        return run(session, outputs, inputs, *more)

    monkeypatch.setattr(InferenceSession, "run", noting)
    return sizes


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, user_cache: Path) -> clusterer.Outcome:
    """The sample film, through the Python API at the defaults; do not change its folder."""
    return clusterer.process(DEMO, folder=tmp_path_factory.mktemp("demo") / "demo.people")


@pytest.fixture
def demo_folder(demo: clusterer.Outcome, tmp_path: Path) -> Path:
    """A copy of the sample film's result folder, for a test to change."""
    return Path(shutil.copytree(demo.folder, tmp_path / "demo.people"))


@pytest.fixture(scope="session")
def clips() -> Path:
    """Folder of the labelled clips."""
    folder = ROOT.parent / "shared" / "clips"
    if not folder.is_dir():
        pytest.skip("the labelled clips are not part of the project")
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; not named `browser`, which belongs to pytest-playwright."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no Chromium on this system")
    api = pytest.importorskip("playwright.sync_api")
    api.expect.set_options(timeout=90_000)  # a busy machine is slow, not wrong
    with api.sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(
                executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
            )
        except api.Error as error:
            pytest.skip(f"Chromium does not start: {error}")
        yield started
        started.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page; at the end of the test, there must be no requests and no console errors."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page_(path: Path, **options: Any) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda r: r.url.startswith(("file:", "data:")) or complaints.append(r.url),
        )
        page.goto(path.as_uri())
        return page

    yield open_page_
    for context in contexts:
        context.close()
    assert complaints == []
