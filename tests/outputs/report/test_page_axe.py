"""What axe finds wrong with the page for people who read it otherwise than by eye and mouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.outputs.report.crew import PHONE, TALL, Open

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

SERIOUS = {"serious", "critical"}
STATES = {
    "as opened": "0",
    "all open": "document.querySelectorAll('details').forEach(d => d.open = true)",
    "selected faces": "cv.picked.set([0, 2, 1], true)",
    "selected people": "cv.picked.person(0, true); cv.picked.person(1, true)",
    "corrected": "cv.hidePerson(2); cv.notAFace([2]); cv.notThisPerson([1]); cv.name(1, 'Bob')",
    "renaming": "cv.rename(1, cv.cardOf(1).querySelector('h3'))",
    "dialog: whom to merge": "cv.mergeWith(0)",
    "dialog: whom to move to": "cv.moveTracks([0])",
    "dialog: split": "cv.splitInTwo(0)",
    "dialog: are you sure": "cv.name(1, 'Ada')",
    "dialog: viewer": "cv.view(cv.store.result.byLabel.get(0).chips, 1)",
    "dialog: keys": "cv.help()",
    "dialog: film": "cv.play(0)",
}
"""What is looked at → how the page gets there."""


@pytest.mark.parametrize("viewport", [TALL, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_no_serious_violation(
    open_page: Open, crew: Path, state: str, scheme: str, viewport: dict[str, int]
) -> None:
    page = open_page(crew, viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    page.evaluate(STATES[state])
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found = axe.Axe().run(page).response["violations"]
    assert described(found) == ""


def described(violations: list[dict[str, Any]]) -> str:
    """Rule, then each place and why, of what is serious."""
    return "\n".join(
        f"{rule['id']} ({rule['impact']})\n"
        + "\n".join(
            f"  {node['html'][:150]}\n    {node['failureSummary']}" for node in rule["nodes"]
        )
        for rule in violations
        if rule["impact"] in SERIOUS
    )
