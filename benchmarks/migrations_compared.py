"""Aerich and Tortoise's own migrations, on the same tasks, on a real MySQL.

In:   MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD: a server on which databases may be made and dropped. Names
      of tasks choose some of them; without any, all run. Run it with the Python of the repository's environment.
Out:  for each task and tool what was typed, what was printed, the exit code, and what MySQL then has. Nothing is
      judged here: docs/aerich-or-tortoise.md does that.
How:  every task starts in an empty folder with an empty database of its own, and drops it.
"""

import argparse
import dataclasses
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Set
from pathlib import Path
from typing import Any

import pymysql

from benchmarks.beginning import begin, given
from workbook.mysql.login import cursor
from workbook.mysql.server import Server

BIN = Path(sys.executable).parent

SETTINGS = """\
TORTOISE_ORM = {{
    "connections": {{"default": {{"engine": "tortoise.backends.mysql", "credentials": {credentials}}}}},
    "apps": {{"models": {{"models": {modules}, "migrations": "steps"}}}},
}}
"""

MODELS = """\
from tortoise import Model, fields


class Meeting(Model):
    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(max_length=22, unique=True)
{fields}
    class Meta:
        table = "meetings"
"""

NATIVE = "tortoise -c settings.TORTOISE_ORM"
TITLE = "title = fields.CharField(max_length=40, null=True)"
ONE_ROW = "INSERT INTO meetings (code) VALUES ('aB3')"
TWO_ROWS = "INSERT INTO meetings (code) VALUES ('aB3'), ('xY7')"
TITLED_ROW = "INSERT INTO meetings (code, title) VALUES ('aB3', 'Lunch')"


@dataclasses.dataclass
class Project:
    """A scratch project with a database of its own."""

    tool: str
    folder: Path
    database: str
    server: Server

    @property
    def aerich(self) -> bool:
        """Whether it is Aerich's project."""
        return self.tool == "aerich"

    def models(self, *fields: str) -> None:
        """Write the models: Meeting with these further fields."""
        (self.folder / "models.py").write_text(MODELS.format(fields="".join(f"    {line}\n" for line in fields)))

    def settings(self) -> None:
        """Write the settings; the native tool finds its folder by the key `migrations`."""
        login = {name: getattr(self.server, name) for name in ("host", "port", "user", "password")}
        credentials = login | {"database": self.database}
        modules = ["models", "aerich.models"] if self.aerich else ["models"]
        (self.folder / "settings.py").write_text(SETTINGS.format(credentials=credentials, modules=modules))

    def begin(self, command: str, **streams: Any) -> "subprocess.Popen[str]":
        """Begin a command of the tool in the project."""
        program, *arguments = command.split()
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": ".", "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        streams |= {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen([BIN / program, *arguments], cwd=self.folder, env=environment, **streams)

    def run(self, command: str, answer: str = "") -> None:
        """Run a command of the tool in the project."""
        process = self.begin(command, stdin=subprocess.PIPE)
        printed = process.communicate(answer)[0].replace(str(self.folder), "~/project").rstrip()
        lines = printed.splitlines()
        if len(lines) > 14:  # a traceback's middle says nothing about the tool
            printed = "\n".join([*lines[:4], "...", *lines[-6:]])
        self.note(command=command, printed=printed, exit=process.returncode)

    def sql(self, *statements: str) -> list[tuple[object, ...]]:
        """Run statements on the project's database; gives the rows of the last."""
        with cursor(self.server, self.database) as ask:
            for statement in statements:
                ask.execute(statement)
            return list(ask.fetchall())

    def table(self) -> None:
        """Note what MySQL says about the table, and its rows."""
        try:
            [[_, created]] = self.sql("SHOW CREATE TABLE meetings")
            self.note(table=[line.strip(" ,") for line in str(created).splitlines()[1:-1]])
            self.note(rows=[str(row) for row in self.sql("SELECT * FROM meetings")])
        except pymysql.err.ProgrammingError as error:
            self.note(table=[str(error)])

    def files(self, since: Set[Path] = frozenset()) -> list[Path]:
        """The migration files, oldest first, without those given."""
        found = {*self.folder.glob("migrations/models/*.py"), *self.folder.glob("steps/[0-9]*.py")}
        return sorted(found - since)

    def show(self, *paths: Path) -> None:
        """Note migrations' texts, without the blob of state."""
        for path in paths:
            text = re.sub(r"\n*MODELS_STATE = \(.*\)", "", path.read_text(), flags=re.DOTALL)
            self.note(file=path.name, text=text.strip())

    def note(self, **what: object) -> None:
        """Print it."""
        for key, value in what.items():
            lines = value if isinstance(value, list) else str(value).splitlines()
            print(f"  {key}:", *lines, sep="\n    " if len(lines) > 1 else " ")

    def make(self, name: str, answer: str = "") -> list[Path]:
        """Write a migration from the models as they are now; gives the new files."""
        before = set(self.files())
        self.run(f"aerich migrate --name {name}" if self.aerich else f"{NATIVE} makemigrations -n {name}", answer)
        return self.files(since=before)

    def apply(self) -> None:
        """Run what has not run yet."""
        self.run("aerich upgrade" if self.aerich else f"{NATIVE} migrate")

    def first(self, *fields: str, rows: str = "") -> None:
        """A project with its first table, and what is inserted there."""
        (self.folder / "pyproject.toml").write_text('[project]\nname = "scratch"\nversion = "0"\n')
        self.models(*fields)
        self.settings()
        if self.aerich:
            self.run("aerich init -t settings.TORTOISE_ORM")
            self.run("aerich init-db")
        else:
            self.run(f"{NATIVE} init")
            self.make("init")
            self.apply()
        if rows:
            self.sql(rows)

    def step(self, name: str, *fields: str, answer: str = "") -> None:
        """From the table as it is to these further fields: the migration, its run, and what MySQL then has."""
        self.models(*fields)
        self.show(*self.make(name, answer))
        self.apply()
        self.table()


def first_table(project: Project) -> None:
    """Set up, make the first migration, run it."""
    project.first()
    project.show(project.files()[0])
    project.table()


def change_columns(project: Project) -> None:
    """Add a column with an index and a default, make another one longer."""
    project.first("place = fields.CharField(max_length=22)", rows="INSERT INTO meetings VALUES (1, 'aB3', 'Mapo')")
    title = 'title = fields.CharField(max_length=40, default="untitled", db_index=True)'
    project.step("title", "place = fields.CharField(max_length=30)", title)
    project.make("again")


def add_date(project: Project) -> None:
    """Add a date that Python fills in, to a table that holds a row."""
    project.first(rows=ONE_ROW)
    project.step("created_at", "created_at = fields.DatetimeField(auto_now_add=True)")


def rename(project: Project) -> None:
    """Rename a column that holds values."""
    project.first("title = fields.CharField(max_length=40)", rows=TITLED_ROW)
    project.step("subject", "subject = fields.CharField(max_length=40)", answer="y\n")


def rename_and_widen(project: Project) -> None:
    """Rename a column that holds values, and make it longer in the same step."""
    project.first("title = fields.CharField(max_length=40)", rows=TITLED_ROW)
    project.step("subject", "subject = fields.CharField(max_length=80)", answer="y\n")


def replace(project: Project) -> None:
    """Drop a column and add an unrelated one of the same type: it is not a rename."""
    project.first(TITLE, rows=TITLED_ROW)
    project.step("organiser", "organiser = fields.CharField(max_length=40, null=True)", answer="n\n")


def downgrade(project: Project) -> None:
    """Go back one step, then back to nothing."""
    project.first()
    project.step("title", TITLE)
    if project.aerich:
        project.run("aerich downgrade --yes")
        project.table()
        project.run("aerich downgrade -v 0 --yes")
    else:
        project.run(f"{NATIVE} downgrade models 0001_init")
        project.table()
        project.apply()
        project.run(f"{NATIVE} downgrade models")
    project.table()


def data_migration(project: Project) -> None:
    """Fill a new column from an old one, by a migration that somebody writes."""
    project.first(TITLE, rows=TWO_ROWS)
    before = set(project.files())
    native = f"{NATIVE} makemigrations --empty -n fill_title models"
    project.run("aerich migrate --empty --name fill_title" if project.aerich else native)
    [path] = project.files(since=before)
    text = path.read_text()
    if project.aerich:
        body = "UPDATE meetings SET title = CONCAT('Meeting ', code) WHERE title IS NULL;"
        path.write_text(text.replace('return """\n        """', f'return """\n        {body}\n        """', 1))
    else:
        code = (
            "async def fill(apps, schema_editor):\n"
            '    for meeting in await apps.get_model("models.Meeting").filter(title=None):\n'
            '        meeting.title = f"Meeting {meeting.code}"\n'
            "        await meeting.save()\n\n\n"
        )
        text = text.replace("class Migration", f"{code}class Migration", 1)
        path.write_text(re.sub(r"operations = \[.*?\]", "operations = [ops.RunPython(fill)]", text, flags=re.DOTALL))
    project.show(path)
    project.apply()
    project.table()


def two_branches(project: Project) -> None:
    """Two people add a column each, from the same start; then both migrations lie in one folder."""
    project.first()
    theirs = "place = fields.CharField(max_length=40, null=True)"
    project.models(TITLE)
    [first] = project.make("title")
    kept = first.read_text()
    first.unlink()
    project.models(theirs)
    project.make("place")
    first.write_text(kept)
    project.note(files=[path.name for path in project.files()])
    project.models(TITLE, theirs)
    project.apply()
    project.table()
    project.step("merge", TITLE, theirs)


def failed_half_way(project: Project) -> None:
    """Of a migration's two statements MySQL refuses the second; the cause is mended, and it is run again."""
    project.first(rows=TWO_ROWS)
    unique = 'title = fields.CharField(max_length=40, default="", unique=True)'
    project.step("two_columns", "number = fields.IntField(null=True)", unique)
    project.sql("DELETE FROM meetings WHERE code = 'xY7'")
    project.apply()
    project.table()


def drift(project: Project) -> None:
    """Somebody adds a column by hand. Does the tool notice?"""
    project.first()
    project.sql("ALTER TABLE meetings ADD COLUMN by_hand INT")
    project.make("drift")
    if not project.aerich:
        project.run(f"{NATIVE} migrate --dry-run")
    project.table()


def offline_sql(project: Project) -> None:
    """The statements of a migration, for somebody else to run; with no database within reach."""
    project.first()
    project.models(TITLE)
    project.server = dataclasses.replace(project.server, port=1)  # nobody listens there
    project.settings()
    before = set(project.files())
    if project.aerich:
        project.run("aerich migrate --offline --name title")
    else:
        project.make("title")
        project.run(f"{NATIVE} sqlmigrate models 0002_title")
    project.show(*project.files(since=before))


def two_at_once(project: Project) -> None:
    """Two containers start at the same moment, and both migrate: four times."""
    project.first()
    columns: list[str] = []
    for number in range(4):
        columns.append(f"c{number} = fields.IntField(null=True)")
        project.models(*columns)
        project.make(f"c{number}")
        for process in [project.begin("aerich upgrade" if project.aerich else f"{NATIVE} migrate") for _ in "ab"]:
            printed, _ = process.communicate()
            project.note(exit=process.returncode, last=printed.strip().splitlines()[-1])
    record = "SELECT version FROM aerich" if project.aerich else "SELECT name FROM tortoise_migrations"
    project.note(recorded=[str(row[0]) for row in project.sql(record)])


def move_over(project: Project) -> None:
    """From Aerich to Tortoise's own, with a table that holds a row."""
    native, project.tool = project.tool, "aerich"
    project.first(rows=ONE_ROW)
    project.tool = native
    project.settings()
    project.run(f"{NATIVE} init")
    project.make("init")
    project.run(f"{NATIVE} migrate --fake")
    project.step("title", TITLE)


TASKS: dict[str, Callable[[Project], None]] = {
    task.__name__.replace("_", "-"): task
    for task in (
        *(first_table, change_columns, add_date, rename, rename_and_widen, replace, downgrade, data_migration),
        *(two_branches, failed_half_way, two_at_once, drift, offline_sql, move_over),
    )
}
ONE_WAY = {"move-over"}  # tasks that only the native tool has


def compare(name: str, tool: str, server: Server) -> None:
    """One task with one tool, in a folder and a database that are gone afterwards."""
    database = f"compared_{tool}_{name.replace('-', '_')}_test"
    print(f"\n=== {name}: {tool}. {(TASKS[name].__doc__ or '').strip()}")
    with tempfile.TemporaryDirectory() as folder, cursor(server) as ask:
        ask.execute(f"DROP DATABASE IF EXISTS `{database}`")
        ask.execute(f"CREATE DATABASE `{database}`")
        try:
            TASKS[name](Project(tool, Path(folder), database, server))
        finally:
            ask.execute(f"DROP DATABASE IF EXISTS `{database}`")


def main(tasks: Iterable[str]) -> None:
    """Each task with the tools that have it."""
    server = given()
    for name in tasks:
        for tool in ("tortoise",) if name in ONE_WAY else ("aerich", "tortoise"):
            compare(name, tool, server)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Aerich and Tortoise's own migrations on the same tasks.")
    parser.add_argument("tasks", nargs="*", choices=[*TASKS, []], help="all when none is named")
    tasks = parser.parse_args().tasks or TASKS
    begin(lambda: main(tasks))
