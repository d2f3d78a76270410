"""Another threshold, tried and applied."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterer.store.folder import load
from tests.page.conftest import Open

pytest.importorskip("playwright")
from playwright.sync_api import expect


def test_a_threshold_is_kept_only_when_it_is_applied(open_page: Open, demo_folder: Path) -> None:
    before = load(demo_folder).edits
    page = open_page(demo_folder)
    page.get_by_role("button", name="Threshold…").click()
    slider = page.get_by_role("slider", name="Group with another threshold")
    apply = page.get_by_role("button", name="Apply")
    expect(apply).to_be_disabled()
    slider.press("Home")
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Then ")
    page.get_by_role("button", name="Cancel").click()
    assert load(demo_folder).edits == before

    page.get_by_role("button", name="Threshold…").click()
    slider.press("End")
    expect(apply).to_be_enabled()
    with page.expect_navigation():
        apply.click()
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="Threshold…").click()
    top = slider.get_attribute("max")
    assert top is not None
    expect(slider).to_have_value(str(float(top)))
