"""Chromium without a window, and what a page costs it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

QUIET_MS = 250
"""Wait after an action, so that what it started is counted."""
RECORDER = """
(() => {
    const seen = (window.benchmark = { tasks: [], frames: [], ready: 0, on: false });
    new PerformanceObserver(list => {
        for (const { duration } of list.getEntries()) seen.tasks.push(duration);
    }).observe({ type: "longtask", buffered: true });
    new MutationObserver(() => {
        if ("ready" in document.documentElement.dataset) seen.ready ||= performance.now();
    }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-ready"] });
    const frame = time => {
        if (!seen.on) return;
        seen.frames.push(time);
        requestAnimationFrame(frame);
    };
    seen.watch = () => {
        Object.assign(seen, { frames: [], on: true });
        requestAnimationFrame(frame);
    };
    seen.end = () => ((seen.on = false), seen.frames);
    seen.work = () => {
        const words = [];
        for (let i = 0; i < 60000; i++) words.push(`${(i * 7919) % 60013}`);
        words.sort();
        return new Map(words.map((word, i) => [word, i])).size;
    };
})();
try { localStorage.setItem("cluster-video-hints", "seen"); } catch {}
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What an action cost the page's thread, ms of the processor.

    Attributes
    ----------
    script : JavaScript
    layout : style and layout
    all : all tasks, those two, painting and the browser's own among them
    longest_task : ms by the clock; 0 = none of 50 ms
    """

    script: float
    layout: float
    all: float
    longest_task: float


@dataclass(slots=True)
class Meter:
    """Measures a page; actions are given as input, not as script."""

    page: Page
    cdp: CDPSession
    costs: dict[str, list[Cost]] = field(default_factory=dict)

    def measure(self, what: str, *inputs: str | tuple[float, float], wait_ms: int = 0) -> Cost:
        """Press keys and click at points; ``"text:…"`` is typed, then all is measured."""
        self.page.evaluate("() => { benchmark.tasks = []; }")
        self.page.wait_for_timeout(QUIET_MS)
        before = self.metrics()
        for one in inputs:
            self._give(one)
        self.page.wait_for_timeout(max(QUIET_MS, wait_ms))
        after = self.metrics()
        longest = self.page.evaluate("() => Math.max(0, ...benchmark.tasks)")
        spent = {name: 1000 * (after[name] - before[name]) for name in after}
        layout = spent["LayoutDuration"] + spent["RecalcStyleDuration"]
        cost = Cost(spent["ScriptDuration"], layout, spent["TaskDuration"], longest)
        self.costs.setdefault(what, []).append(cost)
        return cost

    def frames(self, selector: str, distance_px: int) -> tuple[float, float]:
        """Scroll an element down and up: frames per second, and the longest gap, ms."""
        x, y = self.centre(selector)
        self.page.evaluate("() => benchmark.watch()")
        for way in (-distance_px, distance_px):
            gesture = {"x": x, "y": y, "yDistance": way, "speed": 1500}
            self.cdp.send("Input.synthesizeScrollGesture", gesture)
        return rate(self.page.evaluate("() => benchmark.end()"))

    def calibrate(self) -> float:
        """Time of a fixed piece of JavaScript, ms of the processor."""
        before = self.metrics()["TaskDuration"]
        self.page.evaluate("() => benchmark.work()")
        return 1000 * (self.metrics()["TaskDuration"] - before)

    def heap_bytes(self) -> float:
        """JavaScript's heap after a collection."""
        self.cdp.send("HeapProfiler.collectGarbage")
        return float(self.metrics("JSHeapUsedSize")["JSHeapUsedSize"])

    def centre(self, selector: str, number: int = 0) -> tuple[float, float]:
        """Middle of an element, for a click that is measured."""
        found = self.page.locator(selector).nth(number)
        found.scroll_into_view_if_needed()
        box = found.bounding_box()
        assert box, selector
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def _give(self, one: str | tuple[float, float]) -> None:
        if isinstance(one, tuple):
            self.page.mouse.click(*one)
        elif one.startswith("text:"):
            self.page.keyboard.type(one.removeprefix("text:"))
        else:
            self.page.keyboard.press(one)

    def metrics(self, *names: str) -> dict[str, float]:
        """Chromium's counters: seconds of the processor, or what is named."""
        wanted = names or (
            "ScriptDuration",
            "LayoutDuration",
            "RecalcStyleDuration",
            "TaskDuration",
        )
        found = self.cdp.send("Performance.getMetrics")["metrics"]
        return {one["name"]: one["value"] for one in found if one["name"] in wanted}


def rate(times_ms: list[float]) -> tuple[float, float]:
    """Frames per second, and the longest gap between two, ms."""
    gaps = [after - before for before, after in pairwise(times_ms)]
    return 1000 * len(gaps) / sum(gaps), max(gaps)


def opened(browser: Browser, address: str, size: tuple[int, int]) -> Meter:
    """Open a page in a context of its own, and wait until it is ready."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="en-GB")
    context.add_init_script(RECORDER)
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    return Meter(page, cdp)


def beginning(meter: Meter) -> list[float]:
    """Of a page just opened, ms since it was asked for: answered, first contentful paint, ready.

    The last is what the page's thread has used of the processor until now.
    """
    found: list[float] = meter.page.evaluate(
        """() => [
            performance.getEntriesByType("navigation")[0].responseStart,
            performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
            benchmark.ready,
        ]"""
    )
    return [*found, 1000 * meter.metrics()["TaskDuration"]]


def renderer_bytes(browser: Browser) -> int:
    """Memory of the largest process that draws pages; 0 where the system does not say."""
    session = browser.new_browser_cdp_session()
    known: list[dict[str, Any]] = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    sizes = [_resident(one["id"]) for one in known if one["type"] == "renderer"]
    return max(sizes, default=0)


def _resident(process: int) -> int:
    status = Path(f"/proc/{process}/status")
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text("utf-8")) if status.exists() else None
    return int(found[1]) * 1024 if found else 0


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of this system, or Playwright's."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (an extra)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Review a result folder in another process: address of its page."""
    command = [sys.executable, "-m", "clusterer", "review", str(folder), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout
        found = (re.search(r"http://\S+", line) for line in process.stdout)
        try:
            yield next(one[0] for one in found if one)
        finally:
            process.terminate()


def middle(values: list[float]) -> float:
    """Median; 0 of none."""
    return median(values) if values else 0.0
