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
from typing import Any, TypeAlias, TypeVar

from workbook.mysql.server import Server
from workbook.say import Problem
from workbook.student import environment
from workbook.student import server as servers
from workbook.student.copy import copy
from workbook.student.seen import Broken, Seen, hanging, sentence
from workbook.student.zygote import Fork, Zygote, shadows

PROBES = Path(__file__).with_name("probes")
PACKAGE = "workbook_probes"
SECONDS = 20.0
"""How long a probe may take."""
TEST_SECONDS = 90.0
"""How long the student's tests may take, with every plant."""
DUMP_SECONDS = 5.0
"""How long we wait for the line at which it hangs: its clock started a little later than ours."""

T = TypeVar("T")
Process: TypeAlias = "subprocess.Popen[bytes] | Fork"


class Ground:
    """The student's project as the checks see it. Use as a context manager: at the end nothing is left behind.

    Args:
        project: the project's root.
        path: the route that the chapter asks for.
        seconds: how long a probe may take.

    Attributes:
        heard: what the project's own programs said of errors so far, as they said it.
        stopped: whether somebody has pressed Ctrl-C.
    """

    def __init__(self, project: Path, *, path: str = "", seconds: float = SECONDS) -> None:
        self.project = project
        self.path = path
        self.seconds = seconds
        self.stopped = False
        self.heard: list[str] = []
        self._known: dict[str, Any] = {}
        self._copies = itertools.count()
        self._running: set[Process] = set()
        self._locks: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)

    def __enter__(self) -> "Ground":
        self.scratch = Path(tempfile.mkdtemp(prefix="workbook-check-")).resolve()
        (self.scratch / "probe").mkdir()
        (self.scratch / "probe" / PACKAGE).symlink_to(PROBES)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        zygote = self._known.get("zygote")
        if isinstance(zygote, Zygote):
            zygote.stop()
        made = self._known.get("databases")
        if isinstance(made, servers.Databases):
            made.drop()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def stop(self) -> None:
        """End everything that runs, for somebody pressed Ctrl-C."""
        self.stopped = True
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
        """The interpreter that has the project's packages. Raises Broken when there is none."""
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
        return self.once(f"probe {name}", lambda: self.run(name, values))

    def sound(self, name: str, **values: str) -> Seen:
        """As `probe`, for a check that cannot look when the project's code raises something: then it is Broken."""
        seen = self.probe(name, **values)
        if seen.error is not None:
            raise Broken(sentence(seen.error))
        return seen

    @property
    def own(self) -> Seen:
        """Which database the application would use with the student's own `.env` and environment."""
        return self.once("own", lambda: self.run("settings", {}))

    def settings(self, dotenv: str, **values: str) -> Seen:
        """Which database it would use with another `.env` and other variables."""
        nothing = dict.fromkeys(("ENV", "MYSQL_HOST", "MYSQL_PORT", "MYSQL_USER", "MYSQL_DB"), "")
        return self.run("settings", nothing | values, dotenv=dotenv)

    def run(
        self, what: str | list[str], values: dict[str, str], *, dotenv: str | None = None, seconds: float | None = None
    ) -> Seen:
        """Run a probe or a command in a fresh copy of the project.

        Args:
            what: the probe's module, or the command's words.
            values: variables added to the person's environment; an empty one takes a variable away.
            dotenv: what `.env` holds; the student's own when None.

        Raises:
            Broken: it does not come to its end in time; the sentence names the line where it hangs.
        """
        seconds = self.seconds if seconds is None else seconds
        root = copy(self.project, self.scratch / str(next(self._copies)) / self.project.name, dotenv=dotenv)
        told, log = root.parent / "told", root.parent / "output"
        told.touch()
        settings = environment.running(self.python) | {
            "PYTHONPATH": str(self.scratch / "probe"),
            "WORKBOOK_PROBE": str(told),
            "WORKBOOK_PATH": self.path,
            "WORKBOOK_PATIENCE": str(seconds),
        }
        settings = {name: value for name, value in (settings | values).items() if value or name == "MYSQL_PASSWORD"}
        process = self._start(what, root, settings, log)
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
        if dotenv is None:  # with another `.env` an error may be just what was asked for
            self.heard += _errors(lines) or ([printed] if process.returncode else [])
        return Seen(tuple(lines), printed)

    def _start(self, what: str | list[str], root: Path, env: dict[str, str], log: Path) -> Process:
        if isinstance(what, str):
            zygote = self.once("zygote", self._zygote)
            fork = zygote.start(f"{PACKAGE}.{what}", root, env, log) if zygote else None
            if fork:
                return fork
        command = [str(self.python), "-m", f"{PACKAGE}.{what}"] if isinstance(what, str) else what
        with log.open("wb") as output:
            return subprocess.Popen(
                command,
                cwd=root,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _zygote(self) -> Zygote | None:
        if not hasattr(os, "fork") or shadows(self.project):
            return None
        settings = environment.running(self.python) | {"PYTHONPATH": str(self.scratch / "probe")}
        return Zygote(self.python, self.scratch / "probe", settings, PACKAGE)


def _errors(lines: list[dict[str, Any]]) -> list[str]:
    raised = [f"{line['error']['type']}: {line['error']['says']}" for line in lines if line.get("error")]
    return raised + [line["message"] for line in lines if line.get("outcome") == "failed"]


def _kill(process: Process) -> None:
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
