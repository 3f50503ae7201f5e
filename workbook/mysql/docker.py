"""The second rung: MySQL in a container, from the template's own compose file."""

import hashlib
import os
import re
import secrets
import shlex
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

from workbook.mysql import follow, is_free
from workbook.mysql.server import PASSWORD, Server, Unanswered, Unavailable, leave_it, ours
from workbook.say import Problem, _, marked, say, stage

PORT = 3306
SERVICE = "db"
"""MySQL's name in the compose file; other services there are left alone."""
OVERRIDE = Path(__file__).with_name("throwaway.compose.yaml")
ENGINE_SECONDS, WAIT_SECONDS = 15, 180
"""For the engine to say that it is there; for what the health check cannot end: some engines never call a container
that exited unhealthy."""
PORT_TAKEN = re.compile(r"port is already allocated|address already in use|ports are not available", re.IGNORECASE)
RUNNING = marked("already running, in this project's Docker container")


def start(project: Path, *, throwaway: bool) -> Server:
    """Bring up MySQL in a container and wait until it takes logins.

    Args:
        project: the application's folder, with its `compose.yaml`; its path tells its containers from another clone's.
        throwaway: a new one with its data in memory, gone after `stop()`. Otherwise the project's one server, with its
            data in a volume: `stop()` stops it if this call started it.

    Raises Unavailable: there is no Docker here that can be used. Unanswered: its engine is on another machine.
    Problem: Docker is here and did not bring MySQL up; its last lines say why.
    """
    compose, flags = _of(project), ["--wait-timeout", str(WAIT_SECONDS)]
    stop, how = compose.stop, _("in this project's Docker container")
    if throwaway:
        compose, port = _throwaway(compose), 0
        stop, how = compose.remove, _("in a throwaway Docker container")
    elif port := compose.port():
        stop, how, flags = leave_it, _(RUNNING), [*flags, "--no-recreate"]
    else:
        port = PORT if is_free(PORT) else 0
    try:
        compose.up(port, *flags)
        return ours(compose.port(), how, stop)
    except BaseException:
        with suppress(Problem):
            stop()
        raise


def found(project: Path) -> Server | None:
    """The project's own server, if it runs in a Docker that can be used; a Problem when it does not let root in."""
    with suppress(Unavailable, Unanswered):
        if port := _of(project).port():
            return ours(port, _(RUNNING))
    return None


def usable(project: Path) -> bool:
    """Whether a Docker engine answers here that could run a project's server."""
    try:
        return bool(_of(project))
    except Unavailable:
        return False


def stop(project: Path) -> bool:
    """Stop the project's own server, whoever started it, and keep its data; whether it was running."""
    with suppress(Unavailable):
        compose = _of(project)
        if compose.port():
            compose.stop()
            return True
    return False


class Compose(NamedTuple):
    """`docker compose` for one project, whose containers, networks and volumes carry its name; its last file wins."""

    name: str
    files: tuple[Path, ...]

    def up(self, wish: int, *flags: str) -> None:
        """Start the container and wait until its health check passes, on the wished port or, at 0, one that is free."""
        with stage(_("Docker: starting MySQL; the first time it downloads the image")) as progress:
            for port in (wish, 0):
                up = self.command("up", "--wait", *flags, SERVICE)
                code, printed = follow(up, _environment(port), lambda line: progress(line.strip()[:50]))
                # Taken since, or by somebody whom we cannot see from here, such as a Windows outside of WSL.
                if not (code and port and PORT_TAKEN.search(printed)):
                    break
        if code:
            # Not `docker compose logs`: it cuts the lines for a terminal, and writes control characters to a pipe too.
            containers = re.findall(r"\b[0-9a-f]{12,}\b", self._ask("ps", "--all", "--quiet", SERVICE)[1])
            log = [line for each in containers for line in follow(["docker", "logs", each])[1].splitlines()]
            errors = [line for line in log if "[ERROR]" in line]
            raise self._failed(("up", "--wait", SERVICE), printed, "\n".join(errors or log))

    def port(self) -> int:
        """The published port of the running container; 0 when it does not run."""
        code, printed = self._ask("port", SERVICE, "3306")
        match = re.search(r":(\d+)\s*$", printed)
        return int(match[1]) if match and not code else 0

    def stop(self) -> None:
        """Stop the container; it and its volume stay."""
        say(_("Docker: stopping MySQL; its data stays in the volume …"))
        self._ask("stop", SERVICE, required=True)

    def remove(self) -> None:
        """Remove the container, its network and its volumes."""
        self._ask("down", "--volumes", required=True)

    def command(self, *arguments: str) -> list[str]:
        """The whole command line."""
        files = [part for file in self.files for part in ("-f", str(file))]
        return ["docker", "compose", "-p", self.name, *files, *arguments]

    def _ask(self, *arguments: str, required: bool = False) -> tuple[int, str]:
        code, printed = follow(self.command(*arguments), _environment(0))
        if code and required:
            raise self._failed(arguments, printed)
        return code, printed

    def _failed(self, arguments: tuple[str, ...], *printed: str) -> Problem:
        """The one screen for a command that went wrong, with the last lines that tell why."""
        lines = [f"    {line}" for text in printed for line in text.strip().splitlines()[-12:]]
        ways = (
            _("To see all of it, run:") + f" {shlex.join(self.command(*arguments))}",
            # The image takes half-made data, of a first start that was interrupted, for finished.
            _("Or, if its data may go, start anew after:") + f" {shlex.join(self.command('down', '--volumes'))}",
            _("Or do without Docker: put WORKBOOK_MYSQL=local in front of the command."),
        )
        what = _("`docker compose {arguments}` failed.", arguments=arguments[0])
        return Problem(what, why="\n".join([_("Its last lines:"), "", *lines]), ways=ways)


def _of(project: Path) -> Compose:
    """The project's own compose project, under a name that belongs to this path alone; Unavailable without Docker."""
    folder = project.resolve()
    file = folder / "compose.yaml"
    if not file.exists():
        raise Unavailable(_("there is no {file}", file=file))
    if not shutil.which("docker"):
        raise Unavailable(_("there is no `docker` on PATH"))
    try:
        # Asks the plugin and the engine at once.
        subprocess.run(["docker", "compose", "ls"], capture_output=True, check=True, timeout=ENGINE_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip()
        reason = said.partition("\n")[0].rstrip(".") or error
        raise Unavailable(_("the Docker engine does not answer ({reason})", reason=reason)) from error
    return Compose("workbook-" + hashlib.sha256(str(folder).encode()).hexdigest()[:10], (file,))


def _throwaway(own: Compose) -> Compose:
    """A new compose project beside the project's own; those whose process was killed, and so could not, are removed."""
    files = (*own.files, OVERRIDE)
    for name in follow(["docker", "compose", "ls", "--all", "--quiet"])[1].split():
        match = re.fullmatch(rf"{own.name}-throwaway-(\d+)-\w+", name)
        if match and not psutil.pid_exists(int(match[1])):
            with suppress(Problem):
                Compose(name, files).remove()
    return Compose(f"{own.name}-throwaway-{os.getpid()}-{secrets.token_hex(3)}", files)


def _environment(port: int) -> dict[str, str]:
    """The environment that the compose file takes its values from; it wins over a `.env` beside the file."""
    return os.environ | {"MYSQL_PORT": str(port), "MYSQL_PASSWORD": PASSWORD}
