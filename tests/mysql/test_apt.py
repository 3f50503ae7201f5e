"""The distribution's packages, fetched by the real apt from a small repository that each test makes."""

import gzip
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import until
from workbook.mysql import apt
from workbook.mysql.apt import fetch_server
from workbook.mysql.server import Unavailable
from workbook.say import Problem

DPKG = shutil.which("dpkg")
needs_apt = pytest.mark.skipif(not shutil.which("apt-get"), reason="this machine has no apt to test with")

TARGETS = "http://mirror.test/debian-security/|Debian-Security\nhttp://mirror.test/debian/|Debian\n"


@pytest.mark.parametrize(
    ("os_release", "targets", "sources"),
    [
        ('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n', TARGETS, "http://mirror.test/debian/ sid main\n"),
        ("ID=ubuntu\nID_LIKE=debian\n", TARGETS, ""),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', TARGETS, ""),
        ("ID=fedora\n", TARGETS, None),
        ("ID=debian\n", "http://mirror.test/debian-security/|Debian-Security\n", None),
    ],
)
def test_debian_is_asked_for_its_unstable_suite_ubuntu_for_what_it_has_and_others_for_nothing(
    os_release: str, targets: str, sources: str | None
) -> None:
    if sources is None:
        with pytest.raises(Unavailable, match="neither Ubuntu nor a Debian"):
            apt.sources_for(os_release, targets)
    else:
        found = apt.sources_for(os_release, targets)
        assert (found.endswith(sources), bool(found)) == (True, bool(sources))


def test_a_disk_with_too_little_room_is_said_before_the_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apt, "NEEDED_BYTES", 10**18)
    with pytest.raises(Problem, match="1000000000000 MB are needed"):
        fetch_server(tmp_path / "state", tmp_path / "server", "")
    assert not list(tmp_path.iterdir())


@pytest.fixture
def repository(tmp_path: Path) -> str:
    """An apt repository on disk with packages that are named like MySQL's, and a library that they depend on."""
    pool = tmp_path / "repository"
    pool.mkdir()
    stanzas = [
        _package(pool, "mysql-server-core-8.0", "8.0.43", "usr/sbin/mysqld", depends=""),
        _package(pool, "mysql-server-core-8.4", "8.4.7", "usr/sbin/mysqld", depends="libneeded"),
        _package(pool, "mysql-client-core-8.4", "8.4.7", "usr/bin/mysql", depends=""),
        _package(pool, "libneeded", "1.0", "usr/lib/libneeded.so", depends="perl-base"),
        _package(pool, "perl-base", "5.42", "usr/bin/perl", depends=""),
    ]
    (pool / "Packages.gz").write_bytes(gzip.compress("\n".join(stanzas).encode()))
    return f"deb [trusted=yes] copy:{pool} ./\n"


@needs_apt
def test_the_newest_server_is_unpacked_with_what_it_needs_and_without_perl(repository: str, tmp_path: Path) -> None:
    fetch_server(tmp_path / "state", tmp_path / "server", repository)

    unpacked = sorted(str(p.relative_to(tmp_path / "server")) for p in (tmp_path / "server").rglob("*") if p.is_file())
    assert unpacked == ["usr/bin/mysql", "usr/lib/libneeded.so", "usr/sbin/mysqld"]
    assert (tmp_path / "server/usr/sbin/mysqld").read_text() == "mysql-server-core-8.4"
    assert not (tmp_path / "state").exists()


@needs_apt
@pytest.mark.parametrize(
    ("plant", "sources", "reason"),
    [
        ("tampered", "", "apt could not download MySQL's packages"),
        ("no MySQL", "", "the package lists know no `mysql-server-core`"),
        ("", "deb [trusted=yes] http://127.0.0.1:9/debian sid main\n", "apt could not fetch the package lists"),
    ],
)
def test_packages_that_cannot_be_had_or_trusted_are_refused(
    repository: str, tmp_path: Path, plant: str, sources: str, reason: str
) -> None:
    if plant == "tampered":
        (archive,) = (tmp_path / "repository").glob("libneeded*.deb")
        archive.write_bytes(archive.read_bytes() + b"tampered")
    elif plant:
        (tmp_path / "repository/Packages.gz").write_bytes(gzip.compress(b""))
    with pytest.raises(Unavailable, match=reason):
        fetch_server(tmp_path / "state", tmp_path / "server", sources or repository)
    assert not (tmp_path / "server").exists()


@needs_apt
def test_killed_while_unpacking_it_starts_no_half_server_and_finishes_the_next_time(
    repository: str, tmp_path: Path
) -> None:
    slow = tmp_path / "bin/dpkg"
    slow.parent.mkdir()
    slow.write_text(f"#!/bin/sh\nif [ $1 = -x ]; then touch '{tmp_path}/unpacking'; sleep 60; fi\nexec {DPKG} \"$@\"\n")
    slow.chmod(0o755)
    program = "import sys, pathlib; from workbook.mysql import apt; tmp = pathlib.Path(sys.argv[1])\n"
    program += "apt.fetch_server(tmp / 'state', tmp / 'server', sys.argv[2])\n"
    environment = os.environ | {"PATH": f"{slow.parent}:{os.environ['PATH']}"}
    command = [sys.executable, "-c", program, str(tmp_path), repository]
    victim = subprocess.Popen(command, env=environment, start_new_session=True)
    until((tmp_path / "unpacking").exists)
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    assert not (tmp_path / "server").exists()

    fetch_server(tmp_path / "state", tmp_path / "server", repository)

    assert (tmp_path / "server/usr/sbin/mysqld").exists()


def _package(pool: Path, name: str, version: str, file: str, depends: str) -> str:
    """Build a package of one file that holds the package's name; return its entry in the list."""
    tree = pool / name
    (tree / file).parent.mkdir(parents=True)
    (tree / file).write_text(name)
    (tree / "DEBIAN").mkdir()
    fields = f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: nobody <nobody@localhost>\n"
    fields += (f"Depends: {depends}\n" if depends else "") + "Description: a test's package\n"
    (tree / "DEBIAN/control").write_text(fields)
    archive = pool / f"{name}_{version}_all.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Znone", "-b", str(tree), str(archive)], check=True, capture_output=True
    )
    shutil.rmtree(tree)
    content = archive.read_bytes()
    return f"{fields}Filename: ./{archive.name}\nSize: {len(content)}\nSHA256: {hashlib.sha256(content).hexdigest()}\n"
