"""What `workbook db` does: up, down, status, shell."""

import os
import shlex
import subprocess
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from workbook.login import create_database, databases
from workbook.mysql import docker, given, ladder, local
from workbook.mysql.probe import Unanswered
from workbook.mysql.server import Server
from workbook.say import Problem, _, say
from workbook.settings import database_name

output = Console(highlight=False, soft_wrap=True)


def up(project: Path) -> None:
    """Find a MySQL or bring one up that stays, create the application's database, and print how to reach it.

    Standard output carries the values alone, in the form of a `.env` file: `workbook db up >> .env` works.
    """
    server = ladder.climb(project, use="detached")
    name = database_name(project)
    create_database(server, name)
    say(server.sentence)
    for key, value in server.environment(name).items():
        output.print(f"{key}={shlex.quote(value)}", markup=False)


def down(project: Path) -> None:
    """Stop the server that the workbook started; its data stays. A server that was given is never touched."""
    if local.stop_kept() or docker.stop(project, say=say):
        output.print(_("MySQL is stopped; its data stays, and `workbook db up` finds it again."))
    else:
        output.print(_("The workbook has no MySQL running."))


def status(project: Path) -> int:
    """Say which server answers and which databases it holds.

    Returns:
        the exit code: 0 when one answers, 1 when none does.
    """
    server = _found(project)
    if not server:
        output.print(_("No MySQL is running for this project. `workbook db up` brings one up."))
        return 1
    output.print(server.sentence, markup=False)
    names = databases(server)
    listed = ", ".join(names) or _("none yet")
    output.print(_("Databases:") + f" {listed}", markup=False)
    return 0


def shell(project: Path) -> int:
    """Open the `mysql` client on the application's database.

    Returns:
        the client's exit code.

    Raises:
        Problem: no server answers, or this machine has no client.
    """
    server = _found(project)
    if not server:
        raise Problem(
            _("No MySQL is running for this project."),
            ways=("workbook db up",),
        )
    client = local.client()
    if not client:
        raise Problem(
            _("This machine has no `mysql` client."),
            ways=(
                _("Install one:") + " `apt install default-mysql-client` / `brew install mysql-client`",
                _("Or use any other client:") + f" {server.user}@{server.host}, port {server.port}",
            ),
        )
    name = database_name(project)
    create_database(server, name)
    login = [f"--host={server.host}", f"--port={server.port}", f"--user={server.user}", "--protocol=TCP", name]
    # The password goes through the environment: on a command line every user of the machine could read it.
    return subprocess.call([*client, *login], env=os.environ | {"MYSQL_PWD": server.password})


def _found(project: Path) -> Server | None:
    """The server that `workbook db up` would use, if it runs; nothing is started."""
    with suppress(Unanswered):  # the one that was named is not running, as after `db up >> .env` and `db down`
        server = given.find(os.environ, project / ".env")
        if server:
            return server
    return local.found() or docker.found(project)
