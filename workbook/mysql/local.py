"""The rung that needs nobody: a private MySQL server on this machine, without root."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import psutil

from workbook.mysql import mysqld, programs
from workbook.mysql.mysqld import Use
from workbook.mysql.probe import probe
from workbook.mysql.programs import Binaries, one_at_a_time, private_folder
from workbook.mysql.server import Server, Unavailable, leave_it
from workbook.place import CLONE, private
from workbook.say import _

T = TypeVar("T")


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
    folder = private_folder()

    def start_it(binaries: Binaries) -> Server:
        port, stop = mysqld.start(binaries, folder, use)
        how = _("started here") + f"; {_data(folder)}"
        if use == "test":
            how = _("a throwaway server from {described}", described=binaries.described)
        let_go = leave_it if use == "detached" else stop
        return Server("127.0.0.1", port, "root", mysqld.PASSWORD, binaries.version, how, let_go)

    with one_at_a_time(folder):
        already = None if use == "test" else found()
        return already or with_programs(start_it)


def found() -> Server | None:
    """The private server that keeps its data, if it runs; a Problem when it does not let root in."""
    folder = private() / "mysql"
    running = mysqld.running(folder)
    if not running:
        return None
    login = ("127.0.0.1", running[1], "root", mysqld.PASSWORD)
    return Server(*login, probe(*login), _("running already") + f"; {_data(folder)}")


def stop_kept() -> bool:
    """Stop the private server that keeps its data and wait until it has gone; whether one ran."""
    folder = private_folder()
    with one_at_a_time(folder):
        running = mysqld.running(folder)
        if running:
            with suppress(psutil.NoSuchProcess):
                running[0].terminate()
                running[0].wait(mysqld.STOP_SECONDS)
        return bool(running)


def with_programs(use_them: Callable[[Binaries], T]) -> T:
    """Try this machine's own server program; if that cannot be, the distribution's, unpacked.

    An installed program can fail where an unpacked one does not: Ubuntu's AppArmor keeps the installed `mysqld` out of
    every data directory but the system's. Unavailable says why each failed.
    """
    reasons = []
    for find in (programs.on_path, lambda: programs.unpacked(private_folder())):
        try:
            return use_them(find())
        except Unavailable as reason:
            reasons.append(str(reason))
    raise Unavailable(_("; and ").join(reasons))


def _data(folder: Path) -> str:
    """Where the data is, as a person in the clone would write the path."""
    path = folder / "data"
    with suppress(ValueError):
        path = path.relative_to(CLONE)
    return _("data in {path}", path=path)
