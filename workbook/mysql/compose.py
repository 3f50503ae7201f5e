"""`docker compose` for one project: the few commands that a MySQL container needs."""

import os
import re
import shlex
import subprocess
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbook.say import Problem, _

PASSWORD = "1234"
"""The password of root in every container of ours. A volume keeps the one that it was made with, so it never varies."""

SERVICE = "db"
"""MySQL's name in the compose file; other services there are left alone."""

WAIT_SECONDS = 180
"""How long a started container may take to become healthy; the compose file's own health check gives up before that.

It is for what the health check cannot end: some engines never call a container that exited unhealthy.
"""

SHOWN_LINES = 12


@dataclass(frozen=True)
class Compose:
    """One compose project.

    Attributes:
        docker: the `docker` executable.
        name: the project's name; containers, networks and volumes carry it.
        files: the compose files, each laid over the one before.
    """

    docker: str
    name: str
    files: tuple[Path, ...]

    def up(self, port: int, say: Callable[[str], None], *, keep: bool = False) -> list[str]:
        """Create and start the container, and wait until its health check passes.

        Args:
            port: the port of this machine to publish; 0 lets the engine choose.
            say: hears what compose prints, thinned out.
            keep: leave a container that exists as it is, even if the files have changed since.

        Returns:
            nothing when it went well, else the last lines that were printed.
        """
        tail: deque[str] = deque(maxlen=SHOWN_LINES)
        show = sparing(say)
        with subprocess.Popen(
            self.command(
                "up", "--wait", "--wait-timeout", str(WAIT_SECONDS), *(["--no-recreate"] if keep else []), SERVICE
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=_environment(port),
        ) as process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    if line.strip():
                        tail.append(line.strip())
                        show(line.strip())
            except BaseException:
                # Leaving the block waits for compose, which may be minutes from done.
                process.terminate()
                raise
        return (list(tail) or [_("It printed nothing.")]) if process.returncode else []

    def port(self) -> int | None:
        """The published port of the running container; None when it does not run."""
        answer = self._run("port", SERVICE, "3306")
        match = re.search(r":([1-9]\d*)\s*$", answer.stdout)
        return int(match[1]) if answer.returncode == 0 and match else None

    def has_data(self) -> bool:
        """Whether the project has a volume from before."""
        label = f"label=com.docker.compose.project={self.name}"
        return bool(_run([self.docker, "volume", "ls", "--quiet", "--filter", label]).stdout.strip())

    def log(self) -> list[str]:
        """The last errors in MySQL's own log, or its last lines when it names none."""
        containers = self._run("ps", "--all", "--quiet", SERVICE).stdout.split()
        if not containers:
            return []
        # Not `docker compose logs`: it cuts the lines for a terminal, and writes control characters to a pipe too.
        printed = _run([self.docker, "logs", "--tail", "200", containers[0]])
        lines = [line for line in (printed.stdout + printed.stderr).splitlines() if line.strip()]
        errors = [line for line in lines if "[ERROR]" in line]
        return (errors or lines)[-SHOWN_LINES:]

    def stop(self) -> None:
        """Stop the container; it and its volume stay."""
        self._require("stop", SERVICE)

    def remove(self) -> None:
        """Remove the container, its network and its volumes."""
        self._require("down", "--volumes")

    def command(self, *arguments: str) -> list[str]:
        """The whole command line."""
        files = [part for file in self.files for part in ("-f", str(file))]
        return [self.docker, "compose", "-p", self.name, *files, *arguments]

    def failed(self, arguments: tuple[str, ...], lines: list[str]) -> Problem:
        """The one screen for a command that went wrong, with the last lines that tell why."""
        return Problem(
            _("`docker compose {arguments}` failed.", arguments=arguments[0]),
            why="\n".join([_("Its last lines:"), "", *(f"    {line}" for line in lines)]),
            ways=(_("To see all of it, run:") + f" {shlex.join(self.command(*arguments))}",),
        )

    def _require(self, *arguments: str) -> None:
        done = self._run(*arguments)
        if done.returncode:
            raise self.failed(arguments, (done.stdout + done.stderr).splitlines()[-SHOWN_LINES:])

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return _run(self.command(*arguments))


def sparing(say: Callable[[str], None], *, every: float = 2.0) -> Callable[[str], None]:
    """A `say` for compose's output, which prints a line for every chunk of every layer that it downloads.

    A line that differs from an earlier one in its figures only is passed on once every `every` seconds.
    """
    seen: set[str] = set()
    last = 0.0

    def show(line: str) -> None:
        nonlocal last
        without_figures = re.sub(r"\[.*|\d[\d.]*\s?[kMG]?i?B\b.*", "", line)
        now = time.monotonic()
        if without_figures not in seen or now - last >= every:
            seen.add(without_figures)
            last = now
            say(line)

    return show


def _environment(port: int) -> dict[str, str]:
    """The environment that the compose file takes its values from; it wins over a `.env` beside the file."""
    return os.environ | {"MYSQL_PORT": str(port), "MYSQL_PASSWORD": PASSWORD}


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=_environment(0),
    )
