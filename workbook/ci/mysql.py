"""The MySQL of a job: the throwaway server of the ladder, with the accounts that GitHub's would have."""

import contextlib
import os
import socket
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from workbook.ci.service import ANY_PORT, MYSQL_PORT, Service
from workbook.login import create_database, cursor, quoted
from workbook.mysql import ladder, local
from workbook.mysql.server import Server
from workbook.say import _

PREINSTALLED = Service("the preinstalled MySQL", "mysql", {"MYSQL_ROOT_PASSWORD": "root"})
"""What GitHub's Ubuntu machines have installed, and switched off: root's password is `root`."""


@dataclass(frozen=True, slots=True)
class Mysql:
    """What a job finds.

    Attributes:
        version: the server's, or empty when the job has none.
        ports: the ports that the workflow knows, and the ports here that stand for them; under `ANY_PORT` the one that
            the expression `job.services.….ports[3306]` asks for.
        bell: opens the gate in front of a server that has to be started first; None for a service, and for none.
    """

    version: str
    ports: dict[int, int]
    bell: int | None = None

    def sentences(self, service: Service | None) -> Iterator[str]:
        """Which MySQL plays which, and what of it would go wrong on GitHub."""
        if service:
            yield _(
                "MySQL {version} of this machine plays the service {name} ({image}).",
                version=self.version,
                name=service.name,
                image=service.image,
            )
            if not service.health:
                yield _(
                    "{name} has no --health-cmd: on GitHub the steps may start before it answers.", name=service.name
                )
            if not service.ports:
                yield _(
                    "{name} publishes no port such as {mysql_port}:{mysql_port}, so no step can reach it.",
                    name=service.name,
                    mysql_port=MYSQL_PORT,
                )
        elif self.bell:
            yield _(
                "MySQL {version} of this machine plays the one that GitHub's have installed, off until started.",
                version=self.version,
            )


@contextlib.contextmanager
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
            ports = {MYSQL_PORT: nobody.port, ANY_PORT: server.port} | dict.fromkeys(service.ports, server.port)
            yield Mysql(server.version, ports)
    elif preinstalled:
        with _throwaway(project) as server, Gate((server.host, server.port)) as gate:
            _settle(server, PREINSTALLED)
            yield Mysql(server.version, {MYSQL_PORT: gate.port}, gate.bell)
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
    root = told.get("MYSQL_ROOT_PASSWORD") or (uuid4().hex if told.get("MYSQL_RANDOM_ROOT_PASSWORD") else "")
    if told.get("MYSQL_DATABASE"):
        create_database(server, told["MYSQL_DATABASE"])
    with cursor(server) as ask:
        if told.get("MYSQL_USER"):
            user = (told["MYSQL_USER"], told["MYSQL_PASSWORD"])
            ask.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", user)
            if told.get("MYSQL_DATABASE"):
                ask.execute(f"GRANT ALL ON {quoted(told['MYSQL_DATABASE'])}.* TO %s@'%%'", user[:1])
        ask.execute("ALTER USER root@'%%' IDENTIFIED BY %s", (root,))
        # Through Docker nobody arrives from localhost, so that account would be another in each rung. It is ours, and
        # this is the last thing that it does.
        ask.execute("DROP USER root@localhost")


class Gate(socketserver.ThreadingTCPServer):
    """A port of 127.0.0.1 of our own in front of a server: it refuses every connection until it is opened.

    GitHub's preinstalled MySQL is off until a step starts it. Here the server runs already, so a gate stands before it.
    A gate that is never opened is a port on which certainly nobody answers: a job without a MySQL must not find the one
    that its owner develops on.

    Args:
        target: the server's host and port; None for a gate that stays closed.

    Attributes:
        port: the gate's own port.
        bell: a second port; who connects to it opens the gate, and hears the end of the connection when it is open.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, target: tuple[str, int] | None = None) -> None:
        # Bound and not listening: the port is ours, and the system refuses who knocks.
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler, bind_and_activate=False)
        self.server_bind()
        self._target = target
        self._bell = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.bell: int = self._bell.getsockname()[1]
        self._serving: threading.Thread | None = None
        if target:
            threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        with contextlib.suppress(OSError):  # the bell is gone
            while True:
                line, _address = self._bell.accept()
                with line:
                    if not self._serving:
                        self.server_activate()
                        self._serving = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
                        self._serving.start()

    def finish_request(self, near: object, client_address: object) -> None:
        """Pass on what either side says, until one is gone."""
        assert isinstance(near, socket.socket)
        assert self._target
        with contextlib.suppress(OSError), socket.create_connection(self._target) as far:
            threading.Thread(target=_pass_on, args=(far, near), daemon=True).start()
            _pass_on(near, far)

    def server_close(self) -> None:
        """Let go of both ports."""
        with contextlib.suppress(OSError):
            self._bell.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
        self._bell.close()
        if self._serving:
            self.shutdown()
        super().server_close()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    with contextlib.suppress(OSError):
        other.shutdown(socket.SHUT_RDWR)
