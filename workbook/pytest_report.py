"""A pytest plugin that writes what happened to a file, one JSON object a line.

It runs in the student's project's own Python and imports nothing of the workbook. The file's name stands in
`WORKBOOK_REPORT`. The screen is for people, and nothing is written there; a contract is judged by this.
"""

import json
import os
from typing import Any

import pytest


class Reporter:
    """Writes each phase of each test, each error of collection, and the exit code."""

    def __init__(self, path: str) -> None:
        self.path = path

    def write(self, **values: object) -> None:
        """Add a line. Nothing stays open: a run may end before its session, and would warn of an unclosed file."""
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(values) + "\n")

    def pytest_runtest_logreport(self, report: Any) -> None:
        """A phase of a test: setup, call or teardown."""
        message = report.longreprtext if report.failed else ""
        # An expected failure is reported as skipped, an unexpected pass as passed: both carry `wasxfail`.
        outcome = "xfail" if hasattr(report, "wasxfail") else report.outcome
        self.write(test=report.nodeid, phase=report.when, outcome=outcome, message=message)

    def pytest_collectreport(self, report: Any) -> None:
        """A file that cannot be collected."""
        if report.failed:
            self.write(test=report.nodeid, phase="collect", outcome="failed", message=report.longreprtext)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """The end, with the exit code."""
        self.write(exit=int(exitstatus))


def pytest_configure(config: Any) -> None:
    """Report from the process that was started, not from xdist's workers, which tell it everything."""
    # Taken out: a pytest that a test starts would write into this run's report.
    path = os.environ.pop("WORKBOOK_REPORT", None)
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Reporter(path), "workbook-report")
