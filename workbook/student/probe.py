"""Looks at a project from inside, in the project's own Python. It imports nothing of the workbook.

    python probe.py SECONDS HANGS

Each line of standard input is a request, `{"ask": "schema", …}`; each gets one line of JSON on standard output: what
was seen, or `error`, a sentence, and `heard`, what the error said. What the project prints goes to standard error.
A request that takes longer than SECONDS ends the process, and the file HANGS then holds the line where it was.
"""

import ast
import asyncio
import faulthandler
import importlib
import inspect
import json
import os
import re
import sys
import tomllib
import traceback
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

SKIPPED = {".venv", "venv", "node_modules", "migrations", "__pycache__", ".git", "build", "dist", "tests"}
CONNECTIONS = 6
SESSION = ("time_zone", "sql_mode", "collation_connection", "max_execution_time", "innodb_lock_wait_timeout")

Credentials = dict[str, Any]


def said(error: BaseException) -> str:
    """An error as a sentence, with the deepest line of the project that it came through.

    For example `app/main.py:3: ModuleNotFoundError: No module named 'app.services'`.
    """
    project = str(Path.cwd())
    where, line = "", 0
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith(project) and "site-packages" not in frame.filename:
            where, line = frame.filename, frame.lineno or 0
    text = str(error).strip()
    if isinstance(error, SyntaxError):
        where, line, text = error.filename or where, error.lineno or line, error.msg or "invalid syntax"
    says = re.sub(r"\s*\n\s*", " / ", text) or type(error).__name__
    return f"{f'{where}:{line}: ' if where else ''}{type(error).__name__}: {says}"


def divert(change: Callable[[Credentials], Credentials], hear: Callable[[Any], None] = lambda statement: None) -> None:
    """Stand between the project and MySQL: `change` a login's credentials (`host`, …, `db`), `hear` each statement."""
    for driver in ("asyncmy", "aiomysql", "pymysql"):
        with suppress(ImportError):
            module = importlib.import_module(f"{driver}.connection{'s' if driver == 'pymysql' else ''}")
            _divert(module.Connection, change, hear)


def _divert(driver: Any, change: Callable[[Credentials], Credentials], hear: Callable[[Any], None]) -> None:
    original, asked = driver.__init__, driver.query

    def init(self: Any, *arguments: Any, **credentials: Any) -> None:
        credentials["db"] = credentials.pop("database", None) or credentials.get("db")
        credentials.pop("passwd", None)
        credentials.pop("unix_socket", None)
        original(self, *arguments, **change(credentials))

    def query(self: Any, statement: Any, *arguments: Any, **more: Any) -> Any:
        hear(statement)
        return asked(self, statement, *arguments, **more)

    driver.__init__, driver.query = init, query


def modules() -> Iterator[Path]:
    """The project's own Python files that are no tests, those at the top first."""
    here = Path.cwd()
    files = [file for file in here.rglob("*.py") if not SKIPPED & set(file.relative_to(here).parts)]
    for file in sorted(files, key=lambda file: (len(file.parts), file)):
        if not file.name.startswith("test_") and file.name != "conftest.py":
            yield file


def imported(file: Path) -> Any:
    """The module that a file is. Raises whatever importing it raises."""
    parts = list(file.relative_to(Path.cwd()).with_suffix("").parts)
    return importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))


def aerich() -> dict[str, Any]:
    """Aerich's table of `pyproject.toml`: `[tool.tortoise]` today, `[tool.aerich]` in the notes' days."""
    try:
        tools = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8")).get("tool", {})
    except FileNotFoundError:
        return {}
    table = tools.get("tortoise") or tools.get("aerich") or {}
    return table if isinstance(table, dict) else {}


def configuration(migrations: bool = False) -> dict[str, Any] | None:
    """The Tortoise configuration: the one that `pyproject.toml` names, else the dictionary that looks like one.

    Migrations may have one of their own, beside the application's, which the course calls `TORTOISE_ORM`.
    """
    module, _, attribute = str(aerich().get("tortoise_orm", "")).rpartition(".")
    if module:
        for name in [attribute] if migrations else ["TORTOISE_ORM", attribute]:
            value = getattr(importlib.import_module(module), name, None)
            if isinstance(value, dict):
                return value
    for file in modules():
        if "connections" in file.read_text(encoding="utf-8", errors="replace"):
            for value in vars(imported(file)).values():
                if isinstance(value, dict) and {"connections", "apps"} <= value.keys():
                    return value
    return None


def applications(failed: list[BaseException]) -> Iterator[tuple[Path, Any]]:
    """The applications of the project with their files: objects, else what a factory makes; what importing raised."""
    from fastapi import FastAPI

    for file in modules():
        if "FastAPI" not in file.read_text(encoding="utf-8", errors="replace"):
            continue
        try:
            module = imported(file)
            found = [value for value in vars(module).values() if isinstance(value, FastAPI)]
            made = [] if found else [getattr(module, factory)() for factory in _factories(file)]
            found += [value for value in made if isinstance(value, FastAPI)]
        except BaseException as error:
            failed.append(error)
        else:
            yield from ((file, app) for app in found)


def _factories(file: Path) -> Iterator[str]:
    """The functions of a file that need no argument and make an application, or say that they do."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and not node.decorator_list:
            needed = len(node.args.args) - len(node.args.defaults) + len(node.args.kwonlyargs)
            if not needed and "FastAPI" in ast.unparse(node):
                yield node.name


class Project:
    """The requests, one method each; `serve` answers them."""

    def __init__(self) -> None:
        """Nothing is imported yet."""
        self.login: Credentials = {}
        self.numbers: list[int] = []
        self.statements: list[str] = []
        self.open = AsyncExitStack()
        self.app: Any = None

    def _divert(self, login: Credentials) -> None:
        if not self.login:
            divert(
                lambda asked: asked | {key: self.login[key] for key in self.login if key != "db" or asked.get("db")},
                lambda statement: self.statements.append(str(statement)),
            )
        self.login.update(login)

    async def settings(self) -> dict[str, Any]:
        """Import the configuration, and say which database it would use. Nothing is connected."""
        config = configuration()
        if config is None:
            return {"found": False}
        connection = next(iter(config["connections"].values()))
        if isinstance(connection, str):
            from tortoise.backends.base.config_generator import expand_db_url

            connection = expand_db_url(connection)
        named = [module for app in config["apps"].values() for module in app.get("models", ())]
        models = [str(getattr(each, "__name__", each)) for each in named]
        credentials = connection["credentials"]
        values = {key: str(credentials.get(key) or "") for key in ("host", "user", "password", "database")}
        port = int(credentials.get("port") or 3306)
        return {"found": True, "models": models, "has_env": _has_env(), "port": port, **values}

    async def pool(self, login: Credentials) -> dict[str, Any]:
        """Hold several connections of the pool at once: each one's session, and what an UPDATE to the same counts."""
        config = configuration() or {}
        self._divert(login)
        async with _initialised(config), AsyncExitStack() as held:
            client = _connection(next(iter(config["connections"])))
            pooled = [await held.enter_async_context(client.acquire_connection()) for _ in range(CONNECTIONS)]
            answers = [await _session(connection) for connection in pooled]
        return {"sessions": [each[0] for each in answers], "matched": [each[1] for each in answers]}

    async def schema(self, models: Credentials, migrated: Credentials) -> dict[str, Any]:
        """Build the tables twice, by the models and by the migrations, each in a database of its own."""
        from tortoise import Tortoise

        config = configuration() or {}
        location = Path(str(aerich().get("location", "./migrations")))
        app = next(iter(config["apps"]))
        files = sorted(file.name for file in (location / app).glob("*.py") if file.name[0].isdigit())
        self._divert(models)
        async with _initialised(config) as context:
            await context.generate_schemas()
        if not files:
            return {"files": files, "failed": ""}
        from aerich import Command

        self._divert(migrated)
        command = Command(configuration(migrations=True) or config, app=app, location=str(location))
        await command.init()
        try:
            await command.upgrade(run_in_transaction=True)
        except Exception as error:
            return {"files": files, "failed": said(error)}
        finally:
            await Tortoise.close_connections()
        return {"files": files, "failed": ""}

    async def find(self, path: str) -> dict[str, Any]:
        """Find the application: the one that has the path, else the one with the most."""
        original = uuid.uuid4
        # Before the application imports it.
        uuid.uuid4 = lambda: uuid.UUID(int=self.numbers.pop(0)) if self.numbers else original()
        failed: list[BaseException] = []
        found = [(file, app, sorted(app.openapi()["paths"])) for file, app in applications(failed)]
        best = max(found, key=lambda each: _rank(each[0], each[2], path), default=None)
        if failed and (best is None or not all(_rank(best[0], best[2], path)[:2])):
            raise failed[0]
        self.app = best and best[1]
        return {"found": best is not None, "paths": best[2] if best else []}

    async def start(self, login: Credentials) -> dict[str, Any]:
        """Start the application: enter its lifespan."""
        self._divert(login)
        await self.open.enter_async_context(self.app.router.lifespan_context(self.app))
        return {}

    async def send(
        self, method: str, path: str, body: str, headers: dict[str, str], numbers: list[int]
    ) -> dict[str, Any]:
        """Send the application a request; `numbers` are what `uuid4` gives next, and `taken` says whether it did."""
        self.numbers = numbers
        path, _, query = path.partition("?")
        pairs = {"host": "test", "content-length": str(len(body.encode()))} | headers
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in pairs.items()],
            "client": ("127.0.0.1", 50000),
            "server": ("test", 80),
        }
        answer: dict[str, Any] = {"status": None, "body": "", "raised": "", "statements": self.statements}
        self.statements.clear()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body.encode(), "more_body": False}

        async def take(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
            elif message["type"] == "http.response.body":
                answer["body"] += message.get("body", b"").decode(errors="replace")

        try:
            await self.app(scope, receive, take)
        except Exception as error:
            answer["raised"] = said(error)
        return answer | {"taken": not self.numbers}


def _rank(file: Path, paths: list[str], path: str) -> tuple[bool, bool, int]:
    """How likely an application is the chapter's: it has the path, it is no demonstration at the top, it has most."""
    known = {re.sub(r"{.*?}", "{}", each) for each in paths}
    return not path or re.sub(r"{.*?}", "{}", path) in known, file.parent != Path.cwd(), len(paths)


def _has_env() -> bool:
    """Whether the project has a class of settings that reads `ENV`: only then can a wrong one be refused."""
    here = str(Path.cwd())
    own = [
        each
        for name, each in sys.modules.items()
        if name != "__main__" and str(getattr(each, "__file__", "")).startswith(here)
    ]
    classes = [value for module in own for value in vars(module).values() if inspect.isclass(value)]
    return any("env" in map(str.lower, getattr(each, "model_fields", ())) for each in classes)


def _connection(name: str) -> Any:
    try:
        from tortoise import connections
    except ImportError:  # before Tortoise 1.0
        from tortoise.connection import get_connection

        return get_connection(name)
    return connections.get(name)


async def _session(connection: Any) -> tuple[dict[str, Any], int]:
    async with connection.cursor() as cursor:
        await cursor.execute("SELECT " + ", ".join(f"@@{name}" for name in SESSION))
        session = dict(zip(SESSION, await cursor.fetchone()))  # noqa: B905
        await cursor.execute("CREATE TEMPORARY TABLE workbook_probe (id INT PRIMARY KEY, word VARCHAR(9))")
        await cursor.execute("INSERT INTO workbook_probe VALUES (1, 'same')")
        matched = int(await cursor.execute("UPDATE workbook_probe SET word = 'same' WHERE id = 1"))
    return session, matched


@asynccontextmanager
async def _initialised(config: dict[str, Any]) -> AsyncIterator[Any]:
    """Tortoise with a configuration, so that nothing of it is left afterwards; what can generate the schemas."""
    try:
        from tortoise.context import TortoiseContext
    except ImportError:  # before Tortoise 1.0
        from tortoise import Tortoise

        await Tortoise.init(config=config)
        try:
            yield Tortoise
        finally:
            await Tortoise.close_connections()
        return
    async with TortoiseContext() as context:
        await context.init(config=config)
        yield context


async def serve(seconds: float, hangs: str) -> None:
    """Answer the requests, until there are none. What the student's code raises is an answer, also `sys.exit`."""
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    project = Project()
    with open(hangs, "w", encoding="utf-8") as dump:  # noqa: ASYNC230 - nothing else runs
        for line in requests:
            request = json.loads(line)
            faulthandler.dump_traceback_later(seconds, exit=True, file=dump)
            try:
                seen = await getattr(project, request.pop("ask"))(**request)
            except BaseException as error:
                seen = {"error": said(error), "heard": f"{type(error).__name__}: {error}"}
            faulthandler.cancel_dump_traceback_later()
            print(json.dumps(seen, default=str), file=answers, flush=True)
        with suppress(Exception):
            await project.open.aclose()


if __name__ == "__main__":
    sys.path[0] = str(Path.cwd())
    asyncio.run(serve(float(sys.argv[1]), sys.argv[2]))
