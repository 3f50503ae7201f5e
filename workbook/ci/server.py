"""The MySQL of a job: the throwaway server of the ladder, with the accounts that GitHub's would have."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from workbook.ci.gate import Gate
from workbook.ci.service import MYSQL_PORT, Service
from workbook.login import create_database, cursor, quoted
from workbook.mysql import ladder, local
from workbook.mysql.server import Server

PREINSTALLED = Service("the preinstalled MySQL", "mysql", {"MYSQL_ROOT_PASSWORD": "root"})
"""What GitHub's Ubuntu machines have installed, and switched off: root's password is `root`."""


@dataclass(frozen=True, slots=True)
class Mysql:
    """What a job finds.

    Attributes:
        version: the server's, or empty when the job has none.
        ports: the ports that the workflow knows, and the ports here that stand for them.
        socket: whether GitHub's machine would have MySQL's socket.
        bell: opens the gate in front of a server that has to be started first.
    """

    version: str
    ports: dict[int, int]
    socket: bool = False
    bell: int | None = None


@contextmanager
def serve(project: Path, service: Service | None, *, preinstalled: bool) -> Iterator[Mysql]:
    """Have the job's MySQL for as long as the `with` lasts.

    Args:
        service: the service container that is played; None for none.
        preinstalled: whether the job, without a service, may start the server that GitHub's machines have installed.

    Raises:
        Problem: no MySQL can be had on this machine.
    """
    if service:
        with Gate() as nobody, _throwaway(project) as server:
            _settle(server, service)
            yield Mysql(server.version, {MYSQL_PORT: nobody.port} | dict.fromkeys(service.ports, server.port))
    elif preinstalled:
        with _throwaway(project) as server, Gate((server.host, server.port)) as gate:
            _settle(server, PREINSTALLED)
            yield Mysql(server.version, {MYSQL_PORT: gate.port}, socket=True, bell=gate.bell)
    else:
        with Gate() as nobody:
            yield Mysql("", {MYSQL_PORT: nobody.port})


def _throwaway(project: Path) -> Server:
    """A server of our own. One that was lent to the tests will not do: here root gets another password."""
    if os.environ.get("WORKBOOK_MYSQL") == "given":
        return local.start(use="test")
    return ladder.climb(project, use="test")


def _settle(server: Server, service: Service) -> None:
    """Make the accounts and the database that the image's entry point makes."""
    told = service.environment
    if told.get("MYSQL_DATABASE"):
        create_database(server, told["MYSQL_DATABASE"])
    with cursor(server) as ask:
        if told.get("MYSQL_USER"):
            user = (told["MYSQL_USER"], told["MYSQL_PASSWORD"])
            ask.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", user)
            if told.get("MYSQL_DATABASE"):
                ask.execute(f"GRANT ALL ON {quoted(told['MYSQL_DATABASE'])}.* TO %s@'%%'", user[:1])
        random = uuid4().hex if told.get("MYSQL_RANDOM_ROOT_PASSWORD") else ""
        ask.execute("ALTER USER root@'%%' IDENTIFIED BY %s", (told.get("MYSQL_ROOT_PASSWORD") or random,))
        random = uuid4().hex if told.get("MYSQL_RANDOM_ROOT_PASSWORD") else ""
        ask.execute("ALTER USER root@'%%' IDENTIFIED BY %s", (told.get("MYSQL_ROOT_PASSWORD") or random,))
        # Through Docker nobody arrives from localhost, so that account would be another in each rung. It is ours, and
        # this is the last thing that it does.
        ask.execute("DROP USER root@localhost")
