"""What is seen of a project: its settings, pool, tables and application by the probe, its tests by pytest's plugin."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partialmethod
from json import dumps, loads
from pathlib import Path
from typing import Any, TypeAlias

import pymysql

from workbook.mysql.login import cursor
from workbook.mysql.server import Server
from workbook.replay.contract import EXIT_CODES
from workbook.say import _
from workbook.student import environment
from workbook.student.check import Broken, look
from workbook.student.ground import PROBE, Ground, Probe, Program, tables

TIMES = 5
"""So many times as long as the project's code may take to answer, its tests may take to end."""
TestsUnder: TypeAlias = Callable[..., set[str]]
"""The tests that fail under other variables: `tests_under(TZ="UTC")`."""
Rows: TypeAlias = Callable[..., list[tuple[Any, ...]]]
"""Ask the application's database: `rows("SELECT … WHERE id = %s", 1)`."""
SettingsWith: TypeAlias = Callable[..., "Settings"]
"""The settings with another `.env` and other variables: `settings_with("MYSQL_DB=x", ENV="stage")`."""


@dataclass(frozen=True)
class Settings:
    """Which database the application would use, by which models; `error` is what importing the configuration raised.

    `found` is whether there is a Tortoise configuration at all, `has_env` whether a class of settings reads `ENV`.
    """

    found: bool = False
    models: list[str] = field(default_factory=list)
    has_env: bool = False
    host: str = ""
    port: int = 3306
    user: str = ""
    password: str = field(default="", repr=False)
    database: str = ""
    error: str = ""

    def server(self) -> Server:
        """The server that they lead to."""
        return Server(self.host, self.port, self.user, self.password, "", "")

    def refusal(self) -> str:
        """What MySQL says against a login with them; an empty text when it lets them in."""
        try:
            with cursor(self.server(), self.database):
                return ""
        except (pymysql.MySQLError, OSError) as error:
            return str(error.args[-1] if error.args else error)


@dataclass(frozen=True)
class Pool:
    """Several connections of the pool: what each says of its session, and what an UPDATE to the same value counts."""

    sessions: list[dict[str, Any]]
    matched: list[int]

    def values(self, name: str) -> set[str]:
        """What a variable of the session is, on all of them."""
        return {str(session[name]) for session in self.sessions}


@dataclass(frozen=True)
class Schema:
    """The tables as the migrations (`files`) and as the models build them, by name, as `SHOW CREATE TABLE` tells them.

    `failed` is why the migrations cannot be run; in `database` the application finds its tables.
    """

    files: list[str]
    failed: str
    migrated: dict[str, str]
    modelled: dict[str, str]
    database: str

    def sound(self) -> "Schema":
        """This; raises Broken when no migration built anything."""
        if self.failed or not self.migrated:
            raise Broken(self.failed or _("No migration ran."))
        return self


@dataclass(frozen=True)
class Answer:
    """What the application answered; `raised` is the error that it let through, if any.

    `taken` says whether it asked for the `uuids` that it was given.
    """

    status: int | None
    body: str
    raised: str
    taken: bool

    @property
    def json(self) -> Any:
        """The body, read as JSON; None when it is none."""
        try:
            return loads(self.body)
        except ValueError:
            return None


class Api:
    """The application, as a client speaks to it; `paths` are those that its description names."""

    def __init__(self, probe: Probe, paths: list[str]) -> None:
        self.probe, self.paths = probe, paths

    def send(self, method: str, path: str, *, json: Any = None, uuids: Iterable[int] = ()) -> Answer:
        """Send a request with a body, or none; `uuids` are what the application's `uuid4` gives next."""
        body = "" if json is None else dumps(json)
        return Answer(**self.probe.ask("send", method=method, path=path, body=body, numbers=list(uuids)))

    get = partialmethod(send, "GET")
    post = partialmethod(send, "POST")


@look
def python(ground: Ground) -> Path:
    """The interpreter that has the project's packages."""
    return environment.python(ground.project)


@look
def probe(ground: Ground, python: Path) -> Probe:
    """The probe in the project as it is."""
    return Probe(ground, python, {})


@look
def settings(probe: Probe) -> Settings:
    """Which database the application would use with the student's own `.env` and environment."""
    return Settings(**probe.ask("settings"))


@look
def settings_with(ground: Ground, python: Path) -> SettingsWith:
    """The same with another `.env` and other variables, each time in a fresh process."""
    nothing = dict.fromkeys(("ENV", "MYSQL_HOST", "MYSQL_PORT", "MYSQL_USER", "MYSQL_DB"), "")

    def under(dotenv: str, **values: str) -> Settings:
        try:
            return Settings(**Probe(ground, python, nothing | values, dotenv).ask("settings"))
        except Broken as error:
            return Settings(error=str(error))

    return under


@look
def pool(settings: Settings, probe: Probe, ground: Ground) -> Pool:
    """Several connections of the project's pool at once."""
    return Pool(**probe.ask("pool", login=ground.login(ground.make("pool"))))


@look
def schema(settings: Settings, probe: Probe, ground: Ground) -> Schema:
    """The tables, built by the models and by the migrations."""
    if not settings.found:
        raise Broken(_("There is no Tortoise configuration."))
    models, migrated = ground.make("models"), ground.make("app")
    seen = probe.ask("schema", models=ground.login(models), migrated=ground.login(migrated))
    built, modelled = (tables(ground.throwaway, name) for name in (migrated, models))
    # Without migrations the application is looked at on what its models describe: one cause is blamed once.
    database = migrated if built and not seen["failed"] else models
    return Schema(seen["files"], seen["failed"], built, modelled, database)


@look
def application(ground: Ground, python: Path, route: str, schema: Schema | None = None) -> Api:
    """The application, imported and not started."""
    database = schema.database if schema else ground.make("empty")
    probe = Probe(ground, python, ground.throwaway.environment(database))
    seen = probe.ask("find", path=route.partition(" ")[2], login=ground.login(database))
    if not seen["found"]:
        raise Broken(_("No module makes a FastAPI application."))
    return Api(probe, seen["paths"])


@look
def api(application: Api) -> Api:
    """The application, started, on a database that its migrations built."""
    application.probe.ask("start")
    return application


@look
def rows(ground: Ground, schema: Schema) -> Rows:
    """Ask the database that the application uses here."""

    def ask_for(statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with cursor(ground.throwaway, schema.database) as ask:
            ask.execute(statement, values or None)
            return list(ask.fetchall())

    return ask_for


@dataclass(frozen=True)
class Failure:
    """A phase of a test that failed: where it broke, the first line of what it said, and all of it."""

    test: str
    phase: str
    place: str
    says: str
    message: str

    def __str__(self) -> str:
        """As a sentence."""
        return f"{self.test}{f' ({self.place})' if self.place else ''}: {self.says}"


@dataclass
class Run:
    """What was seen of the tests, whatever the route; `exit` is None when pytest never came to its end.

    `tests` has the requests that each sends, `noticed` by route and wrong application the words with which each sender
    failed (empty when it passed), `databases` those that were to be logged in to: `on_own`, also the student's own.
    """

    output: str
    failures: list[Failure]
    exit: int | None = None
    tests: dict[str, list[str]] = field(default_factory=dict)
    noticed: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    databases: list[str] = field(default_factory=list)
    on_own: bool = False

    @property
    def ended(self) -> str:
        """Pytest's exit code in words, or its last telling line when it never came to its end."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()] or ["pytest printed nothing"]
        errors = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
        return (errors or lines)[-1] if self.exit is None else EXIT_CODES.get(self.exit, str(self.exit))


class Tests:
    """The run as a chapter looks at it: from its own request, `POST /v1/mysql/meetings`.

    `failing` are the failures of tests that send it (also with a slash at its end), `others_failing` of those that send
    none at all, `elsewhere` of all others. `sent_instead` is None when a test sends it, else what is sent with its
    method. `never_green` tells why tests fail even when the application does what is asked; `fooled_by` are the wrong
    applications with which every other test is content.
    """

    def __init__(self, run: Run, route: str) -> None:
        self.route = route
        kinds: tuple[dict[tuple[str, str], Failure], ...] = {}, {}, {}
        for each in run.failures:
            sends = run.tests.get(each.test)
            asks = sends and any(request.rstrip("/") == route for request in sends)
            # One for all that break in the same place with the same words.
            kinds[0 if asks else 2 if sends else 1].setdefault((each.place or each.test, each.says), each)
        self.failing, self.others_failing, self.elsewhere = (list(kind.values()) for kind in kinds)
        wrong = dict(run.noticed.get(route, {}))
        right = wrong.pop("right", None)
        sent = {request for requests in run.tests.values() for request in requests}
        alike = sorted(request for request in sent if request.split(" ")[0] == route.split(" ")[0])
        self.sent_instead = ", ".join(alike) if right is None else None
        self.never_green = {test: said for test, said in (right or {}).items() if said}
        fair = [test for test, said in (right or {}).items() if not said]
        self.fooled_by = [name for name, of in wrong.items() if fair and all(of.get(test) == "" for test in fair)]


@look
def tests(run: Run, ground: Ground, route: str) -> Tests:
    """The student's tests, as the chapter looks at them."""
    if run.exit not in (0, 1):
        raise Broken(f"pytest: {run.ended}")
    found = Tests(run, route)
    if found.elsewhere:
        count, first = len({each.test for each in found.elsewhere}), found.elsewhere[0]
        values = {"number": count, "failure": first}
        remark = _(
            "Tests of other requests fail, which count for nothing here: {number}, the first {failure}", **values
        )
        ground.remarks += [remark] if remark not in ground.remarks else []
    return found


@look
def run(ground: Ground, python: Path, settings: Settings | None = None, schema: Schema | None = None) -> Run:
    """Run the tests. Raises Broken when they do not come to an end in time."""
    own = ground.make("suite")
    with cursor(ground.throwaway, own) as ask:
        ask.execute("SET foreign_key_checks = 0")
        for statement in (schema.migrated if schema else {}).values():
            ask.execute(statement)
    students = settings.database if settings else ""
    wrong = dumps({route: list(map(str, files)) for route, files in ground.wrong.items()})
    found = _pytest(ground, python, own, WORKBOOK_OWN=students, WORKBOOK_WRONG=wrong)
    # A conftest.py may refuse the database by its name, and log in nowhere.
    refused = any(own in failure.says for failure in found.failures)
    found.on_own = refused or not {own, students}.isdisjoint(found.databases)
    return found


@look
def tests_under(ground: Ground, python: Path) -> TestsUnder:
    """The student's tests under other variables of the environment."""

    def failing(**values: str) -> set[str]:
        found = _pytest(ground, python, ground.make("under"), **values)
        if found.exit not in (0, 1):
            raise Broken(_("pytest does not run."))
        return {failure.test for failure in found.failures}

    return failing


def _pytest(ground: Ground, python: Path, name: str, **values: str) -> Run:
    """Run pytest with our plugin in a copy of the project, on the database `name`. Raises Broken: it does not end."""
    told, plugins = ground.scratch / f"told-{name}", ground.scratch / "plugins"
    plugins.mkdir(exist_ok=True)
    for each in ("probe", "plugin"):
        shutil.copyfile(PROBE.with_name(f"{each}.py"), plugins / f"workbook_{each}.py")
    values |= ground.throwaway.environment(name) | {"PYTHONPATH": str(plugins), "WORKBOOK_TOLD": str(told)}
    values["WORKBOOK_LOGIN"] = dumps(ground.login())
    options = ["-p", "workbook_plugin", "-p", "no:cacheprovider", "-q", "--override-ini=addopts="]
    program = Program(ground, [str(python), "-m", "pytest", *options], values)
    with program.within(TIMES * ground.seconds):
        program.process.wait()
    seen: dict[str, Any] = loads(program.named(told.read_text(encoding="utf-8"))) if told.exists() else {}
    failures = [Failure(**each) for each in seen.pop("failures", ())]
    ground.heard += [each.message for each in failures] or ([program.printed] if program.process.returncode else [])
    return Run(program.printed, failures, **seen)
