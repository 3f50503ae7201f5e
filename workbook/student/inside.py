"""What the probe sees of a project: its settings, pool, tables and application."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import pymysql
from pymysql.cursors import Cursor

from workbook.mysql.login import cursor, quoted
from workbook.mysql.server import Server
from workbook.mysql.server import probe as version_of
from workbook.say import Problem, _
from workbook.student import environment
from workbook.student.api import Api
from workbook.student.check import Broken, Unjudged, look
from workbook.student.ground import Ground, Probe, secrets_of, tables
from workbook.student.shape import look as shape
from workbook.student.shape import outdated

WANTS_VALUES = re.compile(r"Field required|NoneType|KeyError: '[A-Z]|UndefinedValueError")
"""How it looks when settings find no value: pydantic, `os.getenv`, `os.environ`, python-decouple."""
SettingsWith: TypeAlias = Callable[..., "Settings"]
"""The settings with more lines in `.env` and other variables: `settings_with("MYSQL_DB=x", ENV="stage")`."""
ApiWith: TypeAlias = Callable[..., "Api"]
"""The application, started with other variables: `api_with(RATE="2/day")`."""
_NOBODY_OUTSIDE = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
_NOBODY_OUTSIDE |= {"no_proxy": "", "NO_PROXY": ""}
"""An application that is looked at asks nobody on the internet: for it, every service there is silent."""

_COLUMNS = """
    SELECT table_name, GROUP_CONCAT(column_name ORDER BY ordinal_position) FROM information_schema.columns
    WHERE table_schema = DATABASE() GROUP BY table_name
"""


@dataclass(frozen=True)
class Settings:
    """Which database the application would use, by which models; `error` is what importing the configuration raised.

    `found` is whether there is a Tortoise configuration at all, `has_env` whether a class of settings reads `ENV`,
    `file` whether the project has a `.env`.
    """

    found: bool = False
    models: list[str] = field(default_factory=list)
    has_env: bool = False
    file: bool = False
    host: str = ""
    port: int = 3306
    user: str = ""
    password: str = field(default="", repr=False)
    database: str = ""
    error: str = ""

    def server(self) -> Server:
        """The server that they lead to."""
        return Server(self.host, self.port, self.user, self.password, "", "")

    def reached(self) -> Server | None:
        """The server that they lead to, if it is MySQL and lets them in."""
        with suppress(Problem):
            version = version_of(self.host, self.port, self.user, self.password)
            return replace(self.server(), version=version, how=_("by your settings"))
        return None

    def refusal(self) -> str:
        """What MySQL says against a login with them; an empty text when it lets them in. Raises Unjudged: no values."""
        if lacking := ", ".join(name for name in ("host", "user", "database") if not getattr(self, name)):
            raise Unjudged(
                _(
                    "Your settings have no value for {names}: write it into .env or the environment, and check again.",
                    names=lacking,
                )
            )
        try:
            with cursor(self.server(), self.database):
                return ""
        except (pymysql.MySQLError, OSError) as error:
            return str(error.args[-1] if error.args else error)


@dataclass(frozen=True)
class Pool:
    """Several connections of the pool: what each says of its session, and what an UPDATE to the same value counts.

    `ids` are MySQL's numbers of them, by which they are told apart.
    """

    sessions: list[dict[str, Any]]
    matched: list[int]
    ids: list[int]

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


class Rows:
    """Ask the application's database: `rows("SELECT … WHERE id = %s", 1)`."""

    def __init__(self, server: Server, database: str) -> None:
        self._server, self._database = server, database

    def __call__(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows that a statement finds."""
        with cursor(self._server, self._database) as ask:
            ask.execute(statement, values or None)
            return list(ask.fetchall())

    def empty(self, *columns: str) -> None:
        """Delete all rows of every table that has these columns, and let its keys begin anew."""
        with cursor(self._server, self._database) as ask:
            for table in _having(ask, columns):
                ask.execute(f"DELETE FROM {quoted(table)}")
                ask.execute(f"ALTER TABLE {quoted(table)} AUTO_INCREMENT = 1")

    def holding(self, *columns: str) -> list[dict[str, Any]]:
        """All rows, by their columns' names, of every table that has these columns, whatever its name."""
        found = []
        with cursor(self._server, self._database) as ask:
            for table, names in _having(ask, columns).items():
                ask.execute(f"SELECT * FROM {quoted(table)}")
                found += [dict(zip(names, row, strict=True)) for row in ask.fetchall()]
        return found


def _having(ask: Cursor, columns: tuple[str, ...]) -> dict[str, list[str]]:
    """The tables that have these columns, with all of theirs."""
    ask.execute(_COLUMNS)
    found = {table: names.split(",") for table, names in ask.fetchall()}
    return {table: names for table, names in found.items() if {*columns} <= {*names}}


@look
def python(ground: Ground) -> Path:
    """The interpreter that has the project's packages."""
    found = environment.python(ground.project)
    ground.remarks += outdated(shape(ground.project))
    return found


@look
def probe(ground: Ground, python: Path) -> Probe:
    """The probe in the project as it is."""
    return Probe(ground, python, {})


@look
def settings(probe: Probe, ground: Ground) -> Settings:
    """Which database the application would use with the student's own `.env` and environment."""
    file = bool(secrets_of(ground.project))
    try:
        return Settings(**probe.ask("settings"), file=file)
    except Broken as error:
        if WANTS_VALUES.search(str(error)) and not file:
            what = _("Your settings want values that only a .env has, and there is none here: {said}", said=error)
            raise Unjudged(f"{what} " + _("Write it, and check again.")) from None
        raise


@look
def settings_with(ground: Ground, python: Path) -> SettingsWith:
    """The same with more lines in `.env` and other variables, each time in a fresh process."""
    written = [file.read_text(encoding="utf-8", errors="replace") for file in secrets_of(ground.project)]
    lines = "\n".join(written).splitlines()

    def under(dotenv: str, **values: str) -> Settings:
        names = {line.partition("=")[0] for line in dotenv.splitlines()}
        # Settings may want more values than these; of two lines the last counts.
        others = [line for line in lines if line.partition("=")[0].removeprefix("export ").strip().upper() not in names]
        told = "\n".join([*others, dotenv])
        try:
            return Settings(**Probe(ground, python, dict.fromkeys(names, "") | values, told).ask("settings"))
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
    return _application(ground, python, route, schema.database if schema else ground.make("empty"))


def _application(ground: Ground, python: Path, route: str, database: str, **values: str) -> Api:
    """The application with other variables, in a process of its own."""
    probe = Probe(ground, python, ground.throwaway.environment(database) | _NOBODY_OUTSIDE | values)
    seen = probe.ask("find", path=route.partition(" ")[2], login=ground.login(database))
    if not seen["found"] and seen["wanting"]:
        what = _("{name} makes the application and wants arguments, so it was not called.", name=seen["wanting"][0])
        raise Unjudged(f"{what} " + _("Call it in a module, app = …, and check again."))
    if not seen["found"]:
        raise Broken(_("No module makes a FastAPI application."))
    return Api(probe, seen["paths"], seen["description"])


@look
def api(application: Api) -> Api:
    """The application, started, on a database that its migrations built."""
    application.probe.ask("start")
    return application


@look
def api_with(ground: Ground, python: Path, schema: Schema, route: str) -> ApiWith:
    """The same with other variables, each time in a fresh process."""

    def under(**values: str) -> Api:
        return api(_application(ground, python, route, schema.database, **values))

    return under


@look
def rows(ground: Ground, schema: Schema) -> Rows:
    """Ask the database that the application uses here."""
    return Rows(ground.throwaway, schema.database)
