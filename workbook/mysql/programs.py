"""Which of MySQL's programs this machine can run: those on PATH, or those unpacked below `.workbook/`."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from workbook.mysql import follow
from workbook.mysql.apt import bad_ground, fetch_server
from workbook.mysql.server import OLDEST, Unavailable
from workbook.place import private
from workbook.say import _

# An ordinary user's PATH lacks sbin, where distributions put servers; the last two are Homebrew's and MySQL's own.
ALSO_LOOK_IN = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/usr/local/mysql/bin")


class Binaries(NamedTuple):
    """A MySQL server program that can be started here.

    Attributes:
        server: the command that starts `mysqld`, with its own loader in front where it needs one.
        flags: options that tell the server where its own files are.
        version: for example `9.7.4-2`.
        described: where it came from, for people.
    """

    server: tuple[str, ...]
    flags: tuple[str, ...]
    version: str
    described: str


def on_path() -> Binaries:
    """The `mysqld` that is installed on this machine; Unavailable says why it will not do."""
    mysqld = shutil.which("mysqld", path=os.pathsep.join([os.environ.get("PATH", ""), *ALSO_LOOK_IN]))
    if not mysqld:
        raise Unavailable(_("there is no `mysqld` on PATH"))
    return Binaries((mysqld,), (), _version(mysqld), _("this machine's own {mysqld}", mysqld=mysqld))


def unpacked() -> Binaries:
    """The one below `.workbook/mysql`, fetched when it is not there yet; Unavailable says why it cannot be."""
    usr, loader = _unpacked()
    share = usr / "share/mysql"
    server = (*loader, str(usr / "sbin/mysqld"))
    where = (f"--basedir={usr}", f"--lc-messages-dir={share}", f"--plugin-dir={usr / 'lib/mysql/plugin'}")
    described = _("the distribution's MySQL packages, unpacked below {name}/", name=private().name)
    return Binaries(server, (*where, f"--character-sets-dir={share / 'charsets'}"), _version(*server), described)


def client(name: str = "mysql") -> tuple[str, ...]:
    """The command of MySQL's own client: this machine's, else the one that comes with the unpacked server.

    It reads none of the person's option files, and speaks UTF-8; options of the caller's go behind it. Unavailable says
    why there is none and none can be fetched.
    """
    plain = ("--no-defaults", "--default-character-set=utf8mb4")
    installed = shutil.which(name)
    # Debian's `mysql` is MariaDB's, which prints tables and errors of its own.
    if installed and "MariaDB" not in follow([installed, "--version"])[1]:
        return (installed, *plain)
    usr, loader = _unpacked()
    return (*loader, str(usr / "bin" / name), *plain, f"--character-sets-dir={usr / 'share/mysql/charsets'}")


@contextmanager
def held() -> Iterator[Path]:
    """Hold `.workbook/mysql`, made when missing, for one command at a time; a Problem when it cannot be written."""
    folder = private() / "mysql"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lock").touch()
    except OSError as error:
        raise bad_ground(folder, error.strerror) from error
    # One object a folder, so that whoever holds it may ask for it again.
    with FileLock(folder / "lock", is_singleton=True):
        yield folder


def _unpacked() -> tuple[Path, tuple[str, ...]]:
    """The unpacked `usr/`, and what starts a program of it; the packages are fetched if they are not there yet.

    Its libraries are newer than this machine's, so a program runs with its own loader and its own libraries.
    """
    root = private() / "mysql/server"
    if not root.exists():
        with held() as folder:
            if not root.exists():
                fetch_server(folder / "apt", root)
    loader = next(root.glob("usr/lib/*-linux-gnu*/ld-linux*.so*"), None)
    if not loader:
        raise Unavailable(_("{root} holds no loader; delete that folder and try again", root=root))
    return root / "usr", (str(loader), "--library-path", str(loader.parent))


def _version(*server: str) -> str:
    """The program's version; Unavailable when it does not run, is MariaDB, or is older than `OLDEST`."""
    said = follow([*server, "--no-defaults", "--version"])[1].strip()
    match = re.search(r"Ver ((\d+)\.(\d+)\.(\d+)\S*)", said)
    if match and "MariaDB" not in said and tuple(map(int, match.groups()[1:])) >= OLDEST:
        return match[1]
    values = {"server": server[-1], "oldest": ".".join(map(str, OLDEST)), "said": said[-200:] or _("no output")}
    raise Unavailable(_("{server} is no MySQL of {oldest} or newer: {said}", **values))
