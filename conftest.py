"""One real MySQL for the whole run, and what was verified before is not verified again.

The process that was started (not xdist's workers) brings up a throwaway server before the first test and lets go of it
after the last; the workers find it in the environment. There is no skip for want of a MySQL: without one, nothing runs.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields
from itertools import islice
from typing import Any

import pytest

from workbook.mysql.server import Server
from workbook.replay.verified import Input, remember, remembered

HANDED_ON = "WORKBOOK_TEST_SERVER"
"""Where the workers find the server: its values as JSON."""
FAILED = pytest.StashKey[bool]()

Once = Callable[[str, str, Iterable[Input]], AbstractContextManager[None]]


def pytest_configure(config: pytest.Config) -> None:
    """Bring up the server, unless a process above has done so."""
    # The tests compare English sentences; on a Korean machine the commands would answer in Korean.
    os.environ.pop("WORKBOOK_LANG", None)
    os.environ["LC_ALL"] = "C.UTF-8"
    # Tests start hundreds of Pythons; where none may keep what it has compiled, each takes twice as long.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if HANDED_ON in os.environ or config.option.collectonly or config.option.help:
        return
    from workbook.mysql import ladder
    from workbook.place import TEMPLATE
    from workbook.say import Problem

    try:
        server = ladder.climb(TEMPLATE, use="test")
    except Problem as problem:
        pytest.exit(f"\n{problem}", returncode=1)
    config.add_cleanup(server.stop)
    config.add_cleanup(lambda: os.environ.pop(HANDED_ON, None))
    values = {field.name: getattr(server, field.name) for field in fields(server) if field.name != "stop"}
    os.environ[HANDED_ON] = json.dumps(values)


def pytest_report_header() -> str | None:
    """Say which MySQL the tests run on."""
    return f"mysql: {_server().sentence}" if HANDED_ON in os.environ else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deal the lessons' pages out, the longest first: one that starts last would keep everybody waiting.

    xdist gives each worker a run of neighbours to begin with, so the pages stand at the head of each worker's run.
    """
    workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
    pages = [item for item in items if item.path.name == "test_pages.py"]
    others = iter([item for item in items if item not in set(pages)])
    sizes = [(len(items) + place) // workers for place in range(workers)]
    dealt = [pages[place::workers] for place in range(workers)]
    mixed = [[*hand, *islice(others, max(0, size - len(hand)))] for hand, size in zip(dealt, sizes, strict=True)]
    items[:] = [*(item for run in mixed for item in run), *others]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep in mind that a test failed, for a fixture that remembers what was verified."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def once(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Once:
    """Verify something unless it was verified before: `with once("pages", name, inputs): …`, in a test or a fixture.

    The test is skipped when it was; the run's last lines count both.
    """

    @contextmanager
    def verified(kind: str, name: str, inputs: Iterable[Input]) -> Iterator[None]:
        what, inputs = f"{kind}/{name}", list(inputs)
        if remembered(what, inputs):
            record_property("remembered", kind)
            pytest.skip("remembered: nothing that it depends on has changed (FRESH=1 verifies it again)")
        record_property("verified", kind)
        yield
        if not request.node.stash.get(FAILED, False):
            remember(what, inputs)

    return verified


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many pages, notebooks, … were verified, and how many remembered."""
    stats = terminalreporter.stats
    verified, known = (
        Counter(kind for report in stats.get(outcome, []) for name, kind in report.user_properties if name == word)
        for outcome, word in (("passed", "verified"), ("skipped", "remembered"))
    )
    for kind in sorted({*verified, *known}):
        terminalreporter.write_line(f"{kind}: {verified[kind]} verified, {known[kind]} remembered")


@pytest.fixture(scope="session")
def mysql() -> Server:
    """The MySQL of this run. Tests make databases of their own in it, and drop them."""
    return _server()


def _server() -> Server:
    return Server(**json.loads(os.environ[HANDED_ON]))
