"""A child process that cannot outlive this one, however this one ends.

A server must not outlive the terminal it was started in. Signal handlers cannot promise that: a process that is killed
with SIGKILL runs no handler. A pipe can: the system closes it with its last owner. So the command runs under a
guardian, this file as a script, which holds the reading end, and stops the command when it reads the end of the file:

    python guarded.py PATIENCE [REMOVE_DIR] -- COMMAND...

As a script it has nothing but the standard library.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

STOPPING = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)
"""How a program is asked to stop: by Ctrl-C, by a terminal that closes, by `kill`."""


class Guarded(subprocess.Popen[bytes]):
    """A command that runs under the guardian, in a session of its own. Leaving it as a context stops it.

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
        super().__init__(
            # -I -S: nothing of the project's or the user's is imported, so that it starts in a few milliseconds.
            [sys.executable, "-I", "-S", __file__, str(patience), *removals, "--", *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=env,
            start_new_session=True,
        )

    def stop(self) -> int:
        """Stop the command, wait until it has gone, and return its exit code. Stopping twice is harmless."""
        assert self.stdin is not None
        self.stdin.close()
        return self.wait()

    def __exit__(self, *_error: object) -> None:
        self.stop()


def main(arguments: list[str]) -> int:
    """The guardian: run the command until it ends or standard input does; return its exit code."""
    split = arguments.index("--")
    patience, remove = float(arguments[0]), arguments[1:split]
    for heard in STOPPING:
        # Not SIG_IGN: the command would inherit that, and be deaf as well.
        signal.signal(heard, lambda number, frame: None)
    child = subprocess.Popen(arguments[split + 1 :], stdin=subprocess.DEVNULL, process_group=0)

    def stop_when_the_pipe_closes() -> None:
        # Not sys.stdin: its lock, held by this thread, would abort the interpreter when the command ends by itself.
        while os.read(0, 4096):
            pass
        # Its whole group: a command such as `uv run` starts another, and the signal must reach that one too.
        if patience:
            os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)

    threading.Thread(target=stop_when_the_pipe_closes, daemon=True).start()
    code = child.wait()
    for directory in remove:
        shutil.rmtree(directory, ignore_errors=True)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
