"""A review that is killed and started again: the page that is still open loses nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import clusterer
from clusterer.project.project import Project
from tests.page.conftest import NO_HINTS
from tests.page.look import hold
from tests.review.cast.season import season
from tests.review.conftest import Served, opened, serving, stored
from tests.review.test_page import count, kept, rename, tile

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Page, Route, expect

Open = Callable[[str], Page]


@pytest.fixture
def open_at(chromium: Browser) -> Iterator[Open]:
    context = chromium.new_context(locale="en-GB")
    context.add_init_script(NO_HINTS)

    def open_it(address: str) -> Page:
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_it
    context.close()


@contextmanager
def reviewing(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The command, as in a terminal; its address."""
    command = [sys.executable, "-m", "clusterer", "review", str(folder), "--no-browser"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def names(folder: Path) -> list[str]:
    return [edit["name"] for edit in stored(folder)["edits"]]


def test_an_open_page_goes_on_after_a_restart(open_at: Open, folder: Path) -> None:
    with reviewing(folder) as (address, process):
        page = open_at(address)
        rename(page, "Person 1", "Ada")
        kept(page)
        process.kill()
        process.wait()
        status = page.locator("#status")
        rename(page, "Person 2", "Bob")
        expect(status).to_contain_text("does not answer. 1 correction waits")
        rename(page, "Ada", "Ann")
        expect(status).to_contain_text("does not answer. 2 corrections wait")
        assert names(folder) == ["Ada"]
    with reviewing(folder) as (again, _):
        assert again == address
        expect(status).to_have_text("Saved")
        assert names(folder) == ["Ada", "Bob", "Ann"]
        page.keyboard.press("Control+z")
        expect(tile(page, "Ada")).to_have_count(1)
        kept(page)
        assert names(folder) == ["Ada", "Bob"]


def test_the_page_of_a_project_goes_on_after_a_restart(
    open_at: Open, demo: clusterer.Outcome, tmp_path: Path
) -> None:
    season(path := tmp_path / "Sample.cast", {"Part 1.mp4": Path(demo.folder)})
    with reviewing(path) as (address, process):
        page = open_at(address)
        process.kill()
        process.wait()
        page.locator(".cast-open").first.focus()
        page.keyboard.press("h")
        status = page.locator("#status")
        expect(status).to_contain_text("does not answer. 1 correction waits")
    with reviewing(path) as (again, _):
        assert again == address
        expect(status).to_have_text("Saved")
        assert [edit.action.value for edit in Project(path).edits] == ["hide"]


def test_a_review_at_another_address_is_said(open_at: Open, folder: Path) -> None:
    with serving(opened(folder)) as served:
        page, port = open_at(served.address), served.port
    rename(page, "Person 1", "Ada")
    status = page.locator("#status")
    expect(status).to_contain_text("does not answer")
    with serving(opened(folder), port):
        expect(status).to_have_text(
            "The review has another address now: open the one that its terminal shows."
            " 1 correction was not saved.",
        )


def lose_answer(page: Page, path: str, served: Served) -> None:
    """The server does what the page asks next, but the answer is lost."""

    def do(route: Route) -> None:
        assert served.post(path, route.request.post_data_json).status == 200
        route.abort("failed")

    page.route(f"**/{path}", do, times=1)


def test_a_correction_whose_answer_was_lost_is_not_made_twice(
    open_at: Open, served: Served, folder: Path
) -> None:
    page = open_at(served.address)
    lose_answer(page, "edit", served)
    rename(page, "Person 1", "Ada")
    expect(page.locator("#status")).to_have_text("Saved")
    assert names(folder) == ["Ada"]


def test_an_answer_that_is_older_than_a_correction_does_not_call_it_saved(
    open_at: Open, served: Served
) -> None:
    page = open_at(served.address)
    not_written = served.get("state").json | {"newest": False}
    page.route("**/state", lambda route: route.fulfill(json=not_written))
    held = hold(page, "**/state")
    with page.expect_request("**/state"):
        rename(page, "Person 1", "Ada")
    with page.expect_response("**/edit"):
        rename(page, "Person 2", "Bob")
    with page.expect_request("**/state"):
        held[0].fulfill(json=not_written | {"newest": True})
    with page.expect_request("**/state"):
        pass
    expect(page.locator("#status")).to_have_text("Saved; updating the tables …")
    page.unroute_all(behavior="ignoreErrors")
    kept(page)


def test_a_grouping_whose_answer_was_lost_is_shown(
    open_at: Open, served: Served, folder: Path
) -> None:
    page = open_at(served.address)
    rename(page, "Person 1", "Ada")
    kept(page)
    lose_answer(page, "regroup", served)
    with page.expect_navigation():
        page.get_by_role("button", name="Group again").click()
    expect(page.locator("#status")).to_have_text("Saved")
    assert [edit["action"] for edit in stored(folder)["edits"]] == ["name", "group again"]


def test_corrections_made_while_grouping_again_are_sent(
    open_at: Open, served: Served, folder: Path
) -> None:
    page = open_at(served.address)
    rename(page, "Person 1", "Ada")
    kept(page)
    held = hold(page, "**/regroup")
    page.get_by_role("button", name="Group again").click()
    expect(page.locator("#status")).to_have_text("Grouping again …")
    rename(page, "Person 2", "Bob")
    with page.expect_navigation():
        held[0].continue_()
    page.wait_for_selector("html[data-ready]")
    expect(tile(page, "Bob")).to_have_count(1)
    assert [edit["action"] for edit in stored(folder)["edits"]] == ["name", "group again", "name"]


def test_grouping_by_somebody_else_is_said(open_at: Open, folder: Path) -> None:
    site = opened(folder)
    with serving(site, subject=site.subject) as served:
        page, port = open_at(served.address), served.port
        count(page, 2)
    rename(page, "Person 1", "Ada")
    expect(page.locator("#status")).to_contain_text("does not answer")
    other = opened(folder)
    other.session.regroup(0, 0.01)
    other.session.undo(1)
    other.session.regroup(0, 2.0)
    with serving(other, port, other.subject):
        expect(page.locator("#status")).to_contain_text("changed elsewhere")
