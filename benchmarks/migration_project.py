"""A scratch project in which Aerich or Tortoise's own migrations are tried, with a record of all that happened.

In:   MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD: a server on which databases may be made and dropped.
Out:  nothing of its own; migrations_compared.py uses it.
"""

import os
import re
import subprocess
import sys
from collections.abc import Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymysql

BIN = Path(sys.executable).parent
CONNECT: dict[str, Any] = {
    "host": os.environ.get("MYSQL_HOST", "127.0.0.1"),
    "port": int(os.environ.get("MYSQL_PORT", "3306")),
    "user": os.environ.get("MYSQL_USER", "root"),
    "password": os.environ.get("MYSQL_PASSWORD", "1234"),
}

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
{more}"""


@dataclass
class Project:
    """A scratch project with a database of its own, and a record of all that happened in it."""

    tool: str
    folder: Path
    database: str
    record: list[dict[str, object]] = field(default_factory=list)

    def models(self, *fields: str, more: str = "") -> None:
        """Write the models: Meeting with these further fields, and more classes below it."""
        lines = "".join(f"    {line}\n" for line in fields)
        (self.folder / "models.py").write_text(MODELS.format(fields=lines, more=more))

    def settings(self) -> None:
        """Write the settings; the native tool finds its folder by the key `migrations`."""
        credentials = CONNECT | {"database": self.database}
        modules = ["models", "aerich.models"] if self.aerich else ["models"]
        (self.folder / "settings.py").write_text(SETTINGS.format(credentials=credentials, modules=modules))

    def run(self, command: str, answer: str = "") -> int:
        """Run a command of the tool in the project; gives its exit code."""
        program, *arguments = command.split()
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": ".", "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [BIN / program, *arguments],
            cwd=self.folder,
            env=environment,
            input=answer,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        printed = done.stdout.replace(str(self.folder), "~/project").rstrip()
        self.note(command=command, printed=_brief(printed), exit=done.returncode)
        return done.returncode

    def sql(self, *statements: str) -> list[tuple[object, ...]]:
        """Run statements on the project's database; gives the rows of the last."""
        with pymysql.connect(**CONNECT, database=self.database, autocommit=True) as connection:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def table(self, name: str = "meetings") -> None:
        """Note what MySQL says about a table."""
        try:
            [[_, created]] = self.sql(f"SHOW CREATE TABLE {name}")
            self.note(table=[line.strip(" ,") for line in str(created).splitlines()[1:-1]])
        except pymysql.err.ProgrammingError as error:
            self.note(table=[str(error)])

    def files(self, since: Set[Path] = frozenset()) -> list[Path]:
        """The migration files, oldest first, without those given."""
        found = {*self.folder.glob("migrations/models/*.py"), *self.folder.glob("steps/[0-9]*.py")}
        return sorted(found - since)

    def show(self, path: Path) -> None:
        """Note a migration's text, without the blob of state."""
        text = re.sub(r"\n*MODELS_STATE = \(.*\)", "", path.read_text(), flags=re.DOTALL)
        self.note(file=path.name, text=text.strip())

    def note(self, **what: object) -> None:
        """Keep it and print it."""
        self.record.append(what)
        for key, value in what.items():
            match value:
                case list():
                    print(f"  {key}:", *(f"    {line}" for line in value), sep="\n")
                case str() if "\n" in value:
                    print(f"  {key}:", *(f"    {line}" for line in value.splitlines()), sep="\n")
                case _:
                    print(f"  {key}: {value}")

    # The same steps, in each tool's words.

    def make(self, name: str, answer: str = "") -> list[Path]:
        """Write a migration from the models as they are now; gives the new files."""
        before = set(self.files())
        if self.aerich:
            self.run(f"aerich migrate --name {name}", answer)
        else:
            self.run(f"tortoise -c settings.TORTOISE_ORM makemigrations -n {name}", answer)
        return self.files(since=before)

    def apply(self) -> int:
        """Run what has not run yet."""
        return self.run("aerich upgrade" if self.aerich else "tortoise -c settings.TORTOISE_ORM migrate")

    def first(self, *fields: str, more: str = "") -> None:
        """A project with its first table."""
        (self.folder / "pyproject.toml").write_text('[project]\nname = "scratch"\nversion = "0"\n')
        self.models(*fields, more=more)
        self.settings()
        if self.aerich:
            self.run("aerich init -t settings.TORTOISE_ORM")
            self.run("aerich init-db")
        else:
            self.run("tortoise -c settings.TORTOISE_ORM init")
            self.make("init")
            self.apply()

    @property
    def aerich(self) -> bool:
        """Whether it is Aerich's project."""
        return self.tool == "aerich"


def _brief(text: str) -> str:
    """The first lines and the last of a long output: a traceback's middle says nothing about the tool."""
    lines = text.splitlines()
    return text if len(lines) <= 14 else "\n".join([*lines[:4], "...", *lines[-6:]])
