"""Which of MySQL's programs this machine can run: those on PATH, or those unpacked below `.workbook/`.

The second come from the distribution, without root and without touching the system: a private apt state resolves the
server with all that it needs, down to the C library; apt downloads and verifies; `dpkg -x` unpacks. Debian has MySQL in
its unstable suite alone, so the machine's own mirror is asked for that. Ubuntu ships MySQL in the release.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from workbook.mysql import follow
from workbook.mysql.server import OLDEST, Unavailable
from workbook.place import private
from workbook.say import Problem, _, stage

# An ordinary user's PATH lacks sbin, where distributions put servers; the last two are Homebrew's and MySQL's own.
ALSO_LOOK_IN = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/usr/local/mysql/bin")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
NEEDED_BYTES = 700_000_000
"""Free disk that download (65 MB), unpacking (350 MB) and the first data directory (2 x 100 MB) take, rounded up."""


class Binaries(NamedTuple):
    """A MySQL server program that can be started here: the command (with its own loader in front where it needs one),
    the options that tell it where its own files are, its version, and where it came from, for people."""

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
    """The command of MySQL's own client: this machine's, else the unpacked server's; Unavailable says why none.

    It reads none of the person's option files, and speaks UTF-8; options of the caller's go behind it.
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
        raise _bad_ground(folder, error.strerror) from error
    # One object a folder, so that whoever holds it may ask for it again.
    with FileLock(folder / "lock", is_singleton=True):
        yield folder


def require_room(folder: Path, needed: int) -> None:
    """Raise a Problem unless the disk that `folder` is on has `needed` bytes free."""
    needs, has = needed // 1_000_000, shutil.disk_usage(folder).free // 1_000_000
    if has < needs:
        raise _bad_ground(folder, _("{needs} MB are needed, {has} MB are free", needs=needs, has=has))


def _bad_ground(folder: Path, why: str | None) -> Problem:
    another = _("Mend that, or name another folder:") + " WORKBOOK_HOME=/a/folder/of/yours make up"
    return Problem(_("{folder} cannot take MySQL's files: {why}.", folder=folder, why=why), ways=(another,))


def _unpacked() -> tuple[Path, tuple[str, ...]]:
    """The unpacked `usr/`, fetched if it is not there, and the loader that starts programs on their own libraries."""
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


def fetch_server(state: Path, into: Path, sources: str | None = None) -> None:
    """Put MySQL's server and its client below `into`, which appears only when it is whole.

    Args:
        state: a private folder for apt, deleted once everything is unpacked; until then it keeps what was downloaded.
        sources: the text of a sources.list; this machine's own answer when None, see `sources_for`.

    Raises Unavailable: apt cannot give MySQL here; the sentence says why. A Problem: the disk is full.
    """
    require_room(into.parent, NEEDED_BYTES)
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise Unavailable(_("there is no apt to fetch one with"))
    lists = _("fetch the package lists")
    if sources is None:
        configured = ["apt-get", "indextargets", "--format", "$(REPO_URI)|$(LABEL)", "Created-By: Packages"]
        sources = sources_for(Path("/etc/os-release").read_text(encoding="utf-8"), _run(lists, configured))
    options = _private_apt(state, sources)
    described = _("Debian's unstable suite, from this machine's own mirror") if sources else _("Ubuntu's own packages")
    with stage(_("Looking for MySQL in {described}", described=described)):
        _run(lists, ["apt-get", "update", "-q", "-o", "APT::Update::Error-Mode=any", *options])
        names = _run(lists, ["apt-cache", "pkgnames", "mysql-server-core", *options])
    found: list[str] = re.findall(r"^mysql-server-core(?:-[\d.]+)?$", names, re.MULTILINE)
    if not found:
        raise Unavailable(_("the package lists know no `{stem}`", stem="mysql-server-core"))
    # The newest; the name without a number is the release's current one.
    server = max(found, key=lambda name: [int(number) for number in re.findall(r"\d+", name)] or [1000])
    with stage(_("Downloading MySQL's server and what it needs (65 MB)")):
        install = ["apt-get", "install", "--download-only", "--no-install-recommends", "-y", "-q", *options]
        _run(_("download MySQL's packages"), [*install, server, server.replace("server", "client")])
    partial = into.with_name(into.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    with stage(_("Unpacking it")):
        for archive in (state / "cache/archives").glob("*.deb"):
            # Perl comes along for scripts that nobody runs here.
            if not re.match(r"(lib)?perl", archive.name):
                _run(_("unpack {name}", name=archive.name), ["dpkg", "-x", str(archive), str(partial)])
    partial.rename(into)
    shutil.rmtree(state, ignore_errors=True)


def sources_for(os_release: str, index_targets: str) -> str:
    """The sources.list that leads to MySQL on a machine; empty when its own does.

    `os_release` is the text of that file of its; `index_targets` a line `URI|label` for each list of its apt's.
    """
    fields = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', os_release, re.MULTILINE))
    family = {fields.get("ID", ""), *fields.get("ID_LIKE", "").split()}
    if "ubuntu" in family:
        return ""
    mirror = re.search(r"^(\S+/debian/?)\|(Debian)?$", index_targets, re.MULTILINE)
    if "debian" not in family or not mirror:
        raise Unavailable(_("this system is neither Ubuntu nor a Debian with a mirror of its own to fetch one from"))
    signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    return f"deb {signed}{mirror[1]} sid main\n"


def _private_apt(state: Path, sources: str) -> list[str]:
    """The options that keep apt in `state`, and the folders and files that it wants there."""
    for folder in ("lists/partial", "cache/archives/partial", "dpkg"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    # No package counts as installed, so everything comes along. apt locks the folder of this file: it must be ours.
    (state / "dpkg/status").touch()
    values = [f"Dir::State::lists={state}/lists", f"Dir::State::status={state}/dpkg/status"]
    # apt's own unprivileged user cannot write below a private folder; the archives are verified all the same.
    values += [f"Dir::Cache={state}/cache", "APT::Sandbox::User=root", "Acquire::Languages=none", "Acquire::Retries=1"]
    if sources:
        (state / "sources.list").write_text(sources, encoding="utf-8")
        values += [f"Dir::Etc::SourceList={state}/sources.list", "Dir::Etc::SourceParts=/dev/null"]
    return [part for value in values for part in ("-o", value)]


def _run(purpose: str, command: list[str]) -> str:
    """Run apt or dpkg; what it printed, and a sentence about `purpose` when it fails: its last error is what tells."""
    # In English, because the messages are read.
    code, output = follow(command, os.environ | {"LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"})
    if not code:
        return output
    lines = output.strip().splitlines() or [_("no reason")]
    errors = [line for line in lines if line.startswith(("E:", "Err:", "W:", "dpkg"))] or lines
    reason = re.sub(r"^(E|W|Err:\d+):?\s*", "", errors[-1])
    raise Unavailable(_("apt could not {purpose}: {reason}", purpose=purpose, reason=reason))
