"""The second rung: MySQL in a container, from the template's own compose file."""

import hashlib
import os
import re
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil

from workbook.mysql import engine
from workbook.mysql.compose import PASSWORD, Compose
from workbook.mysql.mysqld import free_port
from workbook.mysql.probe import Unanswered, probe
from workbook.mysql.server import Server, Unavailable
from workbook.say import Problem, _

HOST = "127.0.0.1"
USER = "root"
PORT = 3306
OVERRIDE = Path(__file__).with_name("throwaway.compose.yaml")

PORT_TAKEN = re.compile(r"port is already allocated|address already in use|ports are not available", re.IGNORECASE)


def start(project: Path, *, throwaway: bool, say: Callable[[str], None]) -> Server:
    """Bring up MySQL in a container and wait until it takes logins.

    Args:
        project: the application's folder, with its `compose.yaml`; its path tells its containers from another clone's.
        throwaway: a new server of its own, with its data in memory, gone after `stop()`. Otherwise the project's one
            server, with durable settings and its data in a volume: `stop()` stops it if this call started it, and
            leaves the volume.
        say: hears a line of progress now and then.

    Returns:
        the server, on a port of 127.0.0.1.

    Raises:
        Unavailable: there is no Docker here that can be used; the sentence says why.
        Problem: Docker is here and did not bring MySQL up; its last lines say why.
    """
    file = _compose_file(project)
    if not file.exists():
        raise Unavailable(_("there is no {file}", file=file))
    docker = engine.usable(say)
    if throwaway:
        prefix = f"{_name(project)}-throwaway-"
        files = (file, OVERRIDE)
        _remove_orphans(docker, prefix, files)
        compose = Compose(docker, f"{prefix}{os.getpid()}-{secrets.token_hex(3)}", files)
        how = _("in a throwaway Docker container")
        return _serve(compose, 0, say, how, let_go=compose.remove, undo=compose.remove)
    compose = Compose(docker, _name(project), (file,))
    running_on = compose.port()
    if running_on:
        return _serve(compose, running_on, say, _already_running(), let_go=None, undo=None)

    def let_go() -> None:
        say(_stopping())
        compose.stop()

    # The image takes any data directory for a finished one. Half of one, left by a first start that was interrupted,
    # would have no password for ever after; nobody's rows are in it yet.
    undo = compose.stop if compose.has_data() else compose.remove
    how = _("in this project's Docker container")
    return _serve(compose, _port(), say, how, let_go=let_go, undo=undo)


def found(project: Path) -> Server | None:
    """The project's own server, if it runs in a Docker that can be used.

    Raises:
        Problem: it runs and does not let root in.
    """
    compose = _own(project)
    port = compose.port() if compose else None
    if not port:
        return None
    try:
        version = probe(HOST, port, USER, PASSWORD)
    except Unanswered:
        return None
    return Server(HOST, port, USER, PASSWORD, version, _already_running())


def stop(project: Path, *, say: Callable[[str], None]) -> bool:
    """Stop the project's own server, whoever started it, and keep its data.

    Returns:
        whether it was running.

    Raises:
        Problem: it runs and Docker does not stop it; its last lines say why.
    """
    compose = _own(project)
    if not compose or not compose.port():
        return False
    say(_stopping())
    compose.stop()
    return True


def _already_running() -> str:
    return _("already running, in this project's Docker container")


def _stopping() -> str:
    return _("Docker: stopping MySQL; its data stays in the volume …")


def _serve(
    compose: Compose,
    port: int,
    say: Callable[[str], None],
    how: str,
    *,
    let_go: Callable[[], None] | None,
    undo: Callable[[], None] | None,
) -> Server:
    """Bring the container up and log in.

    Args:
        let_go: the server's `stop`; None for one that ran before.
        undo: what to do when this fails or is interrupted; None as well.
    """
    if let_go:
        say(_("Docker: starting MySQL; the first time it downloads the image …"))
    try:
        port = _up(compose, port, say, keep=let_go is None)
        version = probe(HOST, port, USER, PASSWORD)
    except BaseException as error:
        if undo:
            with suppress(Problem):
                undo()
        if isinstance(error, Unanswered):
            raise Unavailable(
                _(
                    "MySQL started in Docker, but its port {port} does not answer on {host}: the engine seems to "
                    "be on another machine (`docker context show` names it)",
                    port=port,
                    host=HOST,
                )
            ) from error
        raise
    server = Server(HOST, port, USER, PASSWORD, version, how)
    return replace(server, stop=let_go) if let_go else server


def _up(compose: Compose, port: int, say: Callable[[str], None], *, keep: bool) -> int:
    """`up`, on another port when somebody was quicker to take this one; returns the port that it got."""
    for attempt in range(3):
        failure = compose.up(port, say, keep=keep)
        if not failure:
            published = compose.port()
            if published:
                return published
            unpublished = _("No port of the container is published.")
            raise compose.failed(("port", "db", "3306"), [unpublished, *compose.log()])
        if not PORT_TAKEN.search("\n".join(failure)) or attempt == 2:
            raise compose.failed(("up", "--wait", "db"), failure + compose.log())
        port = free_port()
    raise AssertionError("the last attempt returns or raises")


def _own(project: Path) -> Compose | None:
    """The project's own compose project; None when there is no Docker to ask about it."""
    try:
        return Compose(engine.usable(), _name(project), (_compose_file(project),))
    except Unavailable:
        return None


def _compose_file(project: Path) -> Path:
    return project.resolve() / "compose.yaml"


def _name(project: Path) -> str:
    """A compose project name that belongs to this path alone."""
    return "workbook-" + hashlib.sha256(str(project.resolve()).encode()).hexdigest()[:10]


def _remove_orphans(docker: str, prefix: str, files: tuple[Path, ...]) -> None:
    """Remove this project's throwaway servers whose process is gone: one that was killed could not."""
    for name in engine.ask(docker, "compose", "ls", "--all", "--quiet").stdout.split():
        match = re.fullmatch(rf"{re.escape(prefix)}(\d+)-\w+", name)
        if match and not psutil.pid_exists(int(match[1])):
            with suppress(Problem):
                Compose(docker, name, files).remove()


def _port() -> int:
    """MySQL's usual port when nobody listens there, else any free one."""
    with socket.socket() as caller:
        caller.settimeout(1.0)
        taken = caller.connect_ex((HOST, PORT)) == 0
    return free_port() if taken else PORT
