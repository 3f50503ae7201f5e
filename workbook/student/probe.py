"""Looks at a project from inside, in the project's own Python. It imports nothing of the workbook.

Each line of standard input is a request, `{"ask": "schema", …}`; each gets one line of JSON on standard output: what
was seen, or `error`, a sentence, and `heard`, what the error said. What the project prints goes to standard error.
"""

import ast
import asyncio
import faulthandler
import importlib
import inspect
import json
import os
import re
import signal
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

# Who has waited too long ends us by this signal, and reads where we were. Pytest puts another file in the place of 2.
faulthandler.register(signal.SIGUSR1, file=os.dup(2), chain=True)


def said(error: BaseException) -> str:
    """An error with the deepest line of the project's: `app/main.py:3: ModuleNotFoundError: No module named 'app'`."""
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    own = [each for each in frames if each[0].startswith(str(Path.cwd())) and "site-packages" not in each[0]]
    text = str(error).strip()
    if isinstance(error, SyntaxError):
        text = error.msg or "invalid syntax"
        own += [(error.filename, error.lineno)] if error.filename else []
    says = re.sub(r"\s*\n\s*", " / ", text) or type(error).__name__
    return f"{f'{own[-1][0]}:{own[-1][1]}: ' if own else ''}{type(error).__name__}: {says}"


def divert(change: Callable[[Credentials], Credentials], hear: Callable[[Any], None] = lambda statement: None) -> None:
    """Stand between the project and MySQL: `change` a login's credentials (`host`, …, `db`), `hear` each statement."""
    for name in ("asyncmy.connection", "aiomysql.connection", "pymysql.connections"):
        with suppress(ImportError):
            _divert(importlib.import_module(name).Connection, change, hear)


def _divert(driver: Any, change: Callable[[Credentials], Credentials], hear: Callable[[Any], None]) -> None:
    original, asked = driver.__init__, driver.query

    def init(self: Any, *arguments: Any, passwd: str = "", unix_socket: str = "", **credentials: Any) -> None:
        credentials["db"] = credentials.pop("database", None) or credentials.get("db")
        original(self, *arguments, **change(credentials))

    def query(self: Any, statement: Any, *arguments: Any, **more: Any) -> Any:
        hear(statement)
        return asked(self, statement, *arguments, **more)

    driver.__init__, driver.query = init, query


def modules() -> Iterator[Path]:
    """The project's own Python files that are no tests, those at the top first."""
    for file in sorted(Path.cwd().rglob("*.py"), key=lambda file: (len(file.parts), file)):
        if not SKIPPED & set(file.relative_to(Path.cwd()).parts) and not re.match(r"test_|conftest\.py", file.name):
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
    return tools.get("tortoise") or tools.get("aerich") or {}


def configuration() -> dict[str, Any] | None:
    """The Tortoise configuration: the one that `pyproject.toml` names, else the dictionary that looks like one."""
    module, _, attribute = str(aerich().get("tortoise_orm", "")).rpartition(".")
    if module:
        value = getattr(importlib.import_module(module), attribute, None)
        if isinstance(value, dict):
            return value
    for file in modules():
        if "connections" in file.read_text(encoding="utf-8", errors="replace"):
            for value in vars(imported(file)).values():
                if isinstance(value, dict) and {"connections", "apps"} <= value.keys():
                    return value
    return None


def applications(file: Path) -> list[Any]:
    """The applications that a file makes: objects, else what its factories do. Raises whatever importing it raises."""
    from fastapi import FastAPI

    module = imported(file)
    found = [value for value in vars(module).values() if isinstance(value, FastAPI)]
    made = [] if found else [getattr(module, factory)() for factory in _factories(file)]
    return found + [value for value in made if isinstance(value, FastAPI)]


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
        async with _initialised(config) as tortoise, AsyncExitStack() as held:
            client = tortoise.get_connection(next(iter(config["connections"])))
            pooled = [await held.enter_async_context(client.acquire_connection()) for _ in range(CONNECTIONS)]
            answers = [await _session(connection) for connection in pooled]
        return {"sessions": [each[0] for each in answers], "matched": [each[1] for each in answers]}

    async def schema(self, models: Credentials, migrated: Credentials) -> dict[str, Any]:
        """Build the tables twice, by the models and by the migrations, each in a database of its own."""
        config = configuration() or {}
        location = Path(str(aerich().get("location", "./migrations")))
        app = next(iter(config["apps"]))
        files = sorted(file.name for file in (location / app).glob("*.py") if file.name[0].isdigit())
        self._divert(models)
        async with _initialised(config) as tortoise:
            await tortoise.generate_schemas()
        failed = ""
        if files:
            from aerich import Command

            self._divert(migrated)
            async with _initialised(config):
                command = Command(config, app=app, location=str(location))
                await command.init()
                try:
                    await command.upgrade(run_in_transaction=True)
                except Exception as error:
                    failed = said(error)
        return {"files": files, "failed": failed}

    async def find(self, path: str) -> dict[str, Any]:
        """Find the application: the one that has the path, else the one with the most."""
        original = uuid.uuid4
        # Before the application imports it.
        uuid.uuid4 = lambda: uuid.UUID(int=self.numbers.pop(0)) if self.numbers else original()
        failed: list[BaseException] = []
        best: tuple[tuple[bool, bool, int], list[str]] = (False, False, -1), []
        for file in modules():
            if "FastAPI" in file.read_text(encoding="utf-8", errors="replace"):
                try:
                    found = [(app, sorted(app.openapi()["paths"])) for app in applications(file)]
                except BaseException as error:
                    failed.append(error)
                    continue
                for app, paths in found:
                    rank = _rank(file, paths, path)
                    if rank > best[0]:
                        self.app, best = app, (rank, paths)
        if failed and not all(best[0][:2]):
            raise failed[0]
        return {"found": self.app is not None, "paths": best[1]}

    async def start(self, login: Credentials) -> dict[str, Any]:
        """Start the application: enter its lifespan."""
        self._divert(login)
        await self.open.enter_async_context(self.app.router.lifespan_context(self.app))
        return {}

    async def send(self, method: str, path: str, body: str, numbers: list[int]) -> dict[str, Any]:
        """Send the application a request; `numbers` are what `uuid4` gives next, and `taken` says whether it did."""
        self.numbers = numbers
        path, _, query = path.partition("?")
        headers = {"host": "test", "content-type": "application/json", "content-length": str(len(body.encode()))}
        scope: dict[str, Any] = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http"}
        scope |= {"client": ("127.0.0.1", 50000), "server": ("test", 80), "root_path": "", "method": method}
        scope |= {"path": path, "raw_path": path.encode(), "query_string": query.encode()}
        scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
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
    loaded = [each for name, each in sys.modules.items() if name != "__main__"]
    own = [each for each in loaded if str(getattr(each, "__file__", "")).startswith(str(Path.cwd()))]
    classes = [value for module in own for value in vars(module).values() if inspect.isclass(value)]
    return any("env" in map(str.lower, getattr(each, "model_fields", ())) for each in classes)


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
    """Tortoise with a configuration, so that nothing of it is left afterwards."""
    import tortoise

    context = getattr(tortoise, "context", None)  # none before Tortoise 1.0
    async with context.TortoiseContext() if context else AsyncExitStack():
        await tortoise.Tortoise.init(config=config)
        try:
            yield tortoise.Tortoise
        finally:
            await tortoise.Tortoise.close_connections()


async def serve() -> None:
    """Answer the requests, until there are none. What the student's code raises is an answer, also `sys.exit`."""
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    project = Project()
    for line in requests:
        request = json.loads(line)
        try:
            seen = await getattr(project, request.pop("ask"))(**request)
        except BaseException as error:
            seen = {"error": said(error), "heard": f"{type(error).__name__}: {error}"}
        print(json.dumps(seen, default=str), file=answers, flush=True)
    with suppress(Exception):
        await project.open.aclose()


if __name__ == "__main__":
    sys.path[0] = str(Path.cwd())
    asyncio.run(serve())
