"""What looks stand on: copies of the project, programs that run in them, and databases that nobody misses."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbook.history.git import try_git
from workbook.login import create_database, cursor, databases, quoted
from workbook.mysql import ladder
from workbook.mysql.server import Server
from workbook.place import TEMPLATE
from workbook.say import Problem, _
from workbook.student import environment
from workbook.student.check import Broken

PROBE = Path(__file__).with_name("probe.py")
SECONDS = 120.0
"""How long the project's code may take to answer. It is there to catch what hangs."""
PREFIX = "workbook_check_"
"""Every database that a check makes is named so, and none that is named otherwise is ever dropped."""

_SKIPPED = shutil.ignore_patterns(".git", ".venv", "venv", "__pycache__", "node_modules", "*.pyc", ".*_cache")


@dataclass
class Ground:
    """The student's project as the looks see it. Use as a context manager: at the end nothing is left behind.

    Attributes:
        project: its root.
        wrong: the files with wrong applications, by the request in front of which they stand.
        server: a MySQL on which nobody has anything; one is started when it is needed when None.
        seconds: how long the project's code may take to answer.
        remarks: sentences for the end of the screen, which count for nothing.
        heard: what the project's own programs said of errors so far, as they said it.
        stack: what to leave at the end.
    """

    project: Path
    wrong: dict[str, list[Path]] = field(default_factory=dict)
    server: Server | None = None
    seconds: float = SECONDS
    remarks: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> "Ground":
        self.scratch = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="workbook-check-"))).resolve()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stack.close()

    def copy(self, dotenv: str | None = None) -> Path:
        """A copy of the files that git knows or would take up, and of `.env`; what goes wrong stays in it.

        Args:
            dotenv: what `.env` holds in it; the student's own when None.
        """
        target = Path(tempfile.mkdtemp(dir=self.scratch)) / self.project.name
        listed = try_git(self.project, "ls-files", "-z", "-c", "-o", "--exclude-standard", looking=True)
        if listed.returncode:
            shutil.copytree(self.project, target, ignore=_SKIPPED)
        target.mkdir(parents=True, exist_ok=True)
        for path in sorted({*listed.stdout.split("\0"), ".env"} - {""}):
            if (self.project / path).is_file():
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.project / path, target / path)
        if dotenv is not None:
            (target / ".env").write_text(dotenv, encoding="utf-8")
        return target

    def throwaway(self) -> Server:
        """A server on which nobody has anything, until the end.

        Raises:
            Problem: none can be started here.
        """
        if self.server is None:
            self.server = self.stack.enter_context(ladder.climb(TEMPLATE, use="test"))
            know_korea(self.server)
        return self.server

    def start(
        self, command: list[str], root: Path, values: dict[str, str], log: Path, **pipes: int
    ) -> "subprocess.Popen[str]":
        """Start a program of the project's, in a session of its own, which is ended with us.

        Args:
            command: its words, the interpreter first.
            values: variables added to the person's environment; an empty one takes a variable away.
            log: the file that takes what it prints.
        """
        settings = environment.running(Path(command[0])) | values
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=root,
                env={name: value for name, value in settings.items() if value or name == "MYSQL_PASSWORD"},
                stdin=pipes.get("stdin", subprocess.DEVNULL),
                stdout=pipes.get("stdout", output),
                stderr=output,
                text=True,
                encoding="utf-8",
                start_new_session=True,
            )
        self.stack.callback(_end, process)
        return process


class Probe:
    """The program `probe.py` in a copy of the project.

    Args:
        python: the interpreter that has the project's packages.
        values: further variables.
        dotenv: another `.env`, with which an error may be just what was asked for, and is not remembered.
    """

    def __init__(self, ground: Ground, python: Path, values: dict[str, str], dotenv: str | None = None) -> None:
        self._root = ground.copy(dotenv)
        self._log, self._hangs = (self._root.with_name(name) for name in ("output", "hangs"))
        self._ground, self._quiet = ground, dotenv is not None
        command = [str(python), str(PROBE), str(ground.seconds), str(self._hangs)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = ground.start(command, self._root, values, self._log, **pipes)

    def ask(self, what: str, **values: Any) -> dict[str, Any]:
        """What was seen.

        Raises:
            Broken: the project's code raised something, does not come to its end, or ended Python.
        """
        assert self._process.stdin
        assert self._process.stdout
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps({"ask": what} | values) + "\n")
            self._process.stdin.flush()
        answer = self._process.stdout.readline().replace(f"{self._root}/", "")
        if not answer:
            self._process.wait()
            raise Broken(hanging(self._hangs, self._root, self._ground.seconds) or self._ended())
        seen: dict[str, Any] = json.loads(answer)
        error = seen.get("error")
        if error and not self._quiet:
            self._ground.heard.append(f"{error['type']}: {error['says']}")
        if error:
            raise Broken(sentence(error))
        return seen

    def _ended(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").replace(f"{self._root}/", "").split("\n")
        said = [line for line in lines if line.strip()] or [_("it printed nothing")]
        return _("Importing it ended Python: {said}", said=said[-1])


def sentence(error: dict[str, Any]) -> str:
    """An error as a sentence: `app/main.py:3: ModuleNotFoundError: No module named 'app.services'`."""
    said = re.sub(r"\s*\n\s*", " / ", str(error["says"]))
    where = f"{error['file']}:{error['line']}: " if error.get("file") else ""
    return f"{where}{error['type']}: {said}"


def hanging(dump: Path, root: Path, seconds: float, *, ended: bool = True) -> str:
    """A sentence about code that did not come to its end; an empty text when it did.

    Args:
        dump: what faulthandler wrote, the innermost frame first.
        root: where the project lies.
        ended: whether the program is over.
    """
    written = dump.read_text(encoding="utf-8", errors="replace") if dump.exists() else ""
    if ended and not written.strip():
        return ""
    own = re.findall(rf'File "{re.escape(str(root))}/([^"]+)", line (\d+)', written)
    if not own:
        return _("Your code does not come to its end within {seconds:g} seconds.", seconds=seconds)
    return _(
        "{where}: your code is still here after {seconds:g} seconds. Does a loop never end, or does something wait?",
        where=":".join(own[0]),
        seconds=seconds,
    )


class Databases:
    """Databases of one run on a throwaway server, all under one name, dropped at the end: the server may be given."""

    def __init__(self, ground: Ground) -> None:
        """Take a name that nobody has."""
        self.server = ground.throwaway()
        self.prefix = f"{PREFIX}{os.getpid()}_{os.urandom(3).hex()}"
        ground.stack.callback(self._drop)

    def make(self, suffix: str) -> str:
        """Make an empty database; its name."""
        name = f"{self.prefix}_{suffix}"
        create_database(self.server, name)
        return name

    def login(self, database: str) -> dict[str, Any]:
        """How a driver logs in."""
        server = self.server
        named = {"host": server.host, "port": server.port, "user": server.user, "password": server.password}
        return named | {"db": database}

    def _drop(self) -> None:
        with contextlib.suppress(Problem, OSError), cursor(self.server) as ask:
            for name in databases(self.server):
                if name.startswith(self.prefix):
                    ask.execute(f"DROP DATABASE {quoted(name)}")


def students_server(project: Path) -> Server:
    """The server that the environment or `.env` names, else the workbook's, else at the course's own address.

    Raises:
        Problem: none answers, or it is no MySQL that lets the student in.
    """
    server = ladder.running(project, strict=True) or ladder.unnamed()
    if server is None:
        raise Problem(_("No MySQL is running for this project."), ways=("workbook db up",))
    return server


def tables(server: Server, database: str) -> dict[str, str]:
    """Every table of a database with its `SHOW CREATE TABLE`, without the counter of its keys."""
    found = {}
    with cursor(server, database) as ask:
        ask.execute("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")
        for name, _kind in ask.fetchall():
            ask.execute(f"SHOW CREATE TABLE {quoted(name)}")
            row = ask.fetchone()
            assert row is not None
            found[str(name)] = re.sub(r" AUTO_INCREMENT=\d+", "", str(row[1]))
    return found


def know_korea(server: Server) -> None:
    """Teach a server that we started the course's time zone by its name, as Docker's image and a Mac's know it."""
    with cursor(server, "mysql") as ask:
        ask.execute("SELECT CONVERT_TZ('2000-01-01', '+00:00', 'Asia/Seoul')")
        if ask.fetchone() == (None,):
            ask.execute("INSERT INTO time_zone (Use_leap_seconds) VALUES ('N')")
            ask.execute("INSERT IGNORE INTO time_zone_name VALUES ('Asia/Seoul', LAST_INSERT_ID())")
            ask.execute("INSERT INTO time_zone_transition_type VALUES (LAST_INSERT_ID(), 0, 32400, 0, 'KST')")


def _end(process: "subprocess.Popen[str]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
    process.wait()
