"""Our end of the process that forks for probes, see `probes/zygote.py`."""

import contextlib
import itertools
import json
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from workbook.student.probes.zygote import PACKAGES


class Fork:
    """A probe that runs; as much of `subprocess.Popen` as the ground needs."""

    def __init__(self) -> None:
        self.pid = 0
        self.returncode: int | None = None
        self.started, self.ended = threading.Event(), threading.Event()

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end. Raises TimeoutExpired when it does not come in time."""
        if not self.ended.wait(timeout):
            raise subprocess.TimeoutExpired("probe", timeout or 0)
        return self.returncode


class Zygote:
    """A Python of the project's that has imported the packages."""

    def __init__(self, python: Path, folder: Path, env: Mapping[str, str], probes: str) -> None:
        """Start it; it imports while other things go on.

        Args:
            folder: where it stands; not the project, whose code only the forks import.
            probes: the package that holds the probes.
        """
        self._process = subprocess.Popen(
            [str(python), "-m", f"{probes}.zygote"],
            cwd=folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            bufsize=0,
        )
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Fork] = {}
        self._running: dict[int, Fork] = {}
        self._lock = threading.Lock()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def start(self, module: str, cwd: Path, env: Mapping[str, str], log: Path) -> Fork | None:
        """Run a module as `python -m` does; None when the zygote is gone."""
        fork = Fork()
        number = next(self._numbers)
        request = {"id": number, "module": module, "cwd": str(cwd), "env": dict(env), "log": str(log)}
        assert self._process.stdin is not None
        with self._lock:
            self._waiting[number] = fork
            try:
                self._process.stdin.write(json.dumps(request).encode() + b"\n")
                self._process.stdin.flush()
            except OSError:
                return None
        fork.started.wait()
        return fork if fork.pid else None

    def stop(self) -> None:
        """End it. Forks that run are not its business; they are ended before."""
        assert self._process.stdin is not None
        with self._lock, contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.wait()
        self._listener.join()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            self._follow(lines)
        for fork in [*self._waiting.values(), *self._running.values()]:
            fork.returncode = -1
            fork.started.set()
            fork.ended.set()

    def _follow(self, lines: IO[bytes]) -> None:
        for line in lines:
            told = json.loads(line)
            if "id" in told:
                fork = self._waiting.pop(told["id"])
                fork.pid = told["pid"]
                self._running[fork.pid] = fork
                fork.started.set()
            elif told["ended"] in self._running:
                fork = self._running.pop(told["ended"])
                fork.returncode = told["code"]
                fork.ended.set()


def shadows(project: Path) -> bool:
    """Whether a file of the project takes the place of a package: its own `fastapi.py` must be seen as it is."""
    names = {name.partition(".")[0] for name in PACKAGES}
    return any((project / name).is_dir() or (project / f"{name}.py").exists() for name in names)
