"""The MySQL of a job: what it expects (a service, GitHub's own, or none), and the throwaway server that plays it."""

import contextlib
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from workbook.mysql import ladder, local
from workbook.mysql.login import create_database, cursor, quoted
from workbook.mysql.server import Server, Unavailable
from workbook.say import Problem, _

MYSQL_PORT = 3306

ANY_PORT = 0
"""The port of a service that publishes a lone `3306`: GitHub picks one, and steps ask for it by an expression."""

STARTS_MYSQL = re.compile(
    r"(?m)^([^#\n]*?)(?:\bsudo\s[^#;&|\n]*?)?"
    r"(?:\bsystemctl\s[^#;&|\n]*(?:\b(?:re)?start|--now)\s[^#;&|\n]*\bmysqld?\b(?:\.service)?"
    r"|(?:\bservice\s+|/etc/init\.d/)mysqld?\s+(?:re)?start\b)"
)
"""The command of a script that starts the MySQL which GitHub's machines have installed; before it, what stays."""

_PUBLISHED = re.compile(r"(?:(?:.*:)?(\d+):)?3306(?:/tcp)?")
_SECRET = re.compile(r"\$\{\{\s*secrets\.(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Service:
    """A MySQL service container, as the workflow describes it.

    `environment` is what the image is told: secrets are made up, other expressions of GitHub's count as empty. `ports`
    are those of the runner that lead to MySQL's. `health`: whether GitHub waits until MySQL answers.
    """

    name: str
    image: str
    environment: dict[str, str] = field(default_factory=dict)
    ports: tuple[int, ...] = ()
    health: bool = False

    @property
    def refusal(self) -> str:
        """Why the image would stop at once, or nothing. These are the rules of its entry point."""
        root = ("MYSQL_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD")
        told = self.environment
        if not any(map(told.get, root)):
            return _("It wants one of {root}.", root=", ".join(root))
        if told.get("MYSQL_USER") == "root":
            return _("MYSQL_USER is for a further user and must not be root; leave it out of the service's env.")
        lacks = told.get("MYSQL_USER") and not told.get("MYSQL_PASSWORD")
        return _("MYSQL_USER needs MYSQL_PASSWORD beside it.") if lacks else ""


def mysql_service(job: dict[str, Any]) -> Service | None:
    """The job's first MySQL service."""
    for name, described in (job.get("services") or {}).items():
        settings = described if isinstance(described, dict) else {"image": described}
        image = str(settings.get("image"))
        if re.fullmatch(r"(.*/)?mysql(-server)?([:@].*)?", image, re.IGNORECASE):
            env = (settings.get("env") or {}).items()
            told = {key: re.sub(r"(?s)\$\{\{.*?\}\}", "", _SECRET.sub(r"made-up-\1", value)) for key, value in env}
            published = filter(None, map(_PUBLISHED.fullmatch, settings.get("ports") or ()))
            ports = tuple(int(found[1] or ANY_PORT) for found in published)
            return Service(name, image, told, ports, "--health-cmd" in (settings.get("options") or ""))
    return None


def secrets_of(job: dict[str, Any]) -> dict[str, str]:
    """The secrets that a service's `env` names: any value does, when the server and the steps have the same."""
    return {name: f"made-up-{name}" for name in _SECRET.findall(str(job.get("services") or ""))}


PREINSTALLED = Service("mysql", "preinstalled", {"MYSQL_ROOT_PASSWORD": "root"}, (MYSQL_PORT,), True)
"""What GitHub's Ubuntu machines have installed, and switched off: root's password is `root`."""


class Mysql(NamedTuple):
    """What a job finds: each port that the workflow knows, and the port here that stands for it; and whether the server
    is GitHub's preinstalled one. `said` is what plays it, and what of it would go wrong on GitHub, a line each."""

    ports: dict[int, int]
    preinstalled: bool = False
    said: str = ""


@contextlib.contextmanager
def serve(project: Path, job: dict[str, Any]) -> Iterator[Mysql]:
    """Have the job's MySQL (its service's, or GitHub's own when a step starts that); a Problem when none can be had."""
    scripts = "\n".join(step.get("run", "") for step in job["steps"])
    played = mysql_service(job) or (PREINSTALLED if STARTS_MYSQL.search(scripts) else None)
    # Bound and not listening: certainly nobody answers there. A job without a MySQL must not find its owner's.
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        ports = {MYSQL_PORT: nobody.getsockname()[1]}
        if not played:
            yield Mysql(ports)
            return
        with _start(project, played) as server:
            _settle(server, played)
            names = {"version": server.version, "name": played.name, "image": played.image}
            said = _("MySQL {version} of this machine plays the service {name} ({image}).", **names)
            if not played.health:
                said += "\n" + _(
                    "{name} has no --health-cmd: on GitHub the steps may start before it answers.", **names
                )
            # One that it does not publish leads nowhere, and the expression that asks for it is empty.
            ports |= ({ANY_PORT: server.port} if played.ports else {}) | dict.fromkeys(played.ports, server.port)
            yield Mysql(ports, played is PREINSTALLED, said)


def _start(project: Path, service: Service) -> Server:
    # A server that was lent to the tests will not do: here root gets another password. And to one in a container nobody
    # comes as root@localhost, whose password the steps change.
    if service is not PREINSTALLED and os.environ.get("WORKBOOK_MYSQL") != "given":
        return ladder.climb(project, use="test")
    try:
        return local.start(use="test")
    except Unavailable as reason:
        raise Problem(_("No MySQL could be found or brought up on this machine."), why=str(reason)) from reason


def _settle(server: Server, service: Service) -> None:
    """Make the accounts and the database that the image's entry point makes."""
    told = service.environment
    if told.get("MYSQL_DATABASE"):
        create_database(server, told["MYSQL_DATABASE"])
    with cursor(server) as ask:
        if user := told.get("MYSQL_USER"):
            ask.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", (user, told["MYSQL_PASSWORD"]))
            if told.get("MYSQL_DATABASE"):
                ask.execute(f"GRANT ALL ON {quoted(told['MYSQL_DATABASE'])}.* TO %s@'%%'", (user,))
        for host in ("%", "localhost"):
            ask.execute("ALTER USER IF EXISTS root@%s IDENTIFIED BY %s", (host, told.get("MYSQL_ROOT_PASSWORD", "")))
