"""Following the page's own questions from a real scene's automatic result to the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

import clusterer
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
from clusterer.review import Footage, Session, Site
from tests.review.conftest import serving

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.footage
MOST = 40
ENOUGH = 0.97
GROUPS = """cv.data.tracks.key.map((_, track) => {
    const label = cv.store.result.state.labels[track];
    return label >= 0 ? label : -1 - track;
})"""


@dataclass
class Answering:
    """Somebody who knows the truth, and has only the page: its questions, and what stands there."""

    page: Page
    matching: Matching
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        count = self.page.evaluate("cv.data.tracks.key.length")
        self.people = self.matching.track_people(count)
        strays = set(self.matching.stray_track.tolist())
        self.strays = {track for track in strays if not self.people[track]}

    def b_cubed_f(self) -> float:
        """Over the labelled faces that were found, by what the page shows."""
        return found_f(self.matching, np.array(self.page.evaluate(GROUPS)))

    def answer(self) -> bool:
        """Answer the question that is asked; false if there is none."""
        question = self.page.locator("#ask").get_attribute("data-question")
        if not question:
            return False
        a, b = map(int, question.split())
        sides = self.page.locator("#question .side")
        for track, side in ((a, sides.nth(0)), (b, sides.nth(1))):
            if track in self.strays:
                side.get_by_role("button", name="not a face").click()
                self.done.append("not a face")
                return True
        key = "s"
        if self.people[a] and self.people[b]:
            key = "y" if self.people[a] == self.people[b] else "n"
        self.page.keyboard.press(key)
        self.done.append(key)
        expect(self.page.locator("#ask")).not_to_have_attribute("data-question", question)
        return True


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
        page.goto(served.address)
        page.wait_for_selector("html[data-ready]")
        someone = Answering(page, matching)
        reached = [someone.b_cubed_f()]
        while len(someone.done) < MOST and someone.answer():
            reached.append(someone.b_cubed_f())
        shown = someone.b_cubed_f()
        if someone.done:  # otherwise the result is right as it is
            expect(page.locator("#status")).to_have_text("Saved", timeout=15_000)
        page.close()
    record_property("f", reached)
    record_property("answers", someone.done)
    assert max(reached) >= ENOUGH
    assert shown == reached[-1] >= ENOUGH
    after = clusterer.load(folder)
    groups = np.where(after.labels >= 0, after.labels, -1 - np.arange(len(after.labels)))
    assert found_f(matching, groups) == pytest.approx(shown)
    assert len(after.edits) <= len(someone.done) <= MOST
