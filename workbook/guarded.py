"""A child process that cannot outlive this one."""

import contextlib
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

GUARDIAN = Path(__file__).with_name("guardian.py")


class Guarded:
    """A command that runs under the guardian, in a session of its own.

    Being in its own session it does not hear the terminal's Ctrl-C: whoever started it decides the order in which
    things stop. Being under the guardian it ends even if this process is killed.

    Args:
        command: what to run.
        patience: seconds between SIGTERM and SIGKILL; 0 kills at once.
        remove: a directory to delete once the command has ended.
        cwd, env, output: as in `subprocess.Popen`; None inherits.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        patience: float,
        remove: Path | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        output: IO[bytes] | None = None,
    ) -> None:
        removals = [str(remove)] if remove else []
        self.process = subprocess.Popen(
            # -I -S: nothing of the project's or the user's is imported, so that it starts in a few milliseconds.
            [sys.executable, "-I", "-S", str(GUARDIAN), str(patience), *removals, "--", *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=env,
            start_new_session=True,
        )

    def poll(self) -> int | None:
        """The command's exit code, or None while it runs."""
        return self.process.poll()

    def wait(self) -> int:
        """Wait for the command to end by itself; return its exit code."""
        return self.process.wait()

    def stop(self) -> int:
        """Stop the command, wait until it has gone, and return its exit code. Stopping twice is harmless."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        return self.process.wait()
