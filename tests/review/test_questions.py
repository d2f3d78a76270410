"""Following the page's own questions from a real scene's automatic result to the truth."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

import clusterer
from benchmarks.review._cards import cards
from benchmarks.review._page import Page as BenchmarkPage
from benchmarks.review._page import Pair
from clusterer.core.config import (
    AnalysisConfig,
    ClothingConfig,
    ClusteringConfig,
    Config,
    EncodingConfig,
)
from clusterer.core.types import ClusteringResult
from clusterer.evaluation import Matching, match, read_truth
from clusterer.evaluation.grouping import Grouping
from clusterer.evaluation.matching import MISSED
from clusterer.review import Session, Site
from clusterer.store.footage import Footage
from tests.page.conftest import NO_HINTS
from tests.review.conftest import serving

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.footage
MOST = 40
ENOUGH = 0.97


@dataclass
class Answering:
    """Somebody who knows the truth, and has only the page: its questions, and what stands there.

    A card costs one action, and each answer on it that is not the likely one another.
    """

    page: Page
    session: Session
    matching: Matching
    actions: list[str] = field(default_factory=list)
    edits: int = 0
    skipped: set[Pair] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.before = self.session.state.result
        self.people = self.matching.track_people(len(self.before.labels))

    def b_cubed_f(self) -> float:
        """Over the labelled faces that were found, under what the page has sent."""
        return found_f(self.matching, alone(self.session.state.result))

    def check(self, asked: str) -> None:
        """The benchmark's copy of the page asks the same."""
        copy = BenchmarkPage(self.before, list(self.session.state.log.edits), self.skipped)
        assert cards(copy)[0].key == asked

    def answer(self) -> bool:
        """Answer the card that is shown; false if there is none."""
        card = self.page.locator(".questions-body")
        if not card.count():
            return False
        asked = card.get_attribute("data-question") or ""
        self.check(asked)
        pairs = [(int(a), int(b)) for a, b in (key.split() for key in asked.split(","))]
        known = [all(self.people[track] for track in pair) for pair in pairs]
        same = [len({self.people[track] for track in pair}) == 1 for pair in pairs]
        if len(pairs) == 1 and not known[0]:
            keys, count = "s", 0
            self.skipped.add(pairs[0])
        else:
            keys, count = ("y" if any(same) else "n"), len(pairs)
        if len(pairs) > 1 and any(same):
            for at, yes in enumerate(same):
                button = card.locator(".questions-no").nth(at)
                if yes == (button.get_attribute("aria-pressed") == "true"):
                    button.click()
                    self.actions.append("turn")
        self.page.keyboard.press(keys)
        self.actions.append(keys)
        self.edits += count
        expect(self.page.locator(f".questions-body[data-question='{asked}']")).to_have_count(0)
        deadline = time.monotonic() + 60
        while self.session.count < self.edits:
            assert time.monotonic() < deadline
            self.page.wait_for_timeout(20)
        return True


def alone(result: ClusteringResult) -> np.typing.NDArray[np.int64]:
    """Labels, where each unknown track has one of its own."""
    return np.where(result.labels >= 0, result.labels, -1 - np.arange(len(result.labels)))


def found_f(matching: Matching, labels: np.typing.NDArray[np.int64]) -> float:
    found = matching.track != MISSED
    people = [who for who, here in zip(matching.people, found, strict=True) if here]
    return Grouping.of(people, labels[matching.track[found]]).b_cubed_f


@pytest.fixture(scope="module", params=[True, False], ids=["by default", "without clothing"])
def result(
    request: pytest.FixtureRequest, clips: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, ClusteringResult]:
    """The automatic result of the scene, and its folder."""
    folder = tmp_path_factory.mktemp("scene") / "friends_a.people"
    clothing = ClothingConfig(enabled=request.param)
    looked = AnalysisConfig(encoding=EncodingConfig("dlib"))  # leaves most to ask
    config = Config(looked, ClusteringConfig(clothing=clothing))
    return folder, clusterer.process(clips / "friends_a.mp4", config, folder).result


def test_answers_lead_to_the_truth(
    chromium: Browser,
    clips: Path,
    result: tuple[Path, ClusteringResult],
    record_property: pytest.RecordProperty,
) -> None:
    folder, before = result
    matching = match(read_truth(clips / "friends_a.truth.csv"), before.analysis)
    session = Session(folder)
    site = Site(session, Footage(folder, before.analysis, clips / "friends_a.mp4"))
    with serving(site) as served:
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(NO_HINTS)
        page.goto(served.address)
        page.wait_for_selector("html[data-ready]")
        someone = Answering(page, session, matching)
        reached = [someone.b_cubed_f()]
        while len(someone.actions) < MOST and someone.answer():
            reached.append(someone.b_cubed_f())
        if someone.edits:  # otherwise the result is right as it is
            expect(page.locator("#status")).to_have_text("Saved")
        page.close()
    record_property("f", reached)
    record_property("answers", someone.actions)
    assert max(reached) >= ENOUGH
    assert reached[-1] >= ENOUGH
    after = clusterer.load(folder)
    assert found_f(matching, alone(after)) == pytest.approx(reached[-1])
    assert len(after.edits) == someone.edits
