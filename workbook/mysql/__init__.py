"""The ladder: find a MySQL, or bring one up. What its rungs share stands here."""

import socket
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress


def follow(
    command: list[str], environment: Mapping[str, str] | None = None, hears: Callable[[str], object] = len
) -> tuple[int, str]:
    """Run a command that answers no questions: its exit code, and all that it printed; `hears` gets each line."""
    printed = ""
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(
        command, stdin=nothing, stdout=pipe, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment
    ) as process:
        try:
            for line in process.stdout or ():
                printed += line
                hears(line)
        except BaseException:
            # Leaving the block waits for the command, which may be minutes from done.
            process.terminate()
            raise
    return process.returncode, printed


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1."""
    with suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return True
    return False


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
