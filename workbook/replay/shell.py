"""What a student types into: the shell, with a server in its background, MySQL's own client, and Python's session."""

import contextlib
import json
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import time
import tty
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from workbook.lesson.errors import LessonError
from workbook.lesson.model import Session
from workbook.mysql import programs
from workbook.mysql.login import databases
from workbook.mysql.server import Unavailable
from workbook.replay.compare import indented
from workbook.replay.ground import INSIDE, Ground, Settings
from workbook.say import Problem

_WRAPPER = """
set +e
. {state}
cd -- "$(cat {directory})" || exit
__leave() {{
    __code=$?
    export -p | grep -v -E "^declare -x (PWD|OLDPWD|SHLVL)=" > {state}
    pwd > {directory}
    exit $__code
}}
trap __leave EXIT
{command}
"""
_PROMPT = b"mysql> "
_GOES_ON = re.compile(r"""(?: {4}[-'"`]> | {3}/\*> )*""")
"""The client's prompts for the further lines of a statement."""


class Ran(NamedTuple):
    """What a command did: its exit code (None when its time was over) and what it printed, as the page shows it."""

    code: int | None
    output: tuple[str, ...]


@dataclass(slots=True)
class Shell:
    """A shell whose directory and exported variables last from one command to the next."""

    ground: Ground
    server: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        (self.ground.root / "directory").write_text(f"{self.ground.project}\n")
        (self.ground.root / "variables").write_text("")

    def run(self, command: str, *, keep: bool = True) -> Ran:
        """Run a command to its end, or to the settings' timeout. Then it and all it started are killed.

        Without `keep` it starts at the project's root and leaves no directory and no variable to the next one.
        """
        log = self.ground.root / "output"
        with log.open("wb") as output:
            process = self._start(command, output.fileno(), keep)
            try:
                code: int | None = process.wait(self.ground.settings.timeout)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                _kill(process)
        return Ran(code, self._lines(log))

    def run_on(self, command: str, ready: Callable[[tuple[str, ...]], bool]) -> Ran:
        """Start a command that goes on, and wait until what it prints satisfies `ready`; it has a code if it ended."""
        log = self.ground.root / "background"
        with log.open("wb") as output:
            self.server = self._start(command, output.fileno())
        deadline = time.monotonic() + self.ground.settings.patience
        while not ready(self._lines(log)) and self.server.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        return Ran(self.server.poll(), self._lines(log))

    def stop(self) -> None:
        """End the background server as Ctrl-C does; kill it when it does not listen within ten seconds."""
        if self.server is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            if self.server.poll() is None:
                os.killpg(self.server.pid, signal.SIGINT)
                self.server.wait(10)
        _kill(self.server)
        self.server = None

    def _start(self, command: str, output: int, keep: bool = True) -> "subprocess.Popen[bytes]":
        script = (_WRAPPER if keep else "{command}").format(
            state=shlex.quote(f"{self.ground.root}/variables"),
            directory=shlex.quote(f"{self.ground.root}/directory"),
            command=self.ground.to_run(command),
        )
        return subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-c", script, "bash"],
            cwd=self.ground.project,
            env=self.ground.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _lines(self, log: Path) -> tuple[str, ...]:
        return lines_of(self.ground.to_show(log.read_text(encoding="utf-8", errors="replace")))


def lines_of(output: str) -> tuple[str, ...]:
    """An output's lines, without empty ones at its start and end."""
    lines = output.split("\n")
    full = [number for number, line in enumerate(lines) if line.strip()]
    return tuple(lines[full[0] : full[-1] + 1]) if full else ()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Leave nothing of the command's process group behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Client:
    """MySQL's own client in a terminal, logged in to the project's database when it exists; leaving a `with` closes it.

    It may take `patience` seconds to answer. Raises Problem: there is no client here, or it cannot log in.
    """

    def __init__(self, settings: Settings) -> None:
        server = settings.server
        assert server is not None
        try:
            client = programs.client()
        except Unavailable as reason:
            raise Problem("A mysql fence is run by MySQL's own client.", why=str(reason), code=2) from None
        command = [*client, "--no-beep", f"--host={server.host}", f"--port={server.port}", f"--user={server.user}"]
        command += [settings.database] if settings.database in databases(server) else []
        self._keyboard, terminal = pty.openpty()
        # What is typed is not echoed, and lines may be longer than a terminal's 4,096 bytes.
        tty.setraw(terminal)
        env = {"PATH": os.environ["PATH"], "TERM": "dumb", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
        env |= {"MYSQL_PWD": server.password, "MYSQL_HISTFILE": "/dev/null"}
        self._process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=env)
        os.close(terminal)
        self.patience = settings.timeout
        said, ready = self._until_prompt()
        if not ready:
            self.__exit__()
            raise Problem("MySQL's client does not come to its prompt.", why=said)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_why: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._keyboard)

    def run(self, statement: str) -> list[str]:
        """Run one statement that ends with `;` or `\\G`; the lines that the client prints, without its prompts."""
        os.write(self._keyboard, f"{statement}\n".encode())
        said, ready = self._until_prompt()
        if not ready:
            return [f"(the client does not answer within {self.patience:g} seconds)"]
        return list(lines_of(_GOES_ON.sub("", said, count=1))) or [""]

    def _until_prompt(self) -> tuple[str, bool]:
        """What the client prints, and whether it asks for the next statement then."""
        said = b""
        deadline = time.monotonic() + self.patience
        while not (b"\n" + said).endswith(b"\n" + _PROMPT):
            ready = select.select([self._keyboard], [], [], max(0, deadline - time.monotonic()))
            try:
                read = os.read(self._keyboard, 65536) if ready[0] else b""
            except OSError:  # it has ended, and its terminal with it
                read = b""
            if not read:
                return said.decode(errors="replace"), False
            said += read
        return said.removesuffix(_PROMPT).decode(errors="replace"), True


def run_python(shell: Shell, session: Session) -> list[tuple[str, ...]]:
    """Run a pycon fence as one session of the project's Python: the lines that each example prints.

    Raises LessonError: Python itself does not start, or the session ends it.
    """
    ground = shell.ground
    sources, outputs = ground.root / "session.json", ground.root / "printed.json"
    outputs.unlink(missing_ok=True)
    sources.write_text(json.dumps([exchange.typed for exchange in session.exchanges]), encoding="utf-8")
    ran = shell.run(f"{ground.python} {shlex.join([str(INSIDE), str(sources), str(outputs)])}")
    if not outputs.exists():
        what = "this Python session does not come to its end."
        raise LessonError(session.place.file, session.place.first, what, why=indented(ran.output))
    return [lines_of(ground.to_show(text)) for text in json.loads(outputs.read_text(encoding="utf-8"))]
