"""Runs one command and ends it when whoever started it is gone, however they went.

A server must not outlive the terminal it was started in. Signal handlers cannot promise that: a process that
is killed with SIGKILL runs no handler. A pipe can: the system closes it with its last owner. So the guardian
holds the reading end, and when it reads the end of the file it stops its command.

It is started as a script, without this package on its path, so it uses the standard library alone:

    python guardian.py PATIENCE [REMOVE_DIR] -- COMMAND...

PATIENCE is how many seconds the command gets between SIGTERM and SIGKILL; 0 kills it at once. REMOVE_DIR, a
throwaway data directory, is deleted after the command has ended.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading


def main(arguments: list[str]) -> int:
    """Run the command until it ends or standard input does; return its exit code."""
    split = arguments.index("--")
    patience, remove = float(arguments[0]), arguments[1:split]
    for name in ("SIGINT", "SIGHUP", "SIGTERM"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    child = subprocess.Popen(arguments[split + 1 :], stdin=subprocess.DEVNULL, preexec_fn=_on_its_own)

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
        else:
            os.killpg(child.pid, signal.SIGKILL)

    threading.Thread(target=stop_when_the_pipe_closes, daemon=True).start()
    code = child.wait()
    for directory in remove:
        shutil.rmtree(directory, ignore_errors=True)
    return code if code >= 0 else 128 - code


def _on_its_own() -> None:
    """In the command: a process group of its own, and ears again. An ignored signal stays ignored across exec."""
    os.setpgid(0, 0)
    for name in ("SIGINT", "SIGHUP", "SIGTERM"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
