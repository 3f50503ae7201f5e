"""What a check stands on: the project, its Python, its MySQL, and what the probes saw. Each is looked at once."""

import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from workbook.mysql.server import Server
from workbook.problem import Problem
from workbook.student import environment
from workbook.student import server as servers
from workbook.student.copy import copy
from workbook.student.seen import Broken, Seen, hanging, sentence

PROBES = Path(__file__).with_name("probes")
PACKAGE = "workbook_probes"
SECONDS = 20.0
"""How long a probe may take."""
TEST_SECONDS = 90.0
"""How long the student's tests may take, with every plant."""
DUMP_SECONDS = 5.0
"""How long we wait for the line at which it hangs: its clock started a little later than ours."""

T = TypeVar("T")


class Ground:
    """The student's project as the checks see it. Use as a context manager: at the end nothing is left behind.

    Args:
        project: the project's root.
        path: the route that the chapter asks for.
        seconds: how long a probe may take.
    """

    def __init__(self, project: Path, *, path: str = "", seconds: float = SECONDS) -> None:
        self.project = project
        self.path = path
        self.seconds = seconds
        self._known: dict[str, Any] = {}
        self._copies = itertools.count()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._locks: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)

    def __enter__(self) -> "Ground":
        self.scratch = Path(tempfile.mkdtemp(prefix="workbook-check-")).resolve()
        (self.scratch / "probe").mkdir()
        (self.scratch / "probe" / PACKAGE).symlink_to(PROBES)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        made = self._known.get("databases")
        if isinstance(made, servers.Databases):
            made.drop()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def stop(self) -> None:
        """End everything that runs, for somebody pressed Ctrl-C."""
        for process in list(self._running):
            _kill(process)

    def once(self, name: str, look: Callable[[], T]) -> T:
        """Look only the first time, also when several checks ask at once: what was seen, or Broken, is remembered."""
        with self._locks[name]:
            if name not in self._known:
                try:
                    self._known[name] = look()
                except Broken as broken:
                    self._known[name] = broken
        known = self._known[name]
        if isinstance(known, Broken):
            raise Broken(str(known))
        found: T = known
        return found

    @property
    def server(self) -> Server:
        """The student's MySQL. Raises Broken when none answers."""
        return self.once("server", lambda: _sayable(lambda: servers.of(self.project)))

    @property
    def databases(self) -> servers.Databases:
        """Throwaway databases on it."""
        return self.once("databases", lambda: servers.Databases(self.server))

    @property
    def database(self) -> str:
        """The throwaway database that stands for the application's own; empty until `schema` has migrated it."""
        return self.once("database", lambda: self.databases.make("app"))

    @property
    def python(self) -> Path:
        """The project's interpreter. Raises Broken when there is none."""
        return self.once("python", lambda: _sayable(lambda: environment.python(self.project)))

    def probe(self, name: str, **values: str) -> Seen:
        """Run a probe on the throwaway database.

        Args:
            name: a module of `probes`.
            values: further variables of its environment.

        Raises:
            Broken: it does not come to its end, or the project's code raised something.
        """
        values = self.server.environment(self.database) | {"WORKBOOK_DATABASE": self.database} | values
        return self.once(f"probe {name}", lambda: self.run([str(self.python), "-m", f"{PACKAGE}.{name}"], values))

    def sound(self, name: str, **values: str) -> Seen:
        """As `probe`, for a check that cannot look when the project's code raises something: then it is Broken."""
        seen = self.probe(name, **values)
        if seen.error is not None:
            raise Broken(sentence(seen.error))
        return seen

    @property
    def own(self) -> Seen:
        """Which database the application would use with the student's own `.env` and environment."""
        return self.once("own", lambda: self.run([str(self.python), "-m", f"{PACKAGE}.settings"], {}))

    def settings(self, dotenv: str, **values: str) -> Seen:
        """Which database it would use with another `.env` and other variables."""
        nothing = dict.fromkeys(("ENV", "MYSQL_HOST", "MYSQL_PORT", "MYSQL_USER", "MYSQL_DB"), "")
        return self.run([str(self.python), "-m", f"{PACKAGE}.settings"], nothing | values, dotenv=dotenv)

    def run(
        self, command: list[str], values: dict[str, str], *, dotenv: str | None = None, seconds: float | None = None
    ) -> Seen:
        """Run a command in a fresh copy of the project.

        Args:
            values: variables added to the person's environment; an empty one takes a variable away.
            dotenv: what `.env` holds; the student's own when None.

        Raises:
            Broken: it does not come to its end in time; the sentence names the line where it hangs.
        """
        seconds = self.seconds if seconds is None else seconds
        root = copy(self.project, self.scratch / str(next(self._copies)) / self.project.name, dotenv=dotenv)
        told, log = root.parent / "told", root.parent / "output"
        told.touch()
        settings = environment.environment() | {
            "PYTHONPATH": str(self.scratch / "probe"),
            "WORKBOOK_PROBE": str(told),
            "WORKBOOK_PATH": self.path,
            "WORKBOOK_PATIENCE": str(seconds),
        }
        settings = {name: value for name, value in (settings | values).items() if value or name == "MYSQL_PASSWORD"}
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=root,
                env=settings,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            self._running.add(process)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                raise Broken(hanging(_dump(told.with_name("told.hangs")), root, seconds)) from None
            finally:
                _kill(process)
                process.wait()
                self._running.discard(process)
        here = f"{root}/"
        lines = [json.loads(line) for line in told.read_text(encoding="utf-8").replace(here, "").splitlines()]
        printed = log.read_text(encoding="utf-8", errors="replace").replace(here, "")
        return Seen(tuple(lines), printed)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _dump(file: Path) -> str:
    """Where the program hangs: faulthandler writes it down when the program's own clock says that time is up."""
    deadline = time.monotonic() + DUMP_SECONDS
    while time.monotonic() < deadline:
        if file.exists() and file.stat().st_size:
            break
        time.sleep(0.05)
    return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""


def _sayable(look: Callable[[], T]) -> T:
    try:
        return look()
    except Problem as problem:
        raise Broken(problem.what) from None
