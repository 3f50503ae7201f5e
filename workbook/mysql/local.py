"""The rung that needs nobody: a private MySQL server on this machine, without root."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from workbook.mysql import kept, mysqld, programs, throwaway
from workbook.mysql.probe import probe
from workbook.mysql.server import Server, Unavailable
from workbook.place import CLONE, private
from workbook.say import Problem, _, say, stage

T = TypeVar("T")


def start(*, use: str) -> Server:
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
    folder = _folder()
    with one_at_a_time(folder):
        if use == "test":
            return _with_a_program(folder, lambda binaries: _start_throwaway(binaries, folder))
        already = found()
        if already:
            return already
        return _with_a_program(folder, lambda binaries: _start_kept(binaries, folder, bound=use == "bound"))


def found() -> Server | None:
    """The private server that keeps its data, if it runs.

    Raises:
        Problem: it runs and does not let root in.
    """
    folder = private() / "mysql"
    running = kept.running(folder)
    if not running:
        return None
    version = probe("127.0.0.1", running.port, "root", mysqld.PASSWORD)
    return _server(running.port, version, _("running already") + f"; {_data(folder)}")


def stop_kept() -> bool:
    """Stop the private server that keeps its data; whether one ran."""
    folder = _folder()
    with one_at_a_time(folder):
        return kept.stop(folder)


def client() -> tuple[str, ...] | None:
    """The command of a `mysql` client that is on this machine already, or None."""
    folder = private() / "mysql"
    if (folder / "server").exists():
        return programs.unpacked(folder).client
    on_path = shutil.which("mysql")
    return (on_path,) if on_path else None


def usable(folder: Path) -> programs.Binaries:
    """The server programs that would be used here.

    Raises:
        Unavailable: there are none, and none can be fetched.
    """
    return _with_a_program(folder, lambda found: found)


def _with_a_program(folder: Path, use_it: Callable[[programs.Binaries], T]) -> T:
    """Try this machine's own server program; if that cannot be, the distribution's, unpacked.

    An installed program can fail where an unpacked one does not: Ubuntu's AppArmor keeps the installed `mysqld` out of
    every data directory but the system's.
    """
    reasons = []
    for find in (programs.on_path, lambda: programs.unpacked(folder)):
        try:
            return use_it(find())
        except Unavailable as reason:
            reasons.append(str(reason))
    raise Unavailable(_("; and ").join(reasons))


def _start_kept(binaries: programs.Binaries, folder: Path, *, bound: bool) -> Server:
    if not (folder / "data").exists():
        mysqld.initialise(binaries, folder / "data")
    with stage(_("Starting MySQL")):
        port, guarded = kept.start(binaries, folder, bound=bound)
    how = _("started here") + f"; {_data(folder)}"
    return _server(port, binaries.version, how, guarded.stop if guarded else lambda: None)


def _start_throwaway(binaries: programs.Binaries, folder: Path) -> Server:
    pristine = folder / f"pristine-{binaries.version}"
    if not pristine.exists():
        mysqld.initialise(binaries, pristine)
    guarded, port = throwaway.start(binaries, pristine)
    how = _("a throwaway server from {described}", described=binaries.described)
    return _server(port, binaries.version, how, guarded.stop)


def _server(port: int, version: str, how: str, stop: Callable[[], object] = lambda: None) -> Server:
    return Server("127.0.0.1", port, "root", mysqld.PASSWORD, version, how, stop)


def _folder() -> Path:
    """`.workbook/mysql`, made when missing."""
    folder = private() / "mysql"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lock").touch()
    except OSError as error:
        raise Problem(
            _("Cannot write in {folder}: {strerror}.", folder=folder, strerror=error.strerror),
            ways=(
                _("Make the folder yours."),
                _("Or name another:") + " WORKBOOK_HOME=/a/folder/of/yours make up",
            ),
        ) from error
    return folder


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; say so when another command has it."""
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=3)
    except Timeout:
        say(_("  Another command is preparing MySQL in this clone; waiting for it …"))
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _data(folder: Path) -> str:
    """Where the data is, as a person in the clone would write the path."""
    path = folder / "data"
    with suppress(ValueError):
        path = path.relative_to(CLONE)
    return _("data in {path}", path=path)
