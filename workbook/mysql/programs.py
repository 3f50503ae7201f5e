"""Which `mysqld` this machine can run: one on PATH, or one unpacked below `.workbook/`."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from workbook.mysql.apt import fetch_server, system_source
from workbook.mysql.probe import OLDEST
from workbook.mysql.server import Unavailable
from workbook.place import private
from workbook.say import _

# An ordinary user's PATH lacks sbin, where distributions put servers; the last two are Homebrew's and MySQL's own.
ALSO_LOOK_IN = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/usr/local/mysql/bin")


@dataclass(frozen=True)
class Binaries:
    """A MySQL server program that can be started here.

    Attributes:
        server: the command that starts `mysqld`, with its own loader in front where it needs one.
        client: the same for the `mysql` client, or None.
        flags: options that tell the server where its own files are.
        version: for example `9.7.4-2`.
        described: where it came from, for people.
    """

    server: tuple[str, ...]
    client: tuple[str, ...] | None
    flags: tuple[str, ...]
    version: str
    described: str


def on_path() -> Binaries:
    """The `mysqld` that is installed on this machine.

    Raises:
        Unavailable: there is none, it is MariaDB, or it is too old.
    """
    path = os.pathsep.join([os.environ.get("PATH", ""), *ALSO_LOOK_IN])
    mysqld = shutil.which("mysqld", path=path)
    if not mysqld:
        raise Unavailable(_("there is no `mysqld` on PATH"))
    client = shutil.which("mysql", path=path)
    version = _version((mysqld,))
    described = _("this machine's own {mysqld}", mysqld=mysqld)
    return Binaries((mysqld,), (client,) if client else None, (), version, described)


def client() -> tuple[str, ...]:
    """The command of MySQL's own client: this machine's, else the one that comes with the unpacked server.

    Raises:
        Unavailable: there is none, and none can be fetched.
    """
    installed = shutil.which("mysql")
    if installed:
        said = subprocess.run([installed, "--version"], capture_output=True, text=True).stdout
        # Debian's `mysql` is MariaDB's, which prints tables and errors of its own.
        if said and "MariaDB" not in said:
            return (installed,)
    found = unpacked(private() / "mysql").client
    if found is None:
        raise Unavailable(_("there is no `mysql` client on PATH"))
    return found


def unpacked(folder: Path) -> Binaries:
    """MySQL's server below `folder`; fetched from the distribution's packages when it is not there yet.

    Args:
        folder: `.workbook/mysql`; the packages land in its `server/`.

    Raises:
        Unavailable: it is not there and cannot be fetched.
    """
    root = folder / "server"
    if not root.exists():
        fetch_server(folder / "apt", root, system_source())
    loaders = sorted((root / "usr").glob("lib*/**/ld-linux*.so*")) + sorted((root / "usr").glob("lib*/ld-linux*.so*"))
    libraries = next((str(loader.parent) for loader in loaders if "linux-gnu" in loader.parent.name), None)
    if not loaders or not libraries:
        raise Unavailable(_("{root} holds no loader; delete that folder and try again", root=root))
    # Its libraries are newer than this machine's, so the program runs with its own loader and its own libraries.
    start = (str(loaders[0]), "--library-path", libraries)
    share = root / "usr/share/mysql"
    flags = (
        f"--basedir={root / 'usr'}",
        f"--lc-messages-dir={share}",
        f"--character-sets-dir={share / 'charsets'}",
        f"--plugin-dir={root / 'usr/lib/mysql/plugin'}",
    )
    server = (*start, str(root / "usr/sbin/mysqld"))
    client = (*start, str(root / "usr/bin/mysql"), f"--character-sets-dir={share / 'charsets'}")
    described = _("the distribution's MySQL packages, unpacked below {name}/", name=folder.parent.name)
    return Binaries(server, client, flags, _version(server), described)


def _version(server: tuple[str, ...]) -> str:
    """Ask the program for its version.

    Raises:
        Unavailable: it does not run, is MariaDB, or is older than `OLDEST`.
    """
    done = subprocess.run([*server, "--no-defaults", "--version"], capture_output=True, text=True)
    said = (done.stdout or done.stderr).strip()
    if "MariaDB" in said:
        raise Unavailable(
            _(
                "{server} is MariaDB, and MariaDB is not MySQL: it lacks the collation, the login method and "
                "the JSON type that the course uses, so a test that passes on it proves nothing about MySQL",
                server=server[-1],
            )
        )
    match = re.search(r"Ver (\d+)\.(\d+)\.(\d+)(\S*)", said)
    if done.returncode or not match:
        last = said.splitlines()[-1] if said else _("no output")
        raise Unavailable(_("{server} does not run here: {last}", server=server[-1], last=last))
    if tuple(int(number) for number in match.groups()[:3]) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        has = f"MySQL {match[1]}.{match[2]}.{match[3]}"
        raise Unavailable(
            _("{server} is {has}, and {oldest} is the oldest that will do", server=server[-1], has=has, oldest=oldest)
        )
    return "".join(match[0].split()[1:])
