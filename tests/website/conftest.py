"""The site, built once for all workers, and a browser for each."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread

import pytest
from filelock import FileLock
from playwright.sync_api import Browser

from tests.website import chromium
from workbook.place import CLONE
from workbook.website.build import server
from workbook.website.course import Course, read_course

Visitor = Callable[..., chromium.Visit]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of the built site. Whichever worker comes first builds it, as `make docs-build` does."""
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    folder, failed = shared / "site", shared / "site-failed"
    with FileLock(shared / "site.lock"):
        if failed.exists():
            pytest.fail("the site does not build; the first test that asked for it says why")
        if not folder.exists():
            command = [Path(sys.executable).with_name("workbook"), "site", "--into", folder]
            done = subprocess.run(command, cwd=CLONE, capture_output=True, text=True, check=False)
            if done.returncode:
                failed.touch()
                pytest.fail(f"the site does not build:\n{done.stdout}{done.stderr}")
    return folder


@pytest.fixture(scope="session")
def course() -> Course:
    """The course as it is, read once a worker."""
    return read_course()


@pytest.fixture(scope="session")
def base(site: Path) -> Iterator[str]:
    """The site's address, on a port of this worker's own."""
    with server(site, 0) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser a worker."""
    with chromium.launched() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, base: str) -> Iterator[Visitor]:
    """Starts visits. At their end nothing may have come from another host, and nothing stands on the console."""
    visits = []
    with ExitStack() as stack:

        def start(**values: object) -> chromium.Visit:
            visits.append(stack.enter_context(chromium.visiting(browser, base, **values)))  # type: ignore[arg-type]
            return visits[-1]

        yield start
        assert [problem for each in visits for problem in each.problems] == []
