"""Sessions within a fence: statements in MySQL's own client, and Python examples in the project's own Python."""

import json
import os
import pty
import re
import select
import shlex
import subprocess
import time
import tty
from pathlib import Path

from workbook.lesson.errors import LessonError
from workbook.lesson.model import Session
from workbook.login import databases
from workbook.mysql import programs
from workbook.mysql.server import Unavailable
from workbook.runner.compare import indented
from workbook.runner.ground import Settings
from workbook.runner.shell import Shell, lines_of
from workbook.say import Problem

_DRIVER = Path(__file__).with_name("pycon_driver.py")
_PROMPT = b"mysql> "
_GOES_ON = re.compile(r"""(?: {4}[-'"`]> | {3}/\*> )*""")
"""The client's prompts for the further lines of a statement."""


class Client:
    """MySQL's own client in a terminal, logged in as a fence finds it. Close it by leaving a `with`.

    Attributes:
        patience: how long it may take to answer, in seconds.

    Raises:
        Problem: there is no client here, or it cannot log in.
    """

    def __init__(self, settings: Settings) -> None:
        """Log in, to the project's database when it exists."""
        server = settings.server
        assert server is not None
        try:
            command = list(programs.client())
        except Unavailable as reason:
            raise Problem("A mysql fence is run by MySQL's own client.", why=str(reason), code=2) from None
        command += ["--no-beep", f"--host={server.host}", f"--port={server.port}"]
        command += [f"--user={server.user}", *([settings.database] if settings.database in databases(server) else [])]
        keyboard, terminal = pty.openpty()
        # What is typed is not echoed, and lines may be longer than a terminal's 4,096 bytes.
        tty.setraw(terminal)
        environment = {"PATH": os.environ["PATH"], "TERM": "dumb", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
        self._process = subprocess.Popen(
            command,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            env=environment | {"MYSQL_PWD": server.password, "MYSQL_HISTFILE": "/dev/null"},
            start_new_session=True,
        )
        os.close(terminal)
        self._keyboard = keyboard
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
        """Run one statement that ends with `;` or `\\G`.

        Returns:
            the lines that the client prints, without its prompts.
        """
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
    """Run a pycon fence as one session of the project's Python.

    Returns:
        the lines that each example prints.

    Raises:
        LessonError: Python itself does not start, or the session ends it.
    """
    ground = shell.ground
    python = "uv run --no-sync python" if (ground.project / "pyproject.toml").exists() else "python"
    sources, outputs = ground.root / "session.json", ground.root / "printed.json"
    outputs.unlink(missing_ok=True)
    sources.write_text(json.dumps([exchange.typed for exchange in session.exchanges]), encoding="utf-8")
    ran = shell.run(f"{python} {shlex.join([str(_DRIVER), str(sources), str(outputs)])}")
    if not outputs.exists():
        what = "this Python session does not come to its end."
        raise LessonError(session.place.file, session.place.first, what, why=indented(ran.output))
    return [lines_of(ground.to_show(text)) for text in json.loads(outputs.read_text(encoding="utf-8"))]
