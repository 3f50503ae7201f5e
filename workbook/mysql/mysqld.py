"""What every start of a private `mysqld` shares: its options, a new data directory, waiting until it serves."""

import errno
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from workbook.mysql.apt import disk_full, require_room
from workbook.mysql.programs import Binaries
from workbook.mysql.server import Unavailable
from workbook.say import Problem, _, stage

PASSWORD = "1234"
"""Root's password, as the notes have it. The server listens on this machine's loopback address alone."""

DATA_BYTES = 250_000_000
"""Free disk that a new data directory needs, with its logs."""

START_SECONDS = 90
"""How long a start may take before it counts as failed; recovery after a crash needs the most."""

COMMON = ("--mysqlx=OFF", "--secure-file-priv=NULL", "--bind-address=127.0.0.1", "--innodb-redo-log-capacity=16M")

# The same accounts as in MySQL's official image: root from this machine and, over TCP, from any address the server
# listens on, which is the loopback one.
ACCOUNTS = f"""\
ALTER USER root@localhost IDENTIFIED BY '{PASSWORD}';
CREATE USER root@'%' IDENTIFIED BY '{PASSWORD}';
GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;
"""


class PortTaken(Exception):
    """Another program took the port between the look and the start."""


def command(binaries: Binaries, data: Path, *flags: str) -> list[str]:
    """The command that starts a server on `data`; no configuration file of the machine's has a say."""
    # The socket's name is relative to the data directory: a full path may be longer than the 107 bytes a socket allows.
    where = [f"--datadir={data}", "--socket=mysql.sock", "--pid-file=mysqld.pid"]
    # MySQL refuses to run as root unless told to by name.
    user = ["--user=root"] if os.geteuid() == 0 else []
    return [*binaries.server, "--no-defaults", *binaries.flags, *user, *where, *COMMON, *flags]


def initialise(binaries: Binaries, data: Path) -> None:
    """Make a new data directory; it appears only when it is whole.

    Raises:
        Problem: the disk is full.
        Unavailable: the server cannot make one here.
    """
    data.parent.mkdir(parents=True, exist_ok=True)
    require_room(data.parent, DATA_BYTES)
    partial = data.with_name(data.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    accounts = data.with_name(data.name + ".sql")
    accounts.write_text(ACCOUNTS, encoding="utf-8")
    with stage(_("Making a new data directory")):
        done = subprocess.run(
            command(binaries, partial, "--initialize-insecure", f"--init-file={accounts}"),
            capture_output=True,
            text=True,
            errors="replace",
        )
    accounts.unlink()
    if done.returncode:
        shutil.rmtree(partial, ignore_errors=True)
        raise failure(binaries, data, done.stderr)
    partial.rename(data)


def await_ready(binaries: Binaries, data: Path, log: Path, poll: Callable[[], int | None]) -> None:
    """Wait until the server says in its log that it takes connections.

    Args:
        poll: the process's exit code, or None while it runs.

    Raises:
        PortTaken: it could not have its port.
        Problem: the disk is full.
        Unavailable: it ended, or took longer than START_SECONDS.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        ended = poll() is not None
        said = log.read_text(encoding="utf-8", errors="replace")
        if re.search(r"ready for connections\. Version: .* port: [1-9]", said):
            return
        if ended:
            if "Do you already have another mysqld server running on port" in said:
                raise PortTaken
            raise failure(binaries, data, said)
        time.sleep(0.02)
    raise Unavailable(
        _(
            "{described} did not serve within {start_seconds} s; its log is {log}",
            described=binaries.described,
            start_seconds=START_SECONDS,
            log=log,
        )
    )


def failure(binaries: Binaries, data: Path, log: str) -> Problem | Unavailable:
    """What the server's log says about why it ended."""
    if f"OS errno {errno.ENOSPC}" in log or "No space left on device" in log or "Disk is full" in log:
        detail = _("The server wrote until nothing was left, and stopped.")
        return disk_full(data.parent, detail)
    if "Cannot downgrade" in log or "Invalid MySQL server downgrade" in log:
        return Problem(
            _("The data in {data} was made by a newer MySQL than {version}.", data=data, version=binaries.version),
            why=_("MySQL opens data of an older version, and never of a newer one."),
            ways=(
                _("Use the newer MySQL again."),
                _("Or, if the data may go:") + f" rm -r {data}",
            ),
        )
    lines = log.strip().splitlines() or [_("it said nothing")]
    errors = [line for line in log.splitlines() if "[ERROR]" in line] or lines
    reason = re.sub(r"^\S+ \d+ \[ERROR\] \[MY-\d+\] \[\w+\] ", "", errors[0])
    return Unavailable(_("{described} does not start here: {reason}", described=binaries.described, reason=reason))


def no_port() -> Unavailable:
    """What to raise when every port that was free had gone by the time the server started."""
    return Unavailable(_("no free port stayed free long enough to start a server on it"))


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
