"""What `workbook db` does: up, down, status, shell."""

import os
import shlex
import subprocess
from pathlib import Path

from workbook.mysql import docker, ladder, local, programs
from workbook.mysql.ladder import database_name
from workbook.mysql.login import create_database, databases
from workbook.mysql.server import Server, Unavailable
from workbook.say import Problem, _, say


def up(project: Path) -> None:
    """Find a MySQL or bring one up that stays, create the database, and print the values alone, as `.env` has them."""
    server = ladder.climb(project, use="detached")
    name = database_name(project)
    create_database(server, name)
    say(server.sentence)
    for key, value in server.environment(name).items():
        print(f"{key}={shlex.quote(value)}")


def down(project: Path) -> None:
    """Stop the server that the workbook started; its data stays. A server that was given is never touched."""
    if local.stop_kept() or docker.stop(project):
        print(_("MySQL is stopped; its data stays, and `workbook db up` finds it again."))
    else:
        print(_("The workbook has no MySQL running."))


def status(project: Path) -> None:
    """Say which server answers and which databases it holds; a Problem when none does."""
    server = _running(project)
    print(server.sentence)
    print(_("Databases:"), ", ".join(databases(server)) or _("none yet"))


def _running(project: Path) -> Server:
    if server := ladder.running(project):
        return server
    raise Problem(_("No MySQL is running for this project."), ways=("workbook db up",))


def shell(project: Path) -> int:
    """Open the `mysql` client on the application's database, and return its exit code."""
    server = _running(project)
    name = database_name(project)
    create_database(server, name)
    login = [f"--host={server.host}", f"--port={server.port}", f"--user={server.user}", "--protocol=TCP", name]
    try:
        client = programs.client()
    except Unavailable as reason:
        install = _("Install one:") + " `apt install mysql-client` / `brew install mysql-client`"
        raise Problem(_("This machine has no `mysql` client."), why=str(reason), ways=(install,)) from reason
    # The password goes through the environment: on a command line every user of the machine could read it.
    return subprocess.call([*client, *login], env=os.environ | {"MYSQL_PWD": server.password})
