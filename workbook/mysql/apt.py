"""MySQL's own server from the distribution's packages, without root and without touching the system.

A private apt state (lists, cache, no installed packages) resolves the server with everything it needs, down to the
C library; apt downloads and verifies; `dpkg -x` unpacks. Nothing is installed.

Debian ships MariaDB in its releases and MySQL in its unstable suite, so there the machine's own mirror is asked
for that suite. Ubuntu ships MySQL in the release.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbook.mysql.server import Unavailable
from workbook.say import Problem, _, stage

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

NEEDED_BYTES = 700_000_000
"""Free disk that download (65 MB), unpacking (350 MB) and the first data directory (2 x 100 MB) take, rounded up."""


@dataclass(frozen=True)
class Source:
    """Where the packages come from: a sources.list of our own, or the machine's when `lines` is empty."""

    lines: tuple[str, ...]
    described: str


def source(os_release: str, index_targets: str) -> Source:
    """Decide from the machine's own configuration where MySQL's packages are.

    Args:
        os_release: the text of `/etc/os-release`.
        index_targets: what `apt-get indextargets --format '$(REPO_URI)|$(LABEL)' 'Created-By: Packages'` printed.

    Raises:
        Unavailable: neither Debian nor Ubuntu, or no mirror is configured.
    """
    fields = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', os_release, re.MULTILINE))
    family = {fields.get("ID", ""), *fields.get("ID_LIKE", "").split()}
    if "ubuntu" in family:
        return Source((), _("the Ubuntu release's own packages"))
    if "debian" not in family:
        name = fields.get("PRETTY_NAME") or _("this system")
        raise Unavailable(
            _("{name} is neither Debian nor Ubuntu, so it is not known where its MySQL server comes from", name=name)
        )
    for line in index_targets.splitlines():
        uri, _bar, label = line.partition("|")
        if label in ("Debian", "") and re.search(r"/debian/?$", uri):
            signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
            described = _("Debian's unstable suite, from this machine's own mirror")
            return Source((f"deb {signed}{uri} sid main",), described)
    raise Unavailable(_("apt has no Debian mirror configured (`apt-get indextargets` names none)"))


def system_source() -> Source:
    """Where this machine's own apt would find MySQL.

    Raises:
        Unavailable: it has no apt, or its apt knows no MySQL; the sentence says why.
    """
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise Unavailable(_("there is no apt to fetch one with"))
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)|$(LABEL)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        env=_plain_environment(),
    )
    return source(Path("/etc/os-release").read_text(encoding="utf-8"), targets.stdout)


class Apt:
    """apt-get and apt-cache on a private state.

    Args:
        state: the folder for lists, cache and downloaded archives; made when missing.
        chosen: where the packages come from.
    """

    def __init__(self, state: Path, chosen: Source) -> None:
        self.archives = state / "cache" / "archives"
        (state / "lists" / "partial").mkdir(parents=True, exist_ok=True)
        (self.archives / "partial").mkdir(parents=True, exist_ok=True)
        # No package counts as installed, so everything comes along. apt locks the folder of this file: it must be ours.
        (state / "dpkg").mkdir(exist_ok=True)
        (state / "dpkg" / "status").touch()
        self._options: dict[str, Path | str] = {
            "Dir::State::lists": state / "lists",
            "Dir::State::status": state / "dpkg" / "status",
            "Dir::Cache": state / "cache",
            "Acquire::Languages": "none",
            "Acquire::Retries": "1",
            # apt's own unprivileged user cannot write below a private folder; the archives are verified all the same.
            "APT::Sandbox::User": "root",
        }
        if chosen.lines:
            listing = state / "sources.list"
            listing.write_text("".join(f"{line}\n" for line in chosen.lines), encoding="utf-8")
            self._options |= {"Dir::Etc::SourceList": listing, "Dir::Etc::SourceParts": "/dev/null"}

    def update(self) -> None:
        """Fetch and verify the package lists."""
        purpose = _("fetch the package lists")
        self._run(["apt-get", "update", "-q", "-o", "APT::Update::Error-Mode=any"], purpose)

    def newest(self, stem: str) -> str:
        """The name of the newest package called `stem` or `stem-8.4`.

        Raises:
            Unavailable: the lists know none.
        """
        purpose = _("read the package lists")
        names = self._run(["apt-cache", "pkgnames", stem], purpose).split()
        pattern = re.compile(rf"{re.escape(stem)}(?:-(\d+(?:\.\d+)*))?$")
        found = [(match, name) for name in names if (match := pattern.match(name))]
        if not found:
            raise Unavailable(_("the package lists know no `{stem}`", stem=stem))
        # The name without a number is the release's current one.
        return max(found, key=lambda pair: (pair[0][1] is None, [int(n) for n in (pair[0][1] or "0").split(".")]))[1]

    def download(self, packages: list[str], progress: Callable[[str], None]) -> list[Path]:
        """Download and verify the packages with everything they need; whatever is there already is kept.

        Args:
            packages: names.
            progress: hears "37 %" as the download goes on.

        Returns:
            the archives.
        """
        reading, writing = os.pipe()
        command = ["apt-get", "install", "--download-only", "--no-install-recommends", "-y", "-q"]
        process = subprocess.Popen(
            [*command, "-o", f"APT::Status-Fd={writing}", *self._flags(), *packages],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=_plain_environment(),
            pass_fds=[writing],
        )
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8", errors="replace") as status:
            for line in status:
                if match := re.match(r"dlstatus:\d+:([\d.]+):", line):
                    progress(f"{float(match[1]):.0f} %")
        output, _errors = process.communicate()
        if process.returncode:
            raise _failure(_("download MySQL's packages"), output)
        archives = sorted(self.archives.glob("*.deb"))
        if not any(archive.name.startswith(packages[0]) for archive in archives):
            raise Unavailable(_("apt downloaded no {packages}, and did not say why", packages=packages[0]))
        return archives

    def _flags(self) -> list[str]:
        return [part for name, value in self._options.items() for part in ("-o", f"{name}={value}")]

    def _run(self, command: list[str], purpose: str) -> str:
        done = subprocess.run([*command, *self._flags()], capture_output=True, text=True, env=_plain_environment())
        if done.returncode:
            raise _failure(purpose, done.stdout + done.stderr)
        return done.stdout


def unpack(archives: list[Path], into: Path, progress: Callable[[str], None]) -> None:
    """Unpack the archives below `into`, without installing them.

    Perl comes along for scripts that nobody runs here, and is left out.
    """
    wanted = [archive for archive in archives if not re.match(r"(lib)?perl", archive.name)]
    for done, archive in enumerate(wanted):
        progress(f"{100 * done // len(wanted)} %")
        result = subprocess.run(["dpkg", "-x", str(archive), str(into)], capture_output=True, text=True)
        if result.returncode:
            raise _failure(_("unpack {name}", name=archive.name), result.stderr)


def fetch_server(state: Path, into: Path, chosen: Source) -> None:
    """Put MySQL's server and its client below `into`, from the distribution's packages.

    Interrupted half-way it goes on where it was: apt keeps what it has downloaded, and `into` appears only when whole.

    Args:
        state: a private folder for apt, deleted once everything is unpacked.
        chosen: where the packages come from, as `system_source` finds it.

    Raises:
        Unavailable: apt cannot give MySQL here; the sentence says why.
        Problem: the disk is full.
    """
    require_room(into.parent, NEEDED_BYTES)
    apt = Apt(state, chosen)
    with stage(_("Looking for MySQL in {described}", described=chosen.described)):
        apt.update()
        server = apt.newest("mysql-server-core")
        client = server.replace("server", "client")
    downloading = _("Downloading MySQL's server and what it needs (65 MB)")
    with stage(downloading) as progress:
        archives = apt.download([server, client], progress)
    partial = into.with_name(into.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    with stage(_("Unpacking it")) as progress:
        unpack(archives, partial, progress)
    partial.rename(into)
    shutil.rmtree(state, ignore_errors=True)


def require_room(folder: Path, needed: int) -> None:
    """Raise a Problem unless the disk that `folder` is on has `needed` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        needs, has = needed // 1_000_000, free // 1_000_000
        raise disk_full(folder, _("{needs} MB are needed, {has} MB are free.", needs=needs, has=has))


def disk_full(folder: Path, detail: str) -> Problem:
    """The one screen for a full disk."""
    return Problem(
        _("The disk is full: no room for MySQL in {folder}.", folder=folder),
        why=detail,
        ways=(
            _("Make room on that disk."),
            _("Or name a folder on another one:") + " WORKBOOK_HOME=/path/with/room make up",
        ),
    )


def _failure(purpose: str, output: str) -> Exception:
    """What apt or dpkg said, as one sentence: the last error line is the one that tells.

    Args:
        purpose: what it was to do, in the student's language.
        output: all that it printed.
    """
    if "No space left on device" in output or "enough free space" in output:
        return disk_full(Path.cwd(), _("It happened when trying to {purpose}.", purpose=purpose))
    errors = [line for line in output.splitlines() if line.startswith(("E:", "Err:", "W:", "dpkg"))]
    reason = re.sub(
        r"^(E|W|Err:\d+):?\s*",
        "",
        errors[-1] if errors else (output.strip().splitlines() or [_("no reason")])[-1],
    )
    if re.search(r"resolv|connect|timed out|unreachable|index files failed", output, re.IGNORECASE):
        return Unavailable(
            _("apt could not {purpose}: the package mirror does not answer ({reason})", purpose=purpose, reason=reason)
        )
    return Unavailable(_("apt could not {purpose}: {reason}", purpose=purpose, reason=reason))


def _plain_environment() -> dict[str, str]:
    """The environment with messages in English, because they are read."""
    return os.environ | {"LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
