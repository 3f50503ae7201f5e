"""Runs the tools of setup: one line of progress each, everything they print in a log."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workbook.place import CLONE
from workbook.setup.failures import explained
from workbook.setup.paths import LOG

TICK = 0.5
"""Seconds between two looks at the clock on a terminal."""

PATIENCE = 10
"""Seconds that a tool gets to end by itself after Ctrl-C, before it is killed."""


@dataclass(frozen=True)
class Tools:
    """Runs tools in this environment; `turn` is the lock's descriptor, which they inherit."""

    environment: Mapping[str, str]
    turn: int

    def run(self, title: str, command: Sequence[str | Path]) -> None:
        """Run a tool to its end, showing `title` and the seconds.

        Raises:
            Problem: it failed; what it printed was understood as far as it goes.
        """
        with step(title) as passing:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                # A pipe, not the log itself: on a full disk the log would lose the very line that says so.
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=CLONE,
                env=self.environment,
                pass_fds=(self.turn,),
            )
            assert process.stdout is not None
            printed: list[bytes] = []
            reader = threading.Thread(target=printed.extend, args=(process.stdout,), daemon=True)
            reader.start()
            try:
                _await(process, passing)
            except BaseException:
                # Ctrl-C has reached the tool as well; it gets the time to leave its caches whole.
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
                raise
            reader.join()
            process.stdout.close()
            output = b"".join(printed).decode(errors="replace")
            with contextlib.suppress(OSError), LOG.open("a", encoding="utf-8", errors="replace") as log:
                log.write(f"$ {' '.join(map(str, command))}\n{output}\n")
            if process.returncode:
                raise explained(title, output)


def _await(process: subprocess.Popen[bytes], passing: "_Passing") -> None:
    """Wait for a process to end, showing every now and then that time passes."""
    while True:
        try:
            process.wait(TICK)
            return
        except subprocess.TimeoutExpired:
            passing()


class _Passing:
    """Shows on a terminal how many seconds have gone."""

    def __init__(self, title: str) -> None:
        self.title, self.start = title, time.monotonic()

    def __call__(self) -> None:
        if sys.stdout.isatty():
            print(f"\r  {self.title}: {self.seconds():.0f} s", end="", flush=True)

    def seconds(self) -> float:
        return time.monotonic() - self.start


@contextmanager
def step(title: str) -> Iterator[_Passing]:
    """Show one step as one line: its title while it runs, its seconds once it is done."""
    print(f"  {title}: ", end="", flush=True)
    passing = _Passing(title)
    try:
        yield passing
    except BaseException:
        print(flush=True)
        raise
    again = f"\r  {title}: " if sys.stdout.isatty() else ""
    print(f"{again}{passing.seconds():.1f} s", flush=True)
