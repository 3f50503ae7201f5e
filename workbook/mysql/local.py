"""The rung that needs nobody: a private MySQL server on this machine, without root."""

from contextlib import suppress
from pathlib import Path

import psutil

from workbook.mysql import mysqld, programs
from workbook.mysql.mysqld import Use
from workbook.mysql.probe import HOST, PASSWORD, USER, ours
from workbook.mysql.server import Server, Unavailable, leave_it
from workbook.place import CLONE, private
from workbook.say import _


def start(*, use: Use) -> Server:
    """Start, or find, a private server on 127.0.0.1.

    Args:
        use: `test` for a throwaway server; `bound` for the one that keeps its data, stopped by `Server.stop` and with
            this process at the latest; `detached` for the same one, running until `stop_kept`.

    Returns:
        the server. One that ran before is used as it is, and left running.

    Raises:
        Unavailable: this machine has no MySQL server program and none can be fetched; the sentence says why.
        Problem: something a person has to mend first, such as a full disk.
    """
    reasons = []
    with programs.held() as folder:
        if use != "test" and (already := found()):
            return already
        # An installed program can fail where an unpacked one does not: Ubuntu's AppArmor keeps the installed `mysqld`
        # out of every data directory but the system's.
        for find in (programs.on_path, programs.unpacked):
            try:
                binaries = find()
                port, stop = mysqld.start(binaries, folder, use)
            except Unavailable as reason:
                reasons.append(str(reason))
                continue
            how = _("started here") + f"; {_data(folder)}"
            if use == "test":
                how = _("a throwaway server from {described}", described=binaries.described)
            let_go = leave_it if use == "detached" else stop
            return Server(HOST, port, USER, PASSWORD, binaries.version, how, let_go)
    raise Unavailable(_("; and ").join(reasons))


def found() -> Server | None:
    """The private server that keeps its data, if it runs; a Problem when it does not let root in."""
    folder = private() / "mysql"
    running = mysqld.running(folder)
    return ours(running[1], _("running already") + f"; {_data(folder)}") if running else None


def stop_kept() -> bool:
    """Stop the private server that keeps its data and wait until it has gone; whether one ran."""
    with programs.held() as folder:
        running = mysqld.running(folder)
        if running:
            with suppress(psutil.NoSuchProcess):
                running[0].terminate()
                running[0].wait(mysqld.STOP_SECONDS)
        return bool(running)


def _data(folder: Path) -> str:
    """Where the data is, as a person in the clone would write the path."""
    path = folder / "data"
    with suppress(ValueError):
        path = path.relative_to(CLONE)
    return _("data in {path}", path=path)
