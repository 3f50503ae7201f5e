"""The site, built once for all workers, and a browser for each that looks at it as a reader does."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page, sync_playwright

from workbook.authoring import site as build_site
from workbook.pages.build import server
from workbook.place import CLONE

REQUIRED = "WORKBOOK_REQUIRE_CHROMIUM"
"""Set in CI: without a Chromium the tests fail there instead of being skipped."""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
SITE = [
    CLONE / name
    for name in ("chapters", "docs", "notebooks", "template_app", "mkdocs.yml", "mkdocs.ko.yml", "tests/pages")
]
"""What the site is made from, and who looks at it; the machine counts for everything."""
DESKTOP, PHONE = (1280, 900), (390, 844)


@dataclass
class Visit:
    """A page in a browser of its own, and what went wrong on it: errors on the console, requests to another host."""

    page: Page
    base: str  # the site's address, without a slash at its end
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        own, note = (f"{self.base}/", "data:", "blob:"), self.problems.append
        self.page.on("console", lambda said: said.type in ("error", "warning") and note(f"console: {said.text}"))
        self.page.on("pageerror", lambda error: note(f"error: {error}"))
        self.page.on("request", lambda sent: sent.url.startswith(own) or note(f"another host: {sent.url}"))

    def open(self, path: str) -> Page:
        """Go to a page of the site, and wait until all that it loads is there."""
        self.page.goto(f"{self.base}{path}", wait_until="load")
        return self.page


Visitor = Callable[..., Visit]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of the built site. Whichever worker comes first builds it, as `make docs-build` does."""
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    folder = shared / "site"
    with FileLock(shared / "site.lock"):
        if not folder.exists():
            build_site(into=folder)
    return folder


@pytest.fixture(scope="session")
def base(site: Path) -> Iterator[str]:
    """The site's address, on a port of this worker's own."""
    with server(site, 0) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser a worker; without a Chromium the tests are skipped with the way to get it."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None and not os.environ.get(REQUIRED):
        pytest.skip("no Chromium here: apt-get install --no-install-recommends chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@contextmanager
def visiting(browser: Browser, base: str, *, theme: str = "light", size: tuple[int, int] = DESKTOP) -> Iterator[Visit]:
    """A reader's visit: a window of that size, and a system that prefers that theme."""
    with browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,  # type: ignore[arg-type]
        permissions=["clipboard-read", "clipboard-write"],
        reduced_motion="reduce",
    ) as context:
        yield Visit(context.new_page(), base)


@pytest.fixture
def unwatched(request: pytest.FixtureRequest, once) -> Iterator[Visitor]:
    """Starts visits, unless this test has passed with the same site. Only then site and browser are made."""
    with once("browser", request.node.name, SITE), ExitStack() as stack:
        browser, own = request.getfixturevalue("browser"), request.getfixturevalue("base")
        yield lambda base=own, **values: stack.enter_context(visiting(browser, base, **values))


@pytest.fixture
def visit(unwatched: Visitor) -> Iterator[Visitor]:
    """Starts visits. At their end nothing may have come from another host, and nothing stands on the console."""
    visits = []

    def start(**values: object) -> Visit:
        visits.append(unwatched(**values))
        return visits[-1]

    yield start
    assert [problem for each in visits for problem in each.problems] == []
