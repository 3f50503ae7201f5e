"""A private `mysqld`: its options, its data, its one start, and finding it again."""

import errno
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Literal

import psutil

from workbook.guarded import Guarded
from workbook.mysql.apt import disk_full, require_room
from workbook.mysql.probe import PASSWORD
from workbook.mysql.programs import Binaries
from workbook.mysql.server import Unavailable
from workbook.say import _, marked, stage

Use = Literal["test", "bound", "detached"]
"""A throwaway server; the one that keeps its data, ending with this process; the same, going on without it."""

DATA_BYTES = 250_000_000
"""Free disk that a new data directory needs, with its logs."""

START_SECONDS, STOP_SECONDS = 90, 60
"""How long a start may take (recovery after a crash needs the most), and a clean stop (it writes the buffer pool)."""

COMMON = ("--mysqlx=OFF", "--secure-file-priv=NULL", "--bind-address=127.0.0.1", "--innodb-redo-log-capacity=16M")

# Losing power may cost a throwaway server everything, and nobody minds: it is deleted when the tests end, and the next
# session starts from a new copy. Anywhere else these would lose meetings that the API has answered 200 for.
NO_FSYNC = ("--innodb-flush-method=nosync", "--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0", "--skip-log-bin")

# The same accounts as in MySQL's official image: root from this machine and, over TCP, from any address the server
# listens on, which is the loopback one.
ACCOUNTS = f"""\
ALTER USER root@localhost IDENTIFIED BY '{PASSWORD}';
CREATE USER root@'%' IDENTIFIED BY '{PASSWORD}';
GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;
"""

_detached: list[subprocess.Popen[bytes]] = []
"""Servers that go on without this process. Held, because Python takes a forgotten child that runs for a mistake."""


def initialise(binaries: Binaries, data: Path) -> None:
    """Make a new data directory; it appears only when it is whole. Raises as `start` does."""
    data.parent.mkdir(parents=True, exist_ok=True)
    require_room(data.parent, DATA_BYTES)
    partial = data.with_name(data.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    accounts = data.with_name(data.name + ".sql")
    accounts.write_text(ACCOUNTS, encoding="utf-8")
    command = _command(binaries, partial, "--initialize-insecure", f"--init-file={accounts}")
    with stage(_("Making a new data directory")):
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    accounts.unlink()
    if done.returncode:
        shutil.rmtree(partial, ignore_errors=True)
        raise _failure(binaries, data.parent, done.stderr)
    partial.rename(data)


def start(binaries: Binaries, folder: Path, use: Use) -> tuple[int, Callable[[], object]]:
    """Start a server on the folder's data, which is made when there is none.

    Args:
        folder: holds `data/`, its log and its last port; and the pristine data that throwaway servers run on a copy
            of: making a data directory takes three seconds, copying one a tenth of that.
        use: what for. The one that keeps its data gets the port that it had before if nobody else has that now.

    Returns:
        the port on 127.0.0.1, and what stops the server; of a throwaway one it also deletes the copy.

    Raises:
        Problem: the disk is full.
        Unavailable: the server does not start here.
    """
    throwaway = use == "test"
    source = folder / (f"pristine-{binaries.version}" if throwaway else "data")
    if not source.exists():
        initialise(binaries, source)
    port = 0 if throwaway else _remembered(folder)
    # A throwaway one comes in seconds, and often.
    with nullcontext() if throwaway else stage(_("Starting MySQL")):
        for _attempt in range(5):
            port = port if port and is_free(port) else free_port()
            home = _copy(source, folder) if throwaway else folder
            poll, stop = _run(binaries, home, port, use)
            try:
                serves = _serves(binaries, home, poll)
            except BaseException:
                stop()
                raise
            if serves:
                if not throwaway:
                    (folder / "port").write_text(f"{port}\n", encoding="utf-8")
                return port, stop
            stop()  # it has ended; its pipe, and its copy of the data, are left
            port = 0
    raise Unavailable(_("no free port stayed free long enough to start a server on it"))


def running(folder: Path) -> tuple[psutil.Process, int] | None:
    """The server that runs on this folder's data: its process, and its port on 127.0.0.1; None when there is none.

    A pid file alone proves nothing: after a crash or a restart its number may be another program's. The server is the
    process that works *in* the data directory, wherever that has been moved to, and knows its port.
    """
    data = folder / "data"
    with suppress(OSError, ValueError, psutil.Error):
        process = psutil.Process(int((data / "mysqld.pid").read_text(encoding="utf-8")))
        ports = [word.removeprefix("--port=") for word in process.cmdline() if word.startswith("--port=")]
        if ports and os.path.samefile(process.cwd(), data):
            return process, int(ports[-1])
    return None


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _command(binaries: Binaries, data: Path, *flags: str) -> list[str]:
    """The command that runs `mysqld` on `data`; no configuration file of the machine's has a say."""
    # The socket's name is relative to the data directory: a full path may be longer than the 107 bytes a socket allows.
    where = [f"--datadir={data}", "--socket=mysql.sock", "--pid-file=mysqld.pid"]
    # MySQL refuses to run as root unless told to by name.
    user = ["--user=root"] if os.geteuid() == 0 else []
    return [*binaries.server, "--no-defaults", *binaries.flags, *user, *where, *COMMON, *flags]


def _remembered(folder: Path) -> int:
    """The port of the last start; the first one tries MySQL's own, which every tutorial and tool expects."""
    with suppress(FileNotFoundError, ValueError):
        return int((folder / "port").read_text(encoding="utf-8"))
    return 3306


def _run(binaries: Binaries, home: Path, port: int, use: Use) -> tuple[Callable[[], int | None], Callable[[], object]]:
    """Run a server on `home`'s data; what tells its exit code, None while it runs, and what stops it."""
    # Left behind by a server that was killed; its pid may be another program's by now, and MySQL would not start.
    (home / "data/mysql.sock.lock").unlink(missing_ok=True)
    flags = (*NO_FSYNC, "--max-connections=500") if use == "test" else ()
    command = _command(binaries, home / "data", *flags, f"--port={port}")
    with (home / "mysqld.log").open("wb") as log:
        if use == "detached":
            free = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
            _detached.append(free)
            return free.poll, free.kill
        patience, remove = (0, home) if use == "test" else (STOP_SECONDS, None)
        guarded = Guarded(command, patience=patience, remove=remove, output=log)
        return guarded.poll, guarded.stop


def _copy(pristine: Path, beside: Path) -> Path:
    """A throwaway folder with a copy of the pristine data."""
    require_room(beside, DATA_BYTES)
    home = Path(tempfile.mkdtemp(prefix="throwaway-", dir=beside))
    try:
        # auto.cnf is the server's identity; two servers must not share one.
        shutil.copytree(pristine, home / "data", ignore=shutil.ignore_patterns("auto.cnf"))
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    return home


def _serves(binaries: Binaries, home: Path, poll: Callable[[], int | None]) -> bool:
    """Wait until the server says in its log that it takes connections; False when somebody else took its port."""
    log = home / "mysqld.log"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        ended = poll() is not None
        said = log.read_text(encoding="utf-8", errors="replace")
        if re.search(r"ready for connections\. Version: .* port: [1-9]", said):
            return True
        if ended and "Do you already have another mysqld server running on port" in said:
            return False
        if ended:
            raise _failure(binaries, home, said)
        time.sleep(0.02)
    late = marked("{described} did not serve within {start_seconds} s; its log is {log}")
    raise Unavailable(_(late, described=binaries.described, start_seconds=START_SECONDS, log=log))


def _failure(binaries: Binaries, folder: Path, log: str) -> Exception:
    """What the server's log says about why it ended."""
    if f"OS errno {errno.ENOSPC}" in log or "No space left on device" in log or "Disk is full" in log:
        return disk_full(folder, _("The server wrote until nothing was left, and stopped."))
    lines = log.strip().splitlines() or [_("it said nothing")]
    first = next((line for line in lines if "[ERROR]" in line), lines[0])
    reason = re.sub(r"^\S+ \d+ \[ERROR\] \[MY-\d+\] \[\w+\] ", "", first)
    return Unavailable(_("{described} does not start here: {reason}", described=binaries.described, reason=reason))
