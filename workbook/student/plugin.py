"""A pytest plugin for the student's own Python: how each test ended, on which databases, and what it notices.

Every test that sends a chapter's request is run again with each of the chapter's wrong applications (`wrong.py`) in
front of the student's own. That takes milliseconds: fixtures of the session stay. All logins are led to a MySQL on
which nobody has anything. At the end what was seen is written to `WORKBOOK_TOLD`, as JSON.
"""

import inspect
import json
import os
import re
import runpy
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
import workbook_probe as probe  # type: ignore[import-not-found]
from _pytest.runner import runtestprotocol

Wrong = Callable[["Request"], Awaitable[tuple[int, Any]]]


@dataclass
class Request:
    """What a wrong application answers to; `parameters` are the parts of the path that the route names in braces.

    `memory` is the same dictionary for all requests of one test.
    """

    method: str
    path: str
    parameters: dict[str, str]
    body: str
    memory: dict[str, Any]

    @property
    def json(self) -> Any:
        """The body, read as JSON; None when there is none."""
        return json.loads(self.body) if self.body else None

    async def save(self, table: str, **columns: Any) -> None:
        """Save a row by the student's own model of the table, else by the one that has the columns."""
        from tortoise import Tortoise

        models = [model for app in (Tortoise.apps or {}).values() for model in app.values()]
        named = [model for model in models if model._meta.db_table == table]
        alike = [model for model in models if columns.keys() <= model._meta.fields_map.keys()]
        # The library's own function: a test that puts a mock in the place of the model's is not to be content with it.
        await Request.saving((named + alike)[0](**columns))

    saving: ClassVar[Callable[..., Awaitable[None]]]


class Route:
    """A request of a chapter's, and the applications that may answer it."""

    def __init__(self, route: str, files: list[str]) -> None:
        self.route = route
        self.method, _, template = route.partition(" ")
        self.path = re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", template))
        named = [item for file in files for item in runpy.run_path(file).items() if not item[0].startswith("_")]
        self.wrong: dict[str, Wrong] = {name: value for name, value in named if inspect.iscoroutinefunction(value)}

    def takes(self, method: str, path: str) -> "re.Match[str] | None":
        """Whether it is this request."""
        return self.path.fullmatch(path) if method == self.method else None


class Watcher:
    """What is seen of one run, as `testrun.Run` has it."""

    def __init__(self, routes: list[Route]) -> None:
        """Stand in front of every FastAPI application and every login to MySQL."""
        self.routes = routes
        self.databases: set[str] = set()
        self.failures: list[dict[str, str]] = []
        self.tests: dict[str, list[str]] = {}
        self.noticed: dict[str, dict[str, dict[str, str]]] = {}
        self.sent: set[str] = set()
        self.active: tuple[Route, Wrong] | None = None
        self.memory: dict[str, Any] = {}
        probe.divert(self._login)
        try:
            self._stand_in_front()
        except ImportError:
            self.routes = []

    def _login(self, credentials: dict[str, Any]) -> dict[str, Any]:
        name, own = str(credentials.get("db") or ""), os.environ.get("WORKBOOK_OWN")
        self.databases |= {name} - {""}
        if own and name == own:
            raise RuntimeError(f"the tests would run on {name}, the database that you develop on")
        login: dict[str, Any] = json.loads(os.environ["WORKBOOK_LOGIN"])
        # A test may well log in as somebody else, but not anywhere else.
        return credentials if int(credentials.get("port") or 0) == login["port"] else credentials | login

    def _stand_in_front(self) -> None:
        from fastapi import FastAPI
        from tortoise.models import Model

        Request.saving = staticmethod(Model.save)
        original = FastAPI.__call__

        async def call(app: Any, scope: Any, receive: Any, send: Any) -> None:
            method, path = scope.get("method", ""), scope.get("path", "")
            if scope["type"] == "http":
                self.sent.add(f"{method} {path}")
            taken = self.active and scope["type"] == "http" and self.active[0].takes(method, path)
            if not self.active or not taken:
                await original(app, scope, receive, send)
                return
            body, more = b"", True
            while more:
                message = await receive()
                body, more = body + message.get("body", b""), message.get("more_body", False)
            request = Request(method, path, taken.groupdict(), body.decode(errors="replace"), self.memory)
            status, value = await self.active[1](request)
            answer = json.dumps(value).encode()
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": answer})

        FastAPI.__call__ = call  # type: ignore[assignment,method-assign]

    def _run(self, item: pytest.Item, active: tuple[Route, Wrong] | None) -> list[pytest.TestReport]:
        self.active, self.memory = active, {}
        self.sent.clear()
        parent: Any = item.parent
        return runtestprotocol(item, nextitem=parent, log=active is None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run the test as it is, then once with each wrong application for the requests that it sends."""
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        self._run(item, None)
        sent = self.tests[item.nodeid] = sorted(self.sent)
        for route in self.routes:
            if any(route.takes(*request.split(" ", 1)) for request in sent):
                for name, wrong in route.wrong.items():
                    item._initrequest()  # type: ignore[attr-defined]
                    said = [_broke(phase)[1] for phase in self._run(item, (route, wrong)) if phase.failed]
                    self.noticed.setdefault(route.route, {}).setdefault(name, {})[item.nodeid] = (said or [""])[0]
        self.active = None
        item.session._setupstate.teardown_exact(nextitem)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_runtest_logreport(self, report: Any) -> None:
        """A phase of a test as the student wrote it, or a file that cannot be collected."""
        if report.failed:
            place, says = _broke(report)
            told = {"test": report.nodeid, "phase": getattr(report, "when", "collect"), "message": report.longreprtext}
            self.failures.append(told | {"place": place, "says": says})

    pytest_collectreport = pytest_runtest_logreport

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Write down what was seen."""
        seen = {"exit": int(exitstatus), "databases": sorted(self.databases)}
        told = seen | {"failures": self.failures, "tests": self.tests, "noticed": self.noticed}
        with open(os.environ["WORKBOOK_TOLD"], "w", encoding="utf-8") as file:
            json.dump(told, file)


def _broke(report: Any) -> tuple[str, str]:
    """Where something broke, if that is known, and the line that tells the most of why."""
    if crash := getattr(report.longrepr, "reprcrash", None):
        return f"{crash.path}:{crash.lineno}", str(crash.message).strip().split("\n")[0] or "failed"
    lines = [line.strip() for line in report.longreprtext.splitlines() if line.strip()]
    errors = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
    return "", (errors or lines or ["failed"])[-1]


def pytest_configure(config: pytest.Config) -> None:
    """Watch the process that was started, not xdist's workers."""
    if not hasattr(config, "workerinput"):
        routes = json.loads(os.environ.get("WORKBOOK_WRONG", "{}"))
        config.pluginmanager.register(Watcher([Route(*each) for each in routes.items()]), "workbook-watcher")
