"""A Chromium for the tests that look at the site as a reader does."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

REQUIRED = "WORKBOOK_REQUIRE_CHROMIUM"
"""Set in CI: without a Chromium the tests fail there instead of being skipped."""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
DESKTOP, PHONE = (1280, 900), (390, 844)


def required_or_skipped() -> str:
    """The Chromium; without one the test is skipped with the way to get it, or fails where CI requires it."""
    found = next((found for name in NAMES if (found := shutil.which(name))), None)
    if found:
        return found
    way = "no Chromium here: apt-get install --no-install-recommends chromium fonts-noto-cjk"
    if os.environ.get(REQUIRED):
        pytest.fail(f"{REQUIRED} is set, and there is {way}")
    pytest.skip(way)


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser without a window."""
    path = required_or_skipped()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page in a browser of its own, and what went wrong on it: errors on the console, requests to another host.

    Attributes:
        base: the site's address, without a slash at its end.
        problems: what was noticed so far.
    """

    page: Page
    base: str
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self._note(said.type in ("error", "warning"), f"console: {said.text}"))
        self.page.on("pageerror", lambda error: self._note(True, f"error: {error}"))
        inside = (f"{self.base}/", "data:", "blob:")
        self.page.on("request", lambda sent: self._note(not sent.url.startswith(inside), f"another host: {sent.url}"))

    def _note(self, wrong: bool, what: str) -> None:
        if wrong:
            self.problems.append(what)

    def open(self, path: str) -> Page:
        """Go to a page of the site, and wait until all that it loads is there."""
        self.page.goto(f"{self.base}{path}", wait_until="load")
        return self.page


@contextmanager
def visiting(browser: Browser, base: str, *, theme: str = "light", size: tuple[int, int] = DESKTOP) -> Iterator[Visit]:
    """A reader's visit: a window of that size, and a system that prefers that theme."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,  # type: ignore[arg-type]
        permissions=["clipboard-read", "clipboard-write"],
        reduced_motion="reduce",
    )
    try:
        yield Visit(context.new_page(), base)
    finally:
        context.close()
