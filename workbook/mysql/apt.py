"""MySQL's own server from the distribution's packages, without root and without touching the system.

A private apt state (lists, cache, no installed packages) resolves the server with everything it needs, down to the
C library; apt downloads and verifies; `dpkg -x` unpacks. Nothing is installed.

Debian ships MariaDB in its releases and MySQL in its unstable suite, so there the machine's own mirror is asked
for that suite. Ubuntu ships MySQL in the release.
"""

import os
import re
import shutil
from pathlib import Path

from workbook.mysql import follow
from workbook.mysql.server import Unavailable
from workbook.say import Problem, _, stage

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

NEEDED_BYTES = 700_000_000
"""Free disk that download (65 MB), unpacking (350 MB) and the first data directory (2 x 100 MB) take, rounded up."""


def fetch_server(state: Path, into: Path, sources: str | None = None) -> None:
    """Put MySQL's server and its client below `into`.

    Interrupted half-way it goes on where it was: apt keeps what it has downloaded, and `into` appears only when whole.

    Args:
        state: a private folder for apt, deleted once everything is unpacked.
        sources: the text of a sources.list; this machine's own answer when None, see `sources_for`.

    Raises:
        Unavailable: apt cannot give MySQL here; the sentence says why.
        Problem: the disk is full.
    """
    require_room(into.parent, NEEDED_BYTES)
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise Unavailable(_("there is no apt to fetch one with"))
    lists = _("fetch the package lists")
    if sources is None:
        configured = ["apt-get", "indextargets", "--format", "$(REPO_URI)|$(LABEL)", "Created-By: Packages"]
        sources = sources_for(Path("/etc/os-release").read_text(encoding="utf-8"), _run(lists, configured))
    options = _private(state, sources)
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

    Args:
        os_release: the text of its `/etc/os-release`.
        index_targets: a line `URI|label` for each list that its apt is configured for.
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


def require_room(folder: Path, needed: int) -> None:
    """Raise a Problem unless the disk that `folder` is on has `needed` bytes free."""
    needs, has = needed // 1_000_000, shutil.disk_usage(folder).free // 1_000_000
    if has < needs:
        raise bad_ground(folder, _("{needs} MB are needed, {has} MB are free", needs=needs, has=has))


def bad_ground(folder: Path, why: str | None) -> Problem:
    """The one screen for a folder that cannot take MySQL's files."""
    another = _("Mend that, or name another folder:") + " WORKBOOK_HOME=/a/folder/of/yours make up"
    return Problem(_("{folder} cannot take MySQL's files: {why}.", folder=folder, why=why), ways=(another,))


def _private(state: Path, sources: str) -> list[str]:
    """The options that keep apt in `state`, and the folders and files that it wants there."""
    for folder in ("lists/partial", "cache/archives/partial", "dpkg"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    # No package counts as installed, so everything comes along. apt locks the folder of this file: it must be ours.
    (state / "dpkg/status").touch()
    values = [f"Dir::State::lists={state / 'lists'}", f"Dir::State::status={state / 'dpkg/status'}"]
    values += [f"Dir::Cache={state / 'cache'}", "Acquire::Languages=none", "Acquire::Retries=1"]
    # apt's own unprivileged user cannot write below a private folder; the archives are verified all the same.
    values += ["APT::Sandbox::User=root"]
    if sources:
        (state / "sources.list").write_text(sources, encoding="utf-8")
        values += [f"Dir::Etc::SourceList={state / 'sources.list'}", "Dir::Etc::SourceParts=/dev/null"]
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
