"""Aerich and Tortoise's own migrations, on the same tasks, on a real MySQL.

In:   MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD: a server on which databases may be made and dropped. Names
      of tasks choose some of them; without any, all run. Run it with the Python of the repository's environment.
Out:  for each task and tool what was typed, what was printed, the exit code, and what MySQL then has; all of it once
      more as JSON with --json FILE. Nothing is judged here: docs/aerich-or-tortoise.md does that.
How:  every task starts in an empty folder with an empty database of its own, whose name ends in `_test`, and drops it.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pymysql
from migration_project import BIN, CONNECT, Project


def first_table(project: Project) -> None:
    """Set up, make the first migration, run it."""
    project.first()
    project.show(project.files()[0])
    project.table()


def change_columns(project: Project) -> None:
    """Add a column with an index and a default, make another one longer."""
    project.first()
    project.sql("INSERT INTO meetings (code) VALUES ('aB3')")
    project.models('title = fields.CharField(max_length=40, default="untitled", db_index=True)')
    text = (project.folder / "models.py").read_text()
    (project.folder / "models.py").write_text(text.replace("max_length=22", "max_length=30"))
    for path in project.make("title"):
        project.show(path)
    project.apply()
    project.table()
    project.note(rows=[str(row) for row in project.sql("SELECT * FROM meetings")])
    project.make("again")


def add_date(project: Project) -> None:
    """Add a date that Python fills in, to a table that holds a row."""
    project.first()
    project.sql("INSERT INTO meetings (code) VALUES ('aB3')")
    project.models("created_at = fields.DatetimeField(auto_now_add=True)")
    for path in project.make("created_at"):
        project.show(path)
    project.apply()
    project.table()
    project.note(rows=[str(row) for row in project.sql("SELECT * FROM meetings")])


def rename(project: Project) -> None:
    """Rename a column that holds values."""
    project.first("title = fields.CharField(max_length=40)")
    project.sql("INSERT INTO meetings (code, title) VALUES ('aB3', 'Lunch')")
    project.models("subject = fields.CharField(max_length=40)")
    for path in project.make("subject", answer="y\n"):
        project.show(path)
    project.apply()
    project.table()
    project.note(rows=[str(row) for row in project.sql("SELECT * FROM meetings")])


def rename_and_widen(project: Project) -> None:
    """Rename a column that holds values, and make it longer in the same step."""
    project.first("title = fields.CharField(max_length=40)")
    project.sql("INSERT INTO meetings (code, title) VALUES ('aB3', 'Lunch')")
    project.models("subject = fields.CharField(max_length=80)")
    for path in project.make("subject", answer="y\n"):
        project.show(path)
    project.apply()
    project.note(rows=[str(row) for row in project.sql("SELECT * FROM meetings")])


def replace(project: Project) -> None:
    """Drop a column and add an unrelated one of the same type: it is not a rename."""
    project.first("place = fields.CharField(max_length=40, null=True)")
    project.sql("INSERT INTO meetings (code, place) VALUES ('aB3', 'Mapo')")
    project.models("organiser = fields.CharField(max_length=40, null=True)")
    for path in project.make("organiser", answer="n\n"):
        project.show(path)
    project.apply()
    project.note(rows=[str(row) for row in project.sql("SELECT * FROM meetings")])


def downgrade(project: Project) -> None:
    """Go back one step, then back to nothing."""
    project.first()
    project.models("title = fields.CharField(max_length=40, null=True)")
    project.make("title")
    project.apply()
    if project.aerich:
        project.run("aerich downgrade --yes")
        project.table()
        project.run("aerich downgrade -v 0 --yes")
    else:
        project.run("tortoise -c settings.TORTOISE_ORM downgrade models 0001_init")
        project.table()
        project.apply()
        project.run("tortoise -c settings.TORTOISE_ORM downgrade models")
    project.table()


def data_migration(project: Project) -> None:
    """Fill a new column from an old one, by a migration that somebody writes."""
    project.first("title = fields.CharField(max_length=40, null=True)")
    project.sql("INSERT INTO meetings (code) VALUES ('aB3'), ('xY7')")
    before = set(project.files())
    if project.aerich:
        project.run("aerich migrate --empty --name fill_title")
        [path] = project.files(since=before)
        body = "UPDATE meetings SET title = CONCAT('Meeting ', code) WHERE title IS NULL;"
        text = path.read_text()
        path.write_text(text.replace('return """\n        """', f'return """\n        {body}\n        """', 1))
    else:
        project.run("tortoise -c settings.TORTOISE_ORM makemigrations --empty -n fill_title models")
        [path] = project.files(since=before)
        text = path.read_text()
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
    project.note(rows=[str(row) for row in project.sql("SELECT * FROM meetings")])


def two_branches(project: Project) -> None:
    """Two people add a column each, from the same start; then both migrations lie in one folder."""
    project.first()
    mine = "title = fields.CharField(max_length=40, null=True)"
    theirs = "place = fields.CharField(max_length=40, null=True)"
    project.models(mine)
    [first] = project.make("title")
    kept = first.read_text()
    first.unlink()
    project.models(theirs)
    project.make("place")
    first.write_text(kept)
    project.note(files=[path.name for path in project.files()])
    project.models(mine, theirs)
    project.apply()
    project.table()
    project.make("merge")
    project.apply()
    project.table()


def failed_half_way(project: Project) -> None:
    """Of a migration's two statements MySQL refuses the second; the cause is mended, and it is run again."""
    project.first()
    project.sql("INSERT INTO meetings (code) VALUES ('aB3'), ('xY7')")
    project.models(
        "number = fields.IntField(null=True)", 'title = fields.CharField(max_length=40, default="", unique=True)'
    )
    for path in project.make("two_columns"):
        project.show(path)
    project.apply()
    project.table()
    project.sql("DELETE FROM meetings WHERE code = 'xY7'")
    project.apply()
    project.table()


def drift(project: Project) -> None:
    """Somebody adds a column by hand. Does the tool notice?"""
    project.first()
    project.sql("ALTER TABLE meetings ADD COLUMN by_hand INT")
    project.make("drift")
    if not project.aerich:
        project.run("tortoise -c settings.TORTOISE_ORM migrate --dry-run")
    project.table()


def offline_sql(project: Project) -> None:
    """The statements of a migration, for somebody else to run; with no database within reach."""
    project.first()
    project.models("title = fields.CharField(max_length=40, null=True)")
    port = CONNECT["port"]
    CONNECT["port"] = 1  # nobody listens there
    project.settings()
    before = set(project.files())
    try:
        if project.aerich:
            project.run("aerich migrate --offline --name title")
        else:
            project.make("title")
            project.run("tortoise -c settings.TORTOISE_ORM sqlmigrate models 0002_title")
    finally:
        CONNECT["port"] = port
    for path in project.files(since=before):
        project.show(path)


def two_at_once(project: Project) -> None:
    """Two containers start at the same moment, and both migrate: four times."""
    project.first()
    words = ["aerich", "upgrade"] if project.aerich else ["tortoise", "-c", "settings.TORTOISE_ORM", "migrate"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": "."}
    columns: list[str] = []
    for number in range(4):
        columns.append(f"c{number} = fields.IntField(null=True)")
        project.models(*columns)
        project.make(f"c{number}")
        both = [
            subprocess.Popen(
                [BIN / words[0], *words[1:]],
                cwd=project.folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _ in "ab"
        ]
        for process in both:
            printed, _ = process.communicate()
            project.note(exit=process.returncode, last=printed.strip().splitlines()[-1])
    record = "SELECT version FROM aerich" if project.aerich else "SELECT name FROM tortoise_migrations"
    project.note(recorded=[str(row[0]) for row in project.sql(record)])


def move_over(project: Project) -> None:
    """From Aerich to Tortoise's own, with a table that holds a row."""
    native, project.tool = project.tool, "aerich"
    project.first()
    project.sql("INSERT INTO meetings (code) VALUES ('aB3')")
    project.tool = native
    project.settings()
    project.run("tortoise -c settings.TORTOISE_ORM init")
    project.make("init")
    project.run("tortoise -c settings.TORTOISE_ORM migrate --fake")
    project.models("title = fields.CharField(max_length=40, null=True)")
    project.make("title")
    project.apply()
    project.table()
    project.note(rows=[str(row) for row in project.sql("SELECT * FROM meetings")])


TASKS: dict[str, Callable[[Project], None]] = {
    task.__name__.replace("_", "-"): task
    for task in (
        first_table,
        change_columns,
        add_date,
        rename,
        rename_and_widen,
        replace,
        downgrade,
        data_migration,
        two_branches,
        failed_half_way,
        two_at_once,
        drift,
        offline_sql,
        move_over,
    )
}
ONE_WAY = {"move-over"}
"""Tasks that only the native tool has."""


def compare(name: str, tool: str) -> list[dict[str, object]]:
    """One task with one tool, in a folder and a database that are gone afterwards; gives the record."""
    database = f"compared_{tool}_{name.replace('-', '_')}_test"
    folder = Path(tempfile.mkdtemp(prefix="migrations-"))
    with pymysql.connect(**CONNECT, autocommit=True) as connection:
        connection.cursor().execute(f"DROP DATABASE IF EXISTS `{database}`")
        connection.cursor().execute(f"CREATE DATABASE `{database}`")
        try:
            project = Project(tool, folder, database)
            TASKS[name](project)
        finally:
            connection.cursor().execute(f"DROP DATABASE IF EXISTS `{database}`")
            shutil.rmtree(folder)
    return project.record


def main() -> None:
    """Read the arguments and run the tasks."""
    parser = argparse.ArgumentParser(description="Aerich and Tortoise's own migrations on the same tasks.")
    parser.add_argument("tasks", nargs="*", choices=[*TASKS, []], help="all when none is named")
    parser.add_argument("--json", type=Path, help="write the record there as well")
    asked = parser.parse_args()
    records = {}
    for name in asked.tasks or TASKS:
        for tool in ("tortoise",) if name in ONE_WAY else ("aerich", "tortoise"):
            print(f"\n=== {name}: {tool}. {(TASKS[name].__doc__ or '').strip()}")
            records[f"{name}/{tool}"] = compare(name, tool)
    if asked.json:
        asked.json.write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
