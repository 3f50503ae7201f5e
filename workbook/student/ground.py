"""What looks stand on: copies of the project, programs that run in them, and databases that nobody misses."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import Any

from workbook.mysql import ladder
from workbook.mysql.login import create_database, cursor, quoted
from workbook.mysql.server import Server
from workbook.place import TEMPLATE
from workbook.say import Problem, _
from workbook.student import environment
from workbook.student.check import Broken
from workbook.student.shape import files_of

PROBE = Path(__file__).with_name("probe")
SECONDS = 120.0
"""How long the project's code may take to answer. It is there to catch what hangs."""
PREFIX = "workbook_check_"
"""Every database that a check makes is named so, and none that is named otherwise is ever dropped."""


@dataclass
class Ground:
    """The student's project as the looks see it. Use as a context manager: at the end nothing is left behind.

    `wrong` are the files with wrong applications, by their route; `server` is a MySQL on which nobody has anything (one
    is started when it is None). `remarks` go to the end of the screen; `heard` is what the project's programs said.
    """

    project: Path
    wrong: dict[str, list[Path]] = field(default_factory=dict)
    server: Server | Problem | None = None
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
        """A copy of the files that git knows or would take up, and of each `.env`, or with that text as `.env`."""
        target = Path(tempfile.mkdtemp(dir=self.scratch)) / self.project.name
        target.mkdir()
        secret = [file.relative_to(self.project) for file in secrets_of(self.project)]
        for path in {*files_of(self.project), *secret}:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.project / path, target / path)
        if dotenv is not None:
            for path in (Path(".env"), *secret):
                (target / path).write_text(dotenv, encoding="utf-8")
        return target

    @property
    def throwaway(self) -> Server:
        """A server on which nobody has anything: the given one, else one of ours. Raises Problem when there is none."""
        if self.server is None:
            try:
                self.server = self.stack.enter_context(ladder.climb(TEMPLATE, use="test"))
                know_korea(self.server)
            except Problem as problem:  # which is said once, and not tried again
                self.server = problem
        if isinstance(self.server, Problem):
            raise self.server
        return self.server

    def make(self, suffix: str) -> str:
        """Make an empty database under a name that nobody has; it is dropped at the end."""
        name = f"{PREFIX}{os.getpid()}_{self.scratch.name.rpartition('-')[2]}_{suffix}"
        create_database(self.throwaway, name)
        self.stack.callback(self._drop, name)
        return name

    def login(self, database: str | None = None) -> dict[str, Any]:
        """How a driver logs in."""
        named = {name: getattr(self.throwaway, name) for name in ("host", "port", "user", "password")}
        return named | ({"db": database} if database else {})

    def _drop(self, prefix: str) -> None:
        # With those that the student's tests made beside it, and named after it.
        with suppress(Problem, OSError), cursor(self.throwaway) as ask:
            ask.execute("SHOW DATABASES")
            for (name,) in ask.fetchall():
                if name.startswith(prefix):
                    ask.execute(f"DROP DATABASE {quoted(name)}")


class Program:
    """A program of `probe/`, in a copy of the project and a session of its own, which is ended with us.

    `values` are added to the environment, an empty one takes a variable away; `dotenv` is as in `Ground.copy`.
    """

    def __init__(
        self, ground: Ground, command: list[str], values: dict[str, str], dotenv: str | None = None, **pipes: int
    ) -> None:
        self.root = ground.copy(dotenv)
        self._output = self.root.with_name("output")
        settings = environment.running(Path(command[0])) | values
        env = {name: value for name, value in settings.items() if value or name == "MYSQL_PASSWORD"}
        options = {"cwd": self.root, "env": env, "text": True, "encoding": "utf-8", "start_new_session": True}
        with self._output.open("wb") as output:
            streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output, **pipes}
            self.process: subprocess.Popen[str] = subprocess.Popen(command, **options, **streams)  # type: ignore[call-overload]
        ground.stack.callback(_end, self.process)

    @property
    def printed(self) -> str:
        """What it has printed so far; the project's files are named as the student knows them."""
        return self.named(self._output.read_text(encoding="utf-8", errors="replace"))

    def named(self, text: str) -> str:
        """A text with the project's files named as the student knows them."""
        return text.replace(f"{self.root}/", "")

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """End it when what stands under `with` takes longer. Raises Broken then: a sentence with the innermost line."""
        timer = Timer(seconds, self.process.send_signal, [signal.SIGUSR1])
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
        if self.process.poll() != -signal.SIGUSR1:
            return
        own = re.findall(r'File "([^/<"].*)", line (\d+)', self.printed.partition("(most recent call first)")[2])
        at = {"where": ":".join(own[0]) if own else self.root.name, "seconds": seconds}
        raise Broken(
            _(
                "{where}: your code is still here after {seconds:g} seconds. "
                "Does a loop never end, or does something wait?",
                **at,
            )
        )


class Probe(Program):
    """The program `probe/`. With another `.env` an error may be just what was asked for, and is not remembered."""

    def __init__(self, ground: Ground, python: Path, values: dict[str, str], dotenv: str | None = None) -> None:
        self._seconds, self._heard = ground.seconds, ground.heard if dotenv is None else []
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        super().__init__(ground, [str(python), str(PROBE)], values, dotenv, **pipes)

    def ask(self, what: str, **values: Any) -> dict[str, Any]:
        """What was seen. Raises Broken: the project's code raised something, does not end, or ended Python."""
        assert self.process.stdin
        assert self.process.stdout
        with self.within(self._seconds):
            with suppress(BrokenPipeError):
                self.process.stdin.write(json.dumps({"ask": what} | values) + "\n")
                self.process.stdin.flush()
            answer = self.process.stdout.readline()
            if not answer:
                self.process.wait()
        if not answer:
            said = [line for line in self.printed.split("\n") if line.strip()] or [_("it printed nothing")]
            raise Broken(_("Importing it ended Python: {said}", said=said[-1]))
        seen: dict[str, Any] = json.loads(self.named(answer))
        if "error" in seen:
            self._heard.append(seen["heard"])
            raise Broken(seen["error"])
        return seen


def secrets_of(project: Path) -> list[Path]:
    """The project's `.env`, wherever it lies: git does not know it."""
    patterns = (".env", "[!.]*/.env", "[!.]*/[!.]*/.env")
    return [file for pattern in patterns for file in project.glob(pattern) if file.is_file()]


def students_server(project: Path) -> Server:
    """The server that the environment or `.env` names, else the workbook's, else at the course's own address.

    Raises Problem: none answers, or it is no MySQL that lets the student in.
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
            found[str(name)] = re.sub(r" AUTO_INCREMENT=\d+", "", str(ask.fetchall()[0][1]))
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
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(BrokenPipeError), process:  # which closes its pipes, and waits
        pass
