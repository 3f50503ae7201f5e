"""The second rung: MySQL in a container, from the template's own compose file."""

import hashlib
import os
import re
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from workbook.mysql import follow
from workbook.mysql.mysqld import is_free
from workbook.mysql.probe import PASSWORD, Unanswered, ours
from workbook.mysql.server import Server, Unavailable, leave_it
from workbook.say import Problem, _, marked, say, stage

PORT = 3306

SERVICE = "db"
"""MySQL's name in the compose file; other services there are left alone."""

OVERRIDE = Path(__file__).with_name("throwaway.compose.yaml")

ENGINE_SECONDS = (1, 15)
"""How long the engine may take to say that it is there: before that is announced, and after."""

WAIT_SECONDS = 180
"""For what the compose file's health check cannot end: some engines never call a container that exited unhealthy."""

SHOWN_LINES = 12

PORT_TAKEN = re.compile(r"port is already allocated|address already in use|ports are not available", re.IGNORECASE)

RUNNING = marked("already running, in this project's Docker container")


def usable() -> str:
    """The path of a `docker` whose engine answers and that knows `compose`; Unavailable says why there is none."""
    docker = shutil.which("docker")
    if docker is None:
        raise Unavailable(_("there is no `docker` on PATH"))
    short, long = ENGINE_SECONDS
    try:
        try:
            engine = _run([docker, "info"], timeout=short)
        except subprocess.TimeoutExpired:
            say(_("Docker: waiting for its engine …"))
            engine = _run([docker, "info"], timeout=long)
    except subprocess.TimeoutExpired:
        silent = marked("the Docker engine did not answer `docker info` within {engine_seconds:g} seconds")
        raise Unavailable(_(silent, engine_seconds=long)) from None
    except OSError as error:
        raise Unavailable(_("`{docker}` cannot be run: {strerror}", docker=docker, strerror=error.strerror)) from error
    if engine.returncode:
        raise Unavailable(_("the Docker engine does not answer ({reason})", reason=_reason(engine.stdout)))
    plugin = _run([docker, "compose", "version"])
    if plugin.returncode:
        raise Unavailable(_("this Docker has no compose plugin ({reason})", reason=_reason(plugin.stdout)))
    return docker


def start(project: Path, *, throwaway: bool) -> Server:
    """Bring up MySQL in a container and wait until it takes logins.

    Args:
        project: the application's folder, with its `compose.yaml`; its path tells its containers from another clone's.
        throwaway: a new server of its own, with its data in memory, gone after `stop()`. Otherwise the project's one
            server, with durable settings and its data in a volume: `stop()` stops it if this call started it, and
            leaves the volume.

    Returns:
        the server, on a port of 127.0.0.1.

    Raises:
        Unavailable: there is no Docker here that can be used; the sentence says why.
        Unanswered: its engine is on another machine.
        Problem: Docker is here and did not bring MySQL up; its last lines say why.
    """
    compose = _of(project)
    ran_on, stop, undo, how = 0, compose.stop, compose.stop, _("in this project's Docker container")
    if throwaway:
        compose = _throwaway(compose)
        stop = undo = compose.remove
        how = _("in a throwaway Docker container")
    elif ran_on := compose.port():
        stop = undo = leave_it
        how = _(RUNNING)
    elif not compose.has_data():
        # The image takes any data directory for a finished one. Half of one, left by a first start that was
        # interrupted, would have no password for ever after; nobody's rows are in it yet.
        undo = compose.remove
    try:
        return ours(compose.up(ran_on, throwaway=throwaway), how, stop)
    except BaseException:
        with suppress(Problem):
            undo()
        raise


def found(project: Path) -> Server | None:
    """The project's own server, if it runs in a Docker that can be used; a Problem when it does not let root in."""
    with suppress(Unavailable, Unanswered):
        if port := _of(project).port():
            return ours(port, _(RUNNING))
    return None


def stop(project: Path) -> bool:
    """Stop the project's own server, whoever started it, and keep its data; whether it was running."""
    with suppress(Unavailable):
        compose = _of(project)
        if compose.port():
            compose.stop()
            return True
    return False


@dataclass(frozen=True)
class Compose:
    """`docker compose` for one project: the few commands that a MySQL container needs."""

    docker: str
    """The executable."""
    name: str
    """The project's; containers, networks and volumes carry it."""
    files: tuple[Path, ...]
    """The compose files, each laid over the one before."""

    def up(self, ran_on: int, *, throwaway: bool) -> int:
        """Create and start the container, and wait until its health check passes; the port that it got.

        Args:
            ran_on: the port of a container that runs, and is left as it is; 0 when none does.
            throwaway: whether the engine chooses the port. Else it is MySQL's own, where nobody has that.
        """
        kept = ["--no-recreate"] if ran_on else []
        up = self.command("up", "--wait", "--wait-timeout", str(WAIT_SECONDS), *kept, SERVICE)
        wish = ran_on or (0 if throwaway or not is_free(PORT) else PORT)
        with stage(_("Docker: starting MySQL; the first time it downloads the image")) as progress:
            failure = _follow(up, wish, progress)
            # Taken since, or by somebody whom we cannot see from here, such as a Windows outside of WSL.
            if wish and PORT_TAKEN.search(failure):
                failure = _follow(up, 0, progress)
        if failure:
            raise self._failed(("up", "--wait", SERVICE), failure, self._log())
        if port := self.port():
            return port
        raise self._failed(("port", SERVICE, "3306"), _("No port of the container is published."), self._log())

    def port(self) -> int:
        """The published port of the running container; 0 when it does not run."""
        answer = _run(self.command("port", SERVICE, "3306"))
        match = re.search(r":(\d+)\s*$", answer.stdout)
        return int(match[1]) if answer.returncode == 0 and match else 0

    def has_data(self) -> bool:
        """Whether the project has a volume from before."""
        label = f"label=com.docker.compose.project={self.name}"
        return self.name in _run([self.docker, "volume", "ls", "--quiet", "--filter", label]).stdout

    def stop(self) -> None:
        """Stop the container; it and its volume stay."""
        say(_("Docker: stopping MySQL; its data stays in the volume …"))
        self._require("stop", SERVICE)

    def remove(self) -> None:
        """Remove the container, its network and its volumes."""
        self._require("down", "--volumes")

    def command(self, *arguments: str) -> list[str]:
        """The whole command line."""
        files = [part for file in self.files for part in ("-f", str(file))]
        return [self.docker, "compose", "-p", self.name, *files, *arguments]

    def _log(self) -> str:
        """The last errors in MySQL's own log, or its last lines when it names none."""
        # Not `docker compose logs`: it cuts the lines for a terminal, and writes control characters to a pipe too.
        containers = re.findall(r"\b[0-9a-f]{12,}\b", _run(self.command("ps", "--all", "--quiet", SERVICE)).stdout)
        lines = [line for each in containers for line in _run([self.docker, "logs", each]).stdout.splitlines()]
        return "\n".join([line for line in lines if "[ERROR]" in line] or lines)

    def _require(self, *arguments: str) -> None:
        done = _run(self.command(*arguments))
        if done.returncode:
            raise self._failed(arguments, done.stdout)

    def _failed(self, arguments: tuple[str, ...], *printed: str) -> Problem:
        """The one screen for a command that went wrong, with the last lines that tell why."""
        lines = [f"    {line}" for text in printed for line in text.strip().splitlines()[-SHOWN_LINES:]]
        return Problem(
            _("`docker compose {arguments}` failed.", arguments=arguments[0]),
            why="\n".join([_("Its last lines:"), "", *lines]),
            ways=(_("To see all of it, run:") + f" {shlex.join(self.command(*arguments))}",),
        )


def _of(project: Path) -> Compose:
    """The project's own compose project, under a name that belongs to this path alone; Unavailable without Docker."""
    folder = project.resolve()
    file = folder / "compose.yaml"
    if not file.exists():
        raise Unavailable(_("there is no {file}", file=file))
    return Compose(usable(), "workbook-" + hashlib.sha256(str(folder).encode()).hexdigest()[:10], (file,))


def _throwaway(own: Compose) -> Compose:
    """A new compose project beside the project's own; those whose process was killed, and so could not, are removed."""
    files = (*own.files, OVERRIDE)
    for name in _run([own.docker, "compose", "ls", "--all", "--quiet"]).stdout.split():
        match = re.fullmatch(rf"{own.name}-throwaway-(\d+)-\w+", name)
        if match and not psutil.pid_exists(int(match[1])):
            with suppress(Problem):
                Compose(own.docker, name, files).remove()
    return Compose(own.docker, f"{own.name}-throwaway-{os.getpid()}-{secrets.token_hex(3)}", files)


def _reason(said: str) -> str:
    """The line of Docker's answer that tells: the first that is neither its description of itself nor a warning."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith(("WARNING", "errors pretty printing"))]
    return (telling or lines or [_("it gives no reason")])[0].removeprefix("ERROR: ").rstrip(".")


def _environment(port: int) -> dict[str, str]:
    """The environment that the compose file takes its values from; it wins over a `.env` beside the file."""
    return os.environ | {"MYSQL_PORT": str(port), "MYSQL_PASSWORD": PASSWORD}


def _run(command: list[str], timeout: float | None = None) -> subprocess.CompletedProcess[str]:
    """What `docker` answers to a short question, errors and all."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=_environment(0),
        timeout=timeout,
    )


def _follow(command: list[str], port: int, progress: Callable[[str], None]) -> str:
    """Run what takes long and show its lines as they come; nothing when it went well, else all that it printed."""
    code, printed = follow(command, _environment(port), lambda line: progress(line.strip()[:50]))
    return (printed.strip() or _("It printed nothing.")) if code else ""
