"""Looks at a project from inside, in the project's own Python. It imports nothing of the workbook.

Each line of standard input is a request, `{"ask": "schema", …}`; each gets one line of JSON on standard output: what
was seen, or `error`, a sentence, and `heard`, what the error said. What the project prints goes to standard error.
"""

import asyncio
import faulthandler
import importlib
import importlib.util
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


def divert(change: Callable[[Credentials], Credentials]) -> None:
    """Stand between the project and MySQL: `change` each login's credentials (`host`, …, `db`)."""
    for name in ("asyncmy.connection", "aiomysql.connection", "pymysql.connections"):
        with suppress(ImportError):
            driver = importlib.import_module(name).Connection
            driver.__init__ = _changed(driver.__init__, change)


def listen(hear: Callable[[str], None]) -> None:
    """Stand between the project and MySQL: `hear` each statement."""
    for name in ("asyncmy.connection", "aiomysql.connection"):
        with suppress(ImportError):
            driver = importlib.import_module(name).Connection
            driver.query = _heard(driver.query, hear)


def _heard(original: Any, hear: Callable[[str], None]) -> Any:
    async def query(self: Any, sql: Any, *arguments: Any, **options: Any) -> Any:
        hear(sql.decode(errors="replace") if isinstance(sql, bytes) else str(sql))
        return await original(self, sql, *arguments, **options)

    return query


def _changed(original: Any, change: Callable[[Credentials], Credentials]) -> Any:
    def init(self: Any, *arguments: Any, passwd: str = "", unix_socket: str = "", **credentials: Any) -> None:
        credentials["db"] = credentials.pop("database", None) or credentials.get("db")
        original(self, *arguments, **change(credentials))

    return init


def modules(word: str) -> Iterator[Path]:
    """The project's own Python files with a word in them that are no tests, those at the top first."""
    for file in sorted(Path.cwd().rglob("*.py"), key=lambda file: (len(file.parts), file)):
        test = re.match(r"test_|conftest\.py", file.name) or SKIPPED & set(file.relative_to(Path.cwd()).parts)
        if not test and word in file.read_text(encoding="utf-8", errors="replace"):
            yield file


def names(file: Path) -> set[str]:
    """The first names of what a file imports: `app` of `from app.configs import config`."""
    text = file.read_text(encoding="utf-8", errors="replace")
    return set(re.findall(r"^[ \t]*(?:from|import)[ \t]+(\w+)", text, re.MULTILINE))


def roots() -> list[str]:
    """Where the project's imports begin: at its top, and in folders (`src`) that hold what else nobody could import."""
    files, found = list(modules("")), [Path.cwd()]
    parts = {part for file in files for part in (file.with_suffix(""), *file.parents) if Path.cwd() in part.parents}
    for name in sorted({name for file in files for name in names(file)}):
        places = [part.parent for part in parts if part.name == name]
        if places and name not in sys.modules and not importlib.util.find_spec(name):
            found.append(min(places, key=lambda place: len(place.parts)))
    return [str(place) for place in dict.fromkeys(found)]


def imported(file: Path) -> Any:
    """The module that a file is, under the name by which the project's own imports know it. Raises what it raises."""
    own = [Path(place) for place in sys.path if Path(place) == Path.cwd() or Path.cwd() in Path(place).parents]
    for root in sorted(own, key=lambda place: -len(place.parts)):
        if file.is_relative_to(root):
            parts = list(file.relative_to(root).with_suffix("").parts)
            there = (place for place in own if (place / parts[0]).is_dir() or (place / f"{parts[0]}.py").exists())
            if root == next(there):
                return importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    raise ImportError(f"nothing leads to {file}")


def aerich() -> dict[str, Any]:
    """Aerich's table of `pyproject.toml`: `[tool.tortoise]` today, `[tool.aerich]` in the notes' days."""
    file = Path("pyproject.toml")
    tools = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}) if file.exists() else {}
    return tools.get("tortoise") or tools.get("aerich") or {}


def configuration(migrations: bool = False) -> dict[str, Any] | None:
    """The Tortoise configuration: the one that `pyproject.toml` names, else the dictionary that looks like one.

    Migrations may have one of their own, beside the application's, which the course calls `TORTOISE_ORM`.
    """
    module, _, attribute = str(aerich().get("tortoise_orm", "")).rpartition(".")
    named = [attribute] if migrations else ["TORTOISE_ORM", attribute]
    values = [getattr(importlib.import_module(module), name, None) for name in named] if module else []
    for value in values:
        if isinstance(value, dict):
            return value
    failed: list[BaseException] = []
    for file in modules("connections"):
        try:
            values = list(vars(imported(file)).values())
        except BaseException as error:  # which may be a neighbour's
            failed.append(error)
            continue
        for value in values:
            if isinstance(value, dict) and {"connections", "apps"} <= value.keys():
                return value
    if failed:
        raise failed[0]
    return None


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
            listen(self.statements.append)
            divert(lambda to: to | {key: self.login[key] for key in self.login if key != "db" or to.get("db")})
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
            # A smaller pool would keep the next one waiting for ever.
            count = min(CONNECTIONS, getattr(client, "pool_maxsize", CONNECTIONS))
            pooled = [await held.enter_async_context(client.acquire_connection()) for _ in range(count)]
            sessions, matched = zip(*[await _session(connection) for connection in pooled], strict=True)
            ids = [connection.thread_id() for connection in pooled]
        return {"sessions": sessions, "matched": matched, "ids": ids}

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
            config = configuration(migrations=True) or config
            async with _initialised(config):
                command = Command(config, app=app, location=str(location))
                await command.init()
                try:
                    await command.upgrade(run_in_transaction=True)
                except Exception as error:
                    failed = said(error)
        return {"files": files, "failed": failed}

    async def find(self, path: str, login: Credentials) -> dict[str, Any]:
        """Find the application: the one that has the path, else the one with the most."""
        self._divert(login)
        original = uuid.uuid4
        # Before the application imports it.
        uuid.uuid4 = lambda: uuid.UUID(int=self.numbers.pop(0)) if self.numbers else original()
        failed: list[BaseException] = []
        best, paths, words, wanting = (False, False, -1), [], ["FastAPI"], list[str]()
        for word in words:  # which grows by the names of subclasses and of what makes applications
            for file in modules(word):
                try:
                    apps, makers, more = _applications(imported(file))
                    words += sorted(more - {*words})
                    wanting += makers
                    for app in apps:
                        described = sorted(_described(app))
                        rank = _rank(file, described, path)
                        if rank > best:
                            self.app, best, paths = app, rank, described
                except BaseException as error:
                    failed.append(error)
        if failed and not best[0 if path else 1]:
            raise failed[0]
        at = getattr(self.app, "openapi_url", None) or "/openapi.json"
        return {"found": self.app is not None, "paths": paths, "wanting": wanting, "description": at}

    async def start(self) -> dict[str, Any]:
        """Start the application: enter its lifespan."""
        await self.open.enter_async_context(self.app.router.lifespan_context(self.app))
        return {}

    async def send(
        self, method: str, path: str, body: str, headers: dict[str, str], numbers: list[int]
    ) -> dict[str, Any]:
        """Send the application a request; `numbers` are what `uuid4` gives next, and `taken` says whether it did."""
        self.numbers = numbers
        self.statements.clear()
        path, _, query = path.partition("?")
        standard = {"host": "test", "content-type": "application/json", "content-length": str(len(body.encode()))}
        headers = standard | {name.lower(): value for name, value in headers.items()}
        scope: dict[str, Any] = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http"}
        scope |= {"client": ("127.0.0.1", 50000), "server": ("test", 80), "root_path": "", "method": method}
        scope |= {"path": path, "raw_path": path.encode(), "query_string": query.encode()}
        scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
        answer: dict[str, Any] = {"status": None, "body": "", "raised": ""}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body.encode(), "more_body": False}

        async def take(message: dict[str, Any]) -> None:
            answer["status"] = message.get("status", answer["status"])
            answer["body"] += message.get("body", b"").decode(errors="replace")

        try:
            await self.app(scope, receive, take)
        except Exception as error:
            answer["raised"] = said(error)
        statements = [each for each in self.statements if not each.startswith("SET ")]
        return answer | {"taken": not self.numbers, "statements": statements}


def _described(app: Any) -> list[str]:
    """The paths of an application, and of those that are mounted below it."""
    mounted = [(route.path, route.app) for route in app.routes if hasattr(getattr(route, "app", None), "openapi")]
    return [*app.openapi()["paths"], *(prefix + path for prefix, inner in mounted for path in _described(inner))]


def _rank(file: Path, paths: list[str], path: str) -> tuple[bool, bool, int]:
    """How likely an application is the chapter's: it has the path, it is no demonstration at the top, it has most."""
    known = {re.sub(r"{.*?}", "{}", each) for each in paths}
    own = {part for each in modules("") for part in each.relative_to(Path.cwd()).with_suffix("").parts}
    demonstration = file.parent == Path.cwd() and own.isdisjoint(names(file))
    return not path or re.sub(r"{.*?}", "{}", path) in known, not demonstration, len(paths)


def _applications(module: Any) -> tuple[list[Any], list[str], set[str]]:
    """A module's applications, or its factories'; the factories that want arguments; the names to look for further."""
    from fastapi import FastAPI

    own = {name: value for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__}
    kinds = {name for name, value in own.items() if inspect.isclass(value) and issubclass(value, FastAPI)}
    makers = {name: value for name, value in own.items() if _makes(inspect.unwrap(value), kinds | {"FastAPI"})}
    wanting = [name for name, make in makers.items() if _required(make)]
    apps = [value for value in vars(module).values() if isinstance(value, FastAPI)]
    if not apps:
        made = [make() for name, make in makers.items() if name not in wanting]
        apps = [app for app in made if isinstance(app, FastAPI)]
    return apps, wanting, kinds | makers.keys()


def _makes(function: Any, kinds: set[str]) -> bool:
    """Whether a function returns an application: it says so, or names a class of applications and returns something."""
    if not inspect.isfunction(function) or inspect.iscoroutinefunction(function):
        return False
    says = {*re.findall(r"\w+", str(inspect.signature(function).return_annotation))}
    returns = re.search(r"^\s+return \w", inspect.getsource(function), re.MULTILINE)
    return bool(kinds & says) or bool(returns and kinds & {*function.__code__.co_names})


def _required(function: Any) -> bool:
    """Whether a function cannot be called without arguments."""
    given = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = inspect.signature(function).parameters.values()
    return any(each.default is each.empty and each.kind not in given for each in parameters)


def _has_env() -> bool:
    """Whether the project has a class of settings that reads `ENV`: only then can a wrong one be refused."""
    loaded = [each for name, each in sys.modules.items() if name != "__main__"]
    own = [each for each in loaded if str(getattr(each, "__file__", "")).startswith(str(Path.cwd()))]
    classes = [value for module in own for value in vars(module).values() if inspect.isclass(value)]
    return any("env" in map(str.lower, getattr(each, "model_fields", ())) for each in classes)


async def _session(connection: Any) -> tuple[dict[str, Any], int]:
    async with connection.cursor() as cursor:
        never_alike = ("pseudo_thread_id", "statement_id", "timestamp")
        await cursor.execute(f"SHOW SESSION VARIABLES WHERE Variable_name NOT IN {never_alike}")
        session = dict(await cursor.fetchall())
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
    sys.path += roots()[1:]
    asyncio.run(serve())
