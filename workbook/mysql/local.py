"""The rung that needs nobody: a private MySQL server on this machine, without root."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, nullcontext, suppress
from pathlib import Path
from typing import Literal

import psutil

from workbook.guarded import Guarded
from workbook.mysql import follow, free_port, is_free, programs
from workbook.mysql.programs import Binaries, require_room
from workbook.mysql.server import HOST, PASSWORD, USER, Server, Unavailable, leave_it, ours
from workbook.place import CLONE, private
from workbook.say import _, stage

Use = Literal["test", "bound", "detached"]
"""A throwaway server; the one that keeps its data, ending with this process; the same, going on without it."""
DATA_BYTES = 250_000_000
"""Free disk that a new data directory needs, with its logs."""
START_SECONDS, STOP_SECONDS = 90, 60
"""How long a start may take (recovery after a crash needs the most), and a clean stop (it writes the buffer pool)."""
COMMON = ("--mysqlx=OFF", "--secure-file-priv=NULL", "--bind-address=127.0.0.1", "--innodb-redo-log-capacity=16M")
# For a throwaway server alone: in a power cut these lose meetings that the API has answered 200 for.
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


def start(*, use: Use, folder: Path | None = None) -> Server:
    """Start a private server on 127.0.0.1; one that keeps its data and runs already is used, and left running.

    A `bound` one is stopped by `Server.stop`, and with this process at the latest; a `detached` one by `stop_kept`.
    With a `folder` it is none of those that run: its data is there, and stays when it is stopped.

    Raises Unavailable: no server program is here or can be fetched. Problem: a person has to mend something first.
    """
    reasons = []
    with programs.held() as own:
        if use != "test" and not folder and (already := found()):
            return already
        # An installed program can fail where an unpacked one does not: Ubuntu's AppArmor keeps the installed `mysqld`
        # out of every data directory but the system's.
        for find in (programs.on_path, programs.unpacked):
            try:
                binaries = find()
                port, stop = _start(binaries, folder or own, use)
            except Unavailable as reason:
                reasons.append(str(reason))
                continue
            how = _("a throwaway server from {described}", described=binaries.described)
            if use != "test":
                how = _("started here") + f"; {_data(folder or own)}"
            return Server(HOST, port, USER, PASSWORD, binaries.version, how, leave_it if use == "detached" else stop)
    raise Unavailable(_("; and ").join(reasons))


def found() -> Server | None:
    """The private server that keeps its data, if it runs; a Problem when it does not let root in."""
    folder = private() / "mysql"
    kept = running(folder)
    return ours(kept[1], _("running already") + f"; {_data(folder)}") if kept else None


def stop_kept() -> bool:
    """Stop the private server that keeps its data and wait until it has gone; whether one ran."""
    with programs.held() as folder:
        kept = running(folder)
        if kept:
            with suppress(psutil.NoSuchProcess):
                kept[0].terminate()
                kept[0].wait(STOP_SECONDS)
        return bool(kept)


def running(folder: Path) -> tuple[psutil.Process, int] | None:
    """The server that runs on this folder's data: its process, and its port on 127.0.0.1; None when there is none."""
    # A pid file alone proves nothing: after a crash its number may be another program's. The server is the process that
    # works *in* the data directory, wherever that has been moved to, and knows its port.
    data = folder / "data"
    with suppress(OSError, ValueError, psutil.Error):
        process = psutil.Process(int((data / "mysqld.pid").read_text(encoding="utf-8")))
        ports = re.findall(r"--port=(\d+)", " ".join(process.cmdline()))
        if ports and os.path.samefile(process.cwd(), data):
            return process, int(ports[-1])
    return None


def _start(binaries: Binaries, folder: Path, use: Use) -> tuple[int, Callable[[], object]]:
    """Start a server on the folder's data, made when there is none: its port, and what stops it."""
    throwaway = use == "test"
    # Making a data directory takes three seconds, copying a pristine one a tenth.
    source = folder / (f"pristine-{binaries.version}" if throwaway else "data")
    if not source.exists():
        _initialise(binaries, source)
    before = folder / "port"
    # The first start tries MySQL's own port, which every tutorial and tool expects.
    port = 0 if throwaway else int(before.read_text(encoding="utf-8")) if before.exists() else 3306
    with nullcontext() if throwaway else stage(_("Starting MySQL")):
        for _attempt in range(5):
            port = port if port and is_free(port) else free_port()
            home = _copy(source, folder) if throwaway else folder
            process, stop = _run(binaries, home, port, use)
            with ExitStack() as undo:
                undo.callback(stop)  # also where it has ended: its pipe, and its copy of the data, are left
                if _serves(binaries, home, process):
                    if not throwaway:
                        before.write_text(f"{port}\n", encoding="utf-8")
                    undo.pop_all()
                    return port, stop
            port = 0
    raise Unavailable(_("no free port stayed free long enough to start a server on it"))


def _initialise(binaries: Binaries, data: Path) -> None:
    """Make a new data directory; it appears only when it is whole."""
    require_room(data.parent, DATA_BYTES)
    partial = data.with_name(data.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    accounts = data.with_name(data.name + ".sql")
    accounts.write_text(ACCOUNTS, encoding="utf-8")
    with stage(_("Making a new data directory")):
        code, log = follow(_command(binaries, partial, "--initialize-insecure", f"--init-file={accounts}"))
    accounts.unlink()
    if code:
        shutil.rmtree(partial, ignore_errors=True)
        raise _failure(binaries, log)
    partial.rename(data)


def _copy(pristine: Path, beside: Path) -> Path:
    """A throwaway folder with a copy of the pristine data, but for auto.cnf, which is the server's identity."""
    require_room(beside, DATA_BYTES)
    home = Path(tempfile.mkdtemp(prefix="throwaway-", dir=beside))
    try:
        shutil.copytree(pristine, home / "data", ignore=shutil.ignore_patterns("auto.cnf"))
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    return home


def _command(binaries: Binaries, data: Path, *flags: str) -> list[str]:
    """The command that runs `mysqld` on `data`; no configuration file of the machine's has a say."""
    # The socket's name is relative to the data directory: a full path may be longer than the 107 bytes a socket allows.
    where = [f"--datadir={data}", "--socket=mysql.sock", "--pid-file=mysqld.pid"]
    # MySQL refuses to run as root unless told to by name.
    user = ["--user=root"] if os.geteuid() == 0 else []
    return [*binaries.server, "--no-defaults", *binaries.flags, *user, *where, *COMMON, *flags]


def _run(binaries: Binaries, home: Path, port: int, use: Use) -> tuple[subprocess.Popen[bytes], Callable[[], object]]:
    """Run a server on `home`'s data: its process, or its guardian's, and what stops it."""
    # Left behind by a server that was killed; its pid may be another program's by now, and MySQL would not start.
    (home / "data/mysql.sock.lock").unlink(missing_ok=True)
    flags = (*NO_FSYNC, "--max-connections=500") if use == "test" else ()
    command = _command(binaries, home / "data", *flags, f"--port={port}")
    with (home / "mysqld.log").open("wb") as log:
        if use == "detached":
            free = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
            _detached.append(free)
            return free, free.kill
        patience, remove = (0, home) if use == "test" else (STOP_SECONDS, None)
        guarded = Guarded(command, patience=patience, remove=remove, output=log)
        return guarded, guarded.stop


def _serves(binaries: Binaries, home: Path, process: subprocess.Popen[bytes]) -> bool:
    """Wait until the server says in its log that it takes connections; False when somebody else took its port."""
    log = home / "mysqld.log"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        ended = process.poll() is not None
        said = log.read_text(encoding="utf-8", errors="replace")
        if re.search(r"ready for connections\. Version: .* port: [1-9]", said):
            return True
        if ended and "Do you already have another mysqld server running on port" in said:
            return False
        if ended:
            raise _failure(binaries, said)
        time.sleep(0.02)
    values = {"described": binaries.described, "start_seconds": START_SECONDS, "log": log}
    raise Unavailable(_("{described} did not serve within {start_seconds} s; its log is {log}", **values))


def _failure(binaries: Binaries, log: str) -> Unavailable:
    """What the server's log says about why it ended: its first error."""
    lines = log.strip().splitlines() or [_("it said nothing")]
    first = next((line for line in lines if "[ERROR]" in line), lines[0])
    reason = re.sub(r"^\S+ \d+ \[ERROR\] \[MY-\d+\] \[\w+\] ", "", first)
    return Unavailable(_("{described} does not start here: {reason}", described=binaries.described, reason=reason))


def _data(folder: Path) -> str:
    """Where the data is, as a person in the clone would write the path."""
    path = folder / "data"
    return _("data in {path}", path=path.relative_to(CLONE) if path.is_relative_to(CLONE) else path)
