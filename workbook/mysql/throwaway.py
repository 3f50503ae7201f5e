"""A server for tests: a copy of a pristine data directory, no fsync, deleted with its last user."""

import shutil
import tempfile
from pathlib import Path

from workbook.guarded import Guarded
from workbook.mysql import mysqld
from workbook.mysql.apt import require_room
from workbook.mysql.programs import Binaries

# Losing power may cost a throwaway server everything, and nobody minds: it is deleted when the tests end, and the next
# session starts from a new copy. Anywhere else these would lose meetings that the API has answered 200 for.
NO_FSYNC = ("--innodb-flush-method=nosync", "--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0", "--skip-log-bin")

ATTEMPTS = 5
"""How often a start is tried on another port, when somebody takes the chosen one first."""


def start(binaries: Binaries, pristine: Path) -> tuple[Guarded, int]:
    """Start a server on a copy of a pristine data directory.

    Making a data directory takes three seconds, copying one a tenth of that, so the pristine one is kept.

    Args:
        pristine: a data directory that no server runs on.

    Returns:
        the guarded process, whose `stop` deletes the copy as well, and the port on 127.0.0.1.

    Raises:
        Problem: the disk is full.
        Unavailable: the server does not start here.
    """
    for _ in range(ATTEMPTS):
        require_room(pristine.parent, mysqld.DATA_BYTES)
        home = Path(tempfile.mkdtemp(prefix="throwaway-", dir=pristine.parent))
        data, log, port = home / "data", home / "mysqld.log", mysqld.free_port()
        try:
            shutil.copytree(pristine, data)
            # auto.cnf is the server's identity; two servers must not share one.
            (data / "auto.cnf").unlink(missing_ok=True)
            command = mysqld.command(binaries, data, *NO_FSYNC, "--max-connections=500", f"--port={port}")
            with log.open("wb") as output:
                guarded = Guarded(command, patience=0, remove=home, output=output)
        except BaseException:
            shutil.rmtree(home, ignore_errors=True)
            raise
        try:
            mysqld.await_ready(binaries, data, log, guarded.poll)
        except mysqld.PortTaken:
            continue
        except BaseException:
            guarded.stop()
            raise
        return guarded, port
    raise mysqld.no_port()
