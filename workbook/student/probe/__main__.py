"""Looks at a project from inside, in the project's own Python. It imports nothing of the workbook.

Each line of standard input is a request, `{"ask": "schema", …}`; each gets one line of JSON on standard output: what
was seen, or `error`, a sentence, and `heard`, what the error said. What the project prints goes to standard error.
"""

import asyncio
import inspect
import json
import os
import re
import runpy
import sys
import traceback
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from workbook_find import aerich, applications, configuration, described, imported, modules, rank, roots
from workbook_wire import Credentials, divert, listen

CONNECTIONS = 6
HOUR = 3600.0
"""Seconds: what the clock of the application jumps while it waits in vain. No limit of time is longer."""
HANG = 20.0
"""Seconds of grace for an answer afterwards, which takes none; they end what hangs."""
_BORDERS = ("SET ", "BEGIN", "COMMIT")


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


class Project:
    """The requests, one method each; `serve` answers them."""

    def __init__(self) -> None:
        """Nothing is imported yet."""
        self.login: Credentials = {}
        self.numbers: list[int] = []
        self.statements: list[str] = []
        self.cut: tuple[str, Callable[[], Any]] = ("", str)
        self.state: dict[str, Any] = {}
        self.open = AsyncExitStack()
        self.app: Any = None

    def _divert(self, login: Credentials) -> None:
        if not self.login:
            listen(self._hear)
            divert(lambda to: to | {key: self.login[key] for key in self.login if key != "db" or to.get("db")})
        self.login.update(login)

    def _hear(self, statement: str) -> None:
        self.statements.append(statement)
        word, hang_up = self.cut
        if word and statement.startswith(word):
            hang_up()

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
                    apps, makers, more = applications(imported(file))
                    words += sorted(more - {*words})
                    wanting += makers
                    for app in apps:
                        found = sorted(described(app))
                        likely = rank(file, found, path)
                        if likely > best:
                            self.app, best, paths = app, likely, found
                except BaseException as error:
                    failed.append(error)
        if failed and not best[0 if path else 1]:
            raise failed[0]
        at = getattr(self.app, "openapi_url", None) or "/openapi.json"
        return {"found": self.app is not None, "paths": paths, "wanting": wanting, "description": at}

    async def start(self) -> dict[str, Any]:
        """Start the application: enter its lifespan, of whose state each request has a copy, as on a server."""
        self.state = dict(await self.open.enter_async_context(self.app.router.lifespan_context(self.app)) or {})
        return {}

    async def run(self, file: str, function: str, arguments: list[Any]) -> dict[str, Any]:
        """Call a function of a file that is not the project's, beside the application that was started."""
        return {"gives": await runpy.run_path(file)[function](*arguments)}

    async def send(
        self, method: str, path: str, body: str, headers: dict[str, str], numbers: list[int], odd: dict[str, Any]
    ) -> dict[str, Any]:
        """Send the application a request; `numbers` are what `uuid4` gives next, and `taken` says whether it did.

        What may be `odd`: the client hangs up at a statement that begins with the word `hang_up`; the body is
        `endless`, and an hour passes; all connections are `held` meanwhile. `lent` are those that have not come back.
        """
        self.numbers = numbers
        self.statements.clear()
        path, _, query = path.partition("?")
        standard = {"host": "test", "content-type": "application/json", "content-length": str(len(body.encode()))}
        headers = standard | {name.lower(): value for name, value in headers.items()}
        scope: dict[str, Any] = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http"}
        scope |= {"client": ("127.0.0.1", 50000), "server": ("test", 80), "root_path": "", "method": method}
        scope |= {"path": path, "raw_path": path.encode(), "query_string": query.encode()}
        scope["state"] = self.state.copy()
        scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items() if value]
        answer: dict[str, Any] = {"status": None, "body": "", "raised": "", "headers": {}}
        pieces = [{"type": "http.request", "body": body.encode(), "more_body": "endless" in odd}]

        async def receive() -> dict[str, Any]:
            if not pieces:
                _let_pass(HOUR)
                await asyncio.Event().wait()
            return pieces.pop() if "endless" in odd else pieces[0]

        async def take(message: dict[str, Any]) -> None:
            answer["status"] = message.get("status", answer["status"])
            answer["body"] += message.get("body", b"").decode(errors="replace")
            answer["headers"] |= {name.decode().lower(): value.decode() for name, value in message.get("headers", ())}

        async def served() -> None:
            try:
                await self.app(scope, receive, take)
            except Exception as error:
                answer["raised"] = said(error)

        async with AsyncExitStack() as others:
            for client in _clients() if "held" in odd else ():
                for _ in range(client.pool_maxsize):
                    await others.enter_async_context(client.acquire_connection())
            if odd:
                task = asyncio.ensure_future(served())
                self.cut = (odd.get("hang_up", ""), task.cancel)
                await asyncio.wait({task}, timeout=HANG + HOUR * ("endless" in odd))
                self.cut = ("", task.cancel)
                task.cancel()
            else:
                await served()
        lent = sum(client._pool.size - client._pool.freesize for client in _clients() if client._pool)
        statements = [each for each in self.statements if not each.startswith(_BORDERS)]
        return answer | {"taken": not self.numbers, "statements": statements, "lent": lent}


def _let_pass(seconds: float) -> None:
    """Move the clock by which the application's limits of time are measured."""
    loop = asyncio.get_running_loop()
    now = loop.time
    loop.time = lambda: now() + seconds  # type: ignore[method-assign]


def _clients() -> list[Any]:
    """The application's connections to a database, such as Tortoise knows them; each has a pool."""
    with suppress(Exception):
        from tortoise import connections

        return [each for each in connections.all() if hasattr(each, "_pool")]
    return []


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
    sys.path[0] = str(Path.cwd())  # where this file lay
    sys.path += roots()[1:]
    asyncio.run(serve())
