"""A pytest plugin: tells how each test ended, on which databases, and what it notices of the plants.

Every test that sends the chapter's request is run again with each plant in the application's place. That takes
milliseconds: fixtures of the session stay.
"""

import os
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from . import report
from .plants import Field


class Watcher:
    """What is seen of one run."""

    def __init__(self) -> None:
        """Put the field of plants in place, if the project has FastAPI."""
        self.plants = [name for name in os.environ.get("WORKBOOK_PLANTS", "").split(",") if name]
        self.databases: set[str] = set()
        self.field: Field | None = None
        try:
            self.field = Field(os.environ.get("WORKBOOK_PATH", ""))
            self._watch_databases()
        except ImportError:
            pass

    def _watch_databases(self) -> None:
        from tortoise.backends.mysql.client import MySQLClient

        original = MySQLClient.__init__
        forbidden = os.environ.get("WORKBOOK_OWN_DATABASE")

        def init(client: Any, **credentials: Any) -> None:
            name = str(credentials.get("database"))
            self.databases.add(name)
            if forbidden and name == forbidden:
                raise RuntimeError(f"the tests would run on {name}, the database that you develop on")
            original(client, **credentials)

        MySQLClient.__init__ = init  # type: ignore[method-assign,assignment]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """Run the test as it is, then once with each plant if it sends the request."""
        report.watch()
        if self.field is None or not self.plants:
            return None  # pytest runs it; any other answer would mean that it has been run
        self.field.plant(None)
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        parent: Any = item.parent
        runtestprotocol(item, nextitem=parent, log=True)
        sends = self.field.calls > 0
        if self.field.posted:
            report.tell(sends=item.nodeid, to=sorted(self.field.posted))
        for name in self.plants if sends else ():
            report.watch()
            self.field.plant(name)
            item._initrequest()  # type: ignore[attr-defined]
            phases = runtestprotocol(item, nextitem=parent, log=False)
            failed = [phase for phase in phases if phase.failed]
            message = failed[0].longreprtext if failed else ""
            report.tell(plant=name, of=item.nodeid, failed=bool(failed), calls=self.field.calls, message=message)
        self.field.plant(None)
        item.session._setupstate.teardown_exact(nextitem)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_runtest_logreport(self, report: Any) -> None:
        """A phase of a test as the student wrote it."""
        outcome = "xfail" if hasattr(report, "wasxfail") else report.outcome
        message = report.longreprtext if report.failed else ""
        _tell(test=report.nodeid, phase=report.when, outcome=outcome, message=message, **_crash(report))

    def pytest_collectreport(self, report: Any) -> None:
        """A file that cannot be collected."""
        if report.failed:
            _tell(test=report.nodeid, phase="collect", outcome="failed", message=report.longreprtext, **_crash(report))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """The end."""
        _tell(exit=int(exitstatus), databases=sorted(self.databases))


_tell = report.tell


def _crash(report: Any) -> dict[str, Any]:
    """The file and line at which a failed phase broke, and the last line of what it said."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if not report.failed or crash is None:
        return {}
    return {"file": str(crash.path), "line": crash.lineno, "says": str(crash.message).strip().split("\n")[0]}


def pytest_configure(config: pytest.Config) -> None:
    """Watch the process that was started, not xdist's workers."""
    if not hasattr(config, "workerinput"):
        report.watch()
        config.pluginmanager.register(Watcher(), "workbook-watcher")
