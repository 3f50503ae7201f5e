"""A pytest plugin for the student's own Python: how each test ended, on which databases, and what it notices.

Every test that sends a chapter's request is run again with each of the chapter's wrong applications (`wrong.py`) in
front of the student's own. That takes milliseconds: fixtures of the session stay. All logins, but those to a port
that a test holds itself, are led to a MySQL on which nobody has anything. At the end what was seen is written to
`WORKBOOK_TOLD`, as JSON.

A wrong application takes FastAPI's `Request`, with `path_params`, and answers a status and a body. It stands in the
place of the chapter's route, or of that which its parameter `route` has as its default. It finds in the request:

- `memory`, the same dictionary for all requests of one test
- `await save(table, **columns)`: a row, by the student's own model
- `await sql(statement, *values)`: the rows it finds, as dictionaries, on the connection that the test itself uses
- `await own()`: the status and the body with which the student's own application answers the request
"""

import inspect
import json
import os
import re
import runpy
import socket
import stat
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import workbook_find
import workbook_wire
from _pytest.runner import runtestprotocol

# As if the project were installed, which its own packages may be by what pyproject.toml says.
sys.path += workbook_find.roots()[1:]

_FRAME = re.compile(r"SET |SAVEPOINT |RELEASE |ROLLBACK|BEGIN|COMMIT|START ", re.IGNORECASE)
_EDGEDB = re.compile(r"\b(edgedb|gel)\b", re.IGNORECASE)
_REQUEST = re.compile(r"\.(get|post|put|patch|delete)\(\s*f?[\"'](/[^\"'?]*)")
Wrong = Callable[[Any], Awaitable[tuple[int, Any]]]


class Watcher:
    """What is seen of one run, as `inside.Run` has it; `wrong` are the wrong applications by their route's pattern."""

    def __init__(self, routes: dict[str, list[str]]) -> None:
        """Stand in front of every FastAPI application and every login to MySQL."""
        self.wrong: dict[str, dict[str, Wrong]] = {}
        for route, name, function in _functions(routes):
            self.wrong.setdefault(route, {})[name] = function
        self.databases: set[str] = set()
        self.failures: list[dict[str, str]] = []
        self.tests: dict[str, list[str]] = {}
        self.noticed: dict[str, dict[str, dict[str, str]]] = {}
        self.meant: dict[str, list[str]] = {}
        self.reached: set[str] = set()
        self.sent: set[str] = set()
        self.item, self.answering = "", 0
        self.active: tuple[str, Wrong] | None = None
        self.memory: dict[str, Any] = {}
        workbook_wire.divert(self._login)
        workbook_wire.listen(self._hear)
        with suppress(ImportError):
            self._stand_in_front()

    def _login(self, credentials: dict[str, Any]) -> dict[str, Any]:
        name, own = str(credentials.get("db") or ""), os.environ.get("WORKBOOK_OWN")
        self.databases |= {name} - {""}
        if own and name == own:
            raise RuntimeError(f"the tests would run on {name}, the database that you develop on")
        login: dict[str, Any] = json.loads(os.environ["WORKBOOK_LOGIN"])
        host, port = str(credentials.get("host")), int(credentials.get("port") or 0)
        # A test may well log in as somebody else, and find nobody, or a double of its own, behind a port that it holds:
        # it brings our password along, which opens no other server. But it does not log in anywhere else.
        if port == login["port"]:
            return credentials
        held = host in ("localhost", "127.0.0.1") and port in _ports()
        return credentials | login | ({"host": host, "port": port} if held else {})

    def _hear(self, statement: str) -> None:
        own = os.environ["MYSQL_DB"]
        if re.search(rf"\b{own}`?\.|\b(USE|DROP DATABASE|DROP DATABASE IF EXISTS) `?{own}\b", statement, re.IGNORECASE):
            self.databases.add(own)
        if self.answering and not self.active and not _FRAME.match(statement):
            self.reached.add(self.item)

    def _stand_in_front(self) -> None:
        from fastapi import FastAPI, Request
        from fastapi.responses import JSONResponse, Response
        from tortoise import Tortoise
        from tortoise.models import Model

        # The library's own functions: a test that puts a mock in the place of the model's is not to be content with it.
        original, saved = FastAPI.__call__, Model.save

        async def save(table: str, **columns: Any) -> None:
            models = [model for app in (Tortoise.apps or {}).values() for model in app.values()]
            # By the columns: a model may be named as it likes, and its fields, too.
            alike = [model for model in models if columns.keys() <= model._meta.fields_db_projection_reverse.keys()]
            model = min(alike, key=lambda model: model._meta.db_table != table)
            await saved(model(**{model._meta.fields_db_projection_reverse[name]: columns[name] for name in columns}))

        async def sql(statement: str, *values: Any) -> list[dict[str, Any]]:
            model = next(model for app in (Tortoise.apps or {}).values() for model in app.values())
            return [dict(row) for row in (await model._meta.db.execute_query(statement, list(values)))[1] or ()]

        async def call(app: Any, scope: Any, receive: Any, send: Any) -> None:
            sent = f"{scope.get('method')} {scope.get('path')}"
            self.sent |= {sent} if scope["type"] == "http" else set()
            taken = self.active and _takes(self.active[0], sent)
            if not self.active or not taken:
                self.answering += 1
                try:
                    await original(app, scope, receive, send)
                finally:
                    self.answering -= 1
                return
            request: Any = Request(scope | {"path_params": taken.groupdict()}, receive)
            request.memory, request.save, request.sql, request.told = self.memory, save, sql, {}
            request.own = lambda: _answer(original, app, scope, request)
            status, body = await self.active[1](request)
            answer = Response(status_code=status) if status == 204 else JSONResponse(body, status)
            if status == request.told.get("status"):  # then its headers are the student's own, too
                kept = dict(request.told["headers"])
                kept.pop(b"content-length", None)
                answer.raw_headers = [*(dict(answer.raw_headers) | kept).items()]
            await answer(scope, receive, send)

        FastAPI.__call__ = call  # type: ignore[assignment,method-assign]

    def _run(self, item: pytest.Item, active: tuple[str, Wrong] | None) -> list[pytest.TestReport]:
        self.active, self.memory = active, {}
        self.sent.clear()
        parent: Any = item.parent
        return runtestprotocol(item, nextitem=parent, log=active is None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run the test as it is, then once with each wrong application for the requests that it sends."""
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        self.item = item.nodeid
        # Where tests leave rows behind, one application alone is there for the whole run.
        alone = os.environ.get("WORKBOOK_ALONE")
        known = [(route, name, wrong) for route, of in self.wrong.items() for name, wrong in of.items()]
        first = next(((route, wrong) for route, name, wrong in known if f"{route} {name}" == alone), None)
        failed = len(self.failures)
        said = [_broke(phase)[1] for phase in self._run(item, first) if phase.failed]
        source = inspect.getsource(item.obj) if hasattr(item, "obj") else ""
        self.meant[item.nodeid] = _requests(source, item.path, self.failures[failed:])
        named = (next((route for route in self.wrong if _takes(route, each)), each) for each in self.sent)
        sent = self.tests[item.nodeid] = sorted({*named})
        again = [(route, f"again {name}", wrong) for route, name, wrong in known if name.startswith("right")]
        for route, name, wrong in known + again:
            if route in sent and alone in (None, f"{route} {name}"):
                if not alone:
                    item._initrequest()  # type: ignore[attr-defined]
                    said = [_broke(phase)[1] for phase in self._run(item, (route, wrong)) if phase.failed]
                self.noticed.setdefault(route, {}).setdefault(name, {})[item.nodeid] = (said or [""])[0]
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
            if told["phase"] == "collect":
                self.meant[report.nodeid] = _requests("", Path(report.nodeid), self.failures[-1:])

    pytest_collectreport = pytest_runtest_logreport

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Write down what was seen."""
        seen = {"exit": int(exitstatus), "databases": sorted(self.databases)}
        told = seen | {name: getattr(self, name) for name in ("failures", "tests", "noticed", "meant")}
        told["reached"] = sorted(self.reached)
        with open(os.environ["WORKBOOK_TOLD"], "w", encoding="utf-8") as file:
            json.dump(told, file)


def _functions(routes: dict[str, list[str]]) -> Iterator[tuple[str, str, Wrong]]:
    for route, file in [(route, file) for route, files in routes.items() for file in files]:
        for name, function in runpy.run_path(file).items():
            if inspect.iscoroutinefunction(function) and not name.startswith("_"):
                other = inspect.signature(function).parameters.get("route")
                yield other.default if other else route, name, function


async def _answer(original: Any, app: Any, scope: Any, request: Any) -> tuple[int, Any]:
    """What the student's own application answers; None for the body when it has none that is JSON."""
    body, told = await request.body(), []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    await original(app, scope, receive, send)
    request.told = told[0]
    said = b"".join(each.get("body", b"") for each in told)
    return told[0]["status"], json.loads(said) if said.startswith((b"{", b"[", b'"')) else None


def _requests(source: str, file: Path, failures: list[dict[str, str]]) -> list[str]:
    """The requests that a test's source speaks of, or else its file's: what it would send if it came so far."""
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    found = _REQUEST.findall(source) or _REQUEST.findall(text)
    # The course's other database, which is no more, has tests that send nothing.
    other = [_EDGEDB.search(each) for each in (text, *(failure["message"] for failure in failures))]
    return [f"{method.upper()} {path}" for method, path in found] or ["EdgeDB"] * any(other)


def _takes(route: str, request: str) -> "re.Match[str] | None":
    """Whether a request is the route's: `GET /v1/meetings/7` is `GET /v1/meetings/{number}`'s."""
    return re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", route), request)


def _ports() -> Iterator[int]:
    """The ports of this process's own sockets."""
    for number in range(3, 256):
        with suppress(OSError):
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                with socket.socket(fileno=os.dup(number)) as mine:
                    if mine.family in (socket.AF_INET, socket.AF_INET6):
                        yield mine.getsockname()[1]


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
        config.pluginmanager.register(Watcher(json.loads(os.environ.get("WORKBOOK_WRONG", "{}"))), "workbook-watcher")
