"""A pytest plugin that writes what happened to a file, one JSON object a line.

It is copied into the student's project's own Python and imports nothing of the workbook. The file's name stands in
`WORKBOOK_REPORT`. The screen is for people; a contract is judged by this.
"""

import json
import os
from typing import Any

import pytest


class Reporter:
    """Writes each phase of each test, each error of collection, and the exit code."""

    def __init__(self, path: str) -> None:
        """Start an empty report."""
        self.file = open(path, "w", encoding="utf-8")  # noqa: SIM115 - closed with the session

    def write(self, **values: object) -> None:
        """Add a line."""
        self.file.write(json.dumps(values) + "\n")
        self.file.flush()

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
        self.file.close()


def pytest_configure(config: Any) -> None:
    """Report from the process that was started, not from xdist's workers, which tell it everything."""
    path = os.environ.get("WORKBOOK_REPORT")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Reporter(path), "workbook-report")
