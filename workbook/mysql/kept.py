"""The server that keeps a person's data: durable, on the same port every day, found again while it runs."""

import contextlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

from workbook.guarded import Guarded
from workbook.mysql import mysqld
from workbook.mysql.programs import Binaries

ATTEMPTS = 5
"""How often a start is tried on another port, when somebody takes the chosen one first."""

_detached: list[subprocess.Popen[bytes]] = []
"""Servers that go on without this process. Held, because Python takes a forgotten child that runs for a mistake."""

STOP_SECONDS = 60
"""How long a clean stop may take; the buffer pool is written to disk."""


@dataclass(frozen=True)
class Running:
    """A server that runs: its process, and where it listens on 127.0.0.1."""

    process: psutil.Process
    port: int


def running(folder: Path) -> Running | None:
    """The server that runs on this folder's data, or None.

    A pid file alone proves nothing: after a crash or a restart its number may be another program's. The server is the
    process that works *in* the data directory, wherever that has been moved to, and knows its port.

    Args:
        folder: holds `data/`, `port` and the log.
    """
    data = folder / "data"
    try:
        process = psutil.Process(int((data / "mysqld.pid").read_text(encoding="utf-8")))
        ports = [word.removeprefix("--port=") for word in process.cmdline() if word.startswith("--port=")]
        if ports and os.path.samefile(process.cwd(), data):
            return Running(process, int(ports[-1]))
    except (OSError, ValueError, psutil.Error):
        pass
    return None


def start(binaries: Binaries, folder: Path, *, bound: bool) -> tuple[int, Guarded | None]:
    """Start it, on the port it had before if nobody else has that now, else on a free one.

    Args:
        bound: whether it ends with this process (`make up`) or goes on without it (`workbook db up`).

    Returns:
        the port, and the guarded process when it is bound.

    Raises:
        Problem: the disk is full, or the data is of a newer MySQL.
        Unavailable: the server does not start here.
    """
    log, remembered, data = folder / "mysqld.log", folder / "port", folder / "data"
    port = _remembered(remembered)
    for _ in range(ATTEMPTS):
        port = port if port and mysqld.is_free(port) else mysqld.free_port()
        # Left behind by a server that was killed; its pid may be another program's by now, and MySQL would not start.
        (data / "mysql.sock.lock").unlink(missing_ok=True)
        command = mysqld.command(binaries, data, f"--port={port}")
        guarded: Guarded | None = None
        with log.open("wb") as output:
            if bound:
                guarded = Guarded(command, patience=STOP_SECONDS, output=output)
                process = guarded.process
            else:
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
                )
                _detached.append(process)
        try:
            mysqld.await_ready(binaries, data, log, process.poll)
        except mysqld.PortTaken:
            port = None
            continue
        except BaseException:
            guarded.stop() if guarded else process.kill()
            raise
        remembered.write_text(f"{port}\n", encoding="utf-8")
        return port, guarded
    raise mysqld.no_port()


def stop(folder: Path) -> bool:
    """Stop the server that runs on this folder's data and wait until it has gone; whether one ran."""
    found = running(folder)
    if not found:
        return False
    with contextlib.suppress(psutil.NoSuchProcess):
        found.process.terminate()
        found.process.wait(STOP_SECONDS)
    return True


def _remembered(file: Path) -> int | None:
    """The port of the last start; the first one tries MySQL's own, which every tutorial and tool expects."""
    try:
        return int(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return 3306
