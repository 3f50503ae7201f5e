"""The student's shell: one command after the other, and a server in the background."""

import contextlib
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from workbook.runner.ground import Ground

_WRAPPER = """
set +e
[ -f {state} ] && . {state}
cd -- "$(cat {directory})" || exit
__leave() {{
    __code=$?
    export -p | grep -v -E "^declare -x (PWD|OLDPWD|SHLVL{own})=" > {state}
    pwd > {directory}
    exit $__code
}}
trap __leave EXIT
{command}
"""
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did: its exit code (None when its time was over) and what it printed, as the page shows it."""

    code: int | None
    output: tuple[str, ...]


@dataclass(slots=True)
class Shell:
    """A shell whose directory and exported variables last from one command to the next."""

    ground: Ground
    server: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        self._directory.write_text(f"{self.ground.project}\n")

    @property
    def _directory(self) -> Path:
        return self.ground.root / "directory"

    @property
    def _variables(self) -> Path:
        return self.ground.root / "variables"

    def as_at_first(self) -> bool:
        """Whether the shell still stands at the project's root, with no variable that the commands so far exported."""
        if self._directory.read_text() != f"{self.ground.project}\n":
            return False
        if not self._variables.exists():
            return True
        left = [word.partition("=") for word in shlex.split(self._variables.read_text(errors="replace")) if "=" in word]
        return {name: value for name, _equals, value in left if name != "_"} == self.ground.environment()

    def run(self, command: str, *, keep: bool = True, extra: Mapping[str, str] = _NOTHING) -> Ran:
        """Run a command to its end, at most as long as the settings say. Then it and all it started are killed.

        Args:
            keep: whether the directory and the variables that it leaves are the next command's; otherwise it starts at
                the project's root and leaves no trace in the shell.
            extra: variables for this command alone; the next one does not see them.
        """
        log = self.ground.root / "output"
        with log.open("wb") as output:
            process = self._start(command, output.fileno(), keep, extra)
            try:
                code: int | None = process.wait(self.ground.settings.timeout)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                _kill(process)
        return Ran(code, self._lines(log))

    def run_on(self, command: str, ready: Callable[[tuple[str, ...]], bool]) -> Ran:
        """Start a command that goes on, and wait until what it prints satisfies `ready`.

        Returns:
            the code None while it runs; its exit code when it ended early.
        """
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

    def _start(
        self, command: str, output: int, keep: bool = True, extra: Mapping[str, str] = _NOTHING
    ) -> "subprocess.Popen[bytes]":
        script = (_WRAPPER if keep else "{command}").format(
            state=shlex.quote(str(self._variables)),
            directory=shlex.quote(str(self._directory)),
            own="".join(f"|{name}" for name in extra),
            command=self.ground.to_run(command),
        )
        return subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-c", script, "bash"],
            cwd=self.ground.project,
            env=self.ground.environment() | dict(extra),
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
