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

from workbook.language import text
from workbook.mysql.server import Unavailable
from workbook.problem import Problem
from workbook.progress import stage

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
        return Source((), text("the Ubuntu release's own packages", "Ubuntu 릴리스의 패키지"))
    if "debian" not in family:
        name = fields.get("PRETTY_NAME") or text("this system", "이 시스템")
        raise Unavailable(
            text(
                f"{name} is neither Debian nor Ubuntu, so it is not known where its MySQL server comes from",
                f"Debian도 Ubuntu도 아니라서({name}) MySQL 서버를 어디서 받을지 알 수 없어요",
            )
        )
    for line in index_targets.splitlines():
        uri, _, label = line.partition("|")
        if label in ("Debian", "") and re.search(r"/debian/?$", uri):
            signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
            described = text(
                "Debian's unstable suite, from this machine's own mirror", "Debian unstable(이 컴퓨터의 미러)"
            )
            return Source((f"deb {signed}{uri} sid main",), described)
    raise Unavailable(
        text(
            "apt has no Debian mirror configured (`apt-get indextargets` names none)",
            "apt에 설정된 Debian 미러가 없어요(`apt-get indextargets`에 안 나와요)",
        )
    )


def system_source() -> Source:
    """Where this machine's own apt would find MySQL.

    Raises:
        Unavailable: it has no apt, or its apt knows no MySQL; the sentence says why.
    """
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise Unavailable(text("there is no apt to fetch one with", "MySQL을 받아 올 apt가 없어요"))
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
        purpose = text("fetch the package lists", "패키지 목록 받기")
        self._run(["apt-get", "update", "-q", "-o", "APT::Update::Error-Mode=any"], purpose)

    def newest(self, stem: str) -> str:
        """The name of the newest package called `stem` or `stem-8.4`.

        Raises:
            Unavailable: the lists know none.
        """
        purpose = text("read the package lists", "패키지 목록 읽기")
        names = self._run(["apt-cache", "pkgnames", stem], purpose).split()
        pattern = re.compile(rf"{re.escape(stem)}(?:-(\d+(?:\.\d+)*))?$")
        found = [(match, name) for name in names if (match := pattern.match(name))]
        if not found:
            raise Unavailable(text(f"the package lists know no `{stem}`", f"패키지 목록에 `{stem}` 패키지가 없어요"))
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
        output, _ = process.communicate()
        if process.returncode:
            raise _failure(text("download MySQL's packages", "MySQL 패키지 내려받기"), output)
        archives = sorted(self.archives.glob("*.deb"))
        if not any(archive.name.startswith(packages[0]) for archive in archives):
            raise Unavailable(
                text(
                    f"apt downloaded no {packages[0]}, and did not say why",
                    f"apt가 {packages[0]} 패키지를 내려받지 않았고, 이유도 말하지 않았어요",
                )
            )
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
            raise _failure(text(f"unpack {archive.name}", f"{archive.name} 풀기"), result.stderr)


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
    with stage(text(f"Looking for MySQL in {chosen.described}", f"MySQL 찾기: {chosen.described}")):
        apt.update()
        server = apt.newest("mysql-server-core")
        client = server.replace("server", "client")
    downloading = text(
        "Downloading MySQL's server and what it needs (65 MB)", "MySQL 서버와 필요한 패키지 내려받기(65 MB)"
    )
    with stage(downloading) as progress:
        archives = apt.download([server, client], progress)
    partial = into.with_name(into.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    with stage(text("Unpacking it", "패키지 풀기")) as progress:
        unpack(archives, partial, progress)
    partial.rename(into)
    shutil.rmtree(state, ignore_errors=True)


def require_room(folder: Path, needed: int) -> None:
    """Raise a Problem unless the disk that `folder` is on has `needed` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        needs, has = needed // 1_000_000, free // 1_000_000
        raise disk_full(
            folder, text(f"{needs} MB are needed, {has} MB are free.", f"{needs} MB가 필요한데 {has} MB만 남았어요.")
        )


def disk_full(folder: Path, detail: str) -> Problem:
    """The one screen for a full disk."""
    return Problem(
        text(
            f"The disk is full: no room for MySQL in {folder}.",
            f"디스크가 가득 찼어요. {folder}에 MySQL을 둘 공간이 없어요.",
        ),
        why=detail,
        ways=(
            text("Make room on that disk.", "그 디스크의 공간을 비우세요."),
            text("Or name a folder on another one:", "또는 다른 디스크의 폴더를 쓰세요:")
            + " WORKBOOK_HOME=/path/with/room make up",
        ),
    )


def _failure(purpose: str, output: str) -> Exception:
    """What apt or dpkg said, as one sentence: the last error line is the one that tells.

    Args:
        purpose: what it was to do, in the student's language.
        output: all that it printed.
    """
    if "No space left on device" in output or "enough free space" in output:
        return disk_full(Path.cwd(), text(f"It happened when trying to {purpose}.", f"하던 일: {purpose}."))
    errors = [line for line in output.splitlines() if line.startswith(("E:", "Err:", "W:", "dpkg"))]
    reason = re.sub(
        r"^(E|W|Err:\d+):?\s*",
        "",
        errors[-1] if errors else (output.strip().splitlines() or [text("no reason", "이유 없음")])[-1],
    )
    if re.search(r"resolv|connect|timed out|unreachable|index files failed", output, re.IGNORECASE):
        return Unavailable(
            text(
                f"apt could not {purpose}: the package mirror does not answer ({reason})",
                f"apt가 실패했어요({purpose}). 패키지 미러가 응답하지 않아요({reason})",
            )
        )
    return Unavailable(text(f"apt could not {purpose}: {reason}", f"apt가 실패했어요({purpose}): {reason}"))


def _plain_environment() -> dict[str, str]:
    """The environment with messages in English, because they are read."""
    return os.environ | {"LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
