"""What runs in the student's project's own Python, where the workbook is not installed: it imports nothing of it.

As a script, a session of `python -m asyncio`: its examples read and its outputs written as JSON. As a plugin of
pytest, what happened, one JSON object a line: the screen is for people, a contract is judged by this.
"""

import ast
import asyncio
import contextlib
import inspect
import io
import json
import os
import sys
import traceback
import types
from typing import Any


def session(sources: str, outputs: str) -> None:
    """Read a list of examples from the first file, write a list of what they print to the second."""
    with open(sources, encoding="utf-8") as file:
        examples = json.load(file)
    # The session's own modules come from the project, as in `python -m asyncio`.
    sys.path[0] = ""
    names = {"__name__": "__main__", "__builtins__": __builtins__, "asyncio": asyncio}
    printed = []
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    for example in examples:
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            _run(example, names, loop)
        printed.append(said.getvalue())
    with open(outputs, "w", encoding="utf-8") as file:
        json.dump(printed, file)


def _run(example: str, names: dict[str, object], loop: asyncio.AbstractEventLoop) -> None:
    try:
        code = compile(example + "\n", "<console>", "single", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)

        async def run() -> None:
            # In a coroutine of its own, as the REPL does: code without `await` finds the running loop too.
            result = types.FunctionType(code, names)()
            if inspect.iscoroutine(result):
                await result

        loop.run_until_complete(run())
    except BaseException as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename != "<console>":
            trace = trace.tb_next
        traceback.print_exception(type(error), error.with_traceback(trace), trace)


class Reporter:
    """Writes each phase of each test, each error of collection, and the exit code."""

    def __init__(self, path: str) -> None:
        self.path = path

    def write(self, **values: object) -> None:
        # Nothing stays open: a run may end before its session, and would warn of an unclosed file.
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

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """The end, with the exit code."""
        self.write(exit=int(exitstatus))


def pytest_configure(config: Any) -> None:
    """Report from the process that was started, not from xdist's workers, which tell it everything."""
    # Taken out: a pytest that a test starts would write into this run's report.
    path = os.environ.pop("WORKBOOK_REPORT", None)
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Reporter(path), "workbook-report")


if __name__ == "__main__":
    session(*sys.argv[1:])
