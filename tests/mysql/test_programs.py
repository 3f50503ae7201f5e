"""MySQL's programs: this machine's, or fetched by the real apt from a small repository that each test makes."""

import gzip
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from workbook.mysql import programs
from workbook.mysql.programs import fetch_server
from workbook.mysql.server import Server, Unavailable

needs_apt = pytest.mark.skipif(not shutil.which("apt-get"), reason="this machine has no apt to test with")

SECURITY = "http://mirror.test/debian-security/|Debian-Security\n"
TARGETS = f"{SECURITY}http://mirror.test/debian/|Debian\n"


@pytest.mark.parametrize(
    ("os_release", "targets", "sources"),
    [
        ('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n', TARGETS, "http://mirror.test/debian/ sid main\n"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', TARGETS, ""),
        ("ID=fedora\n", TARGETS, "neither Ubuntu nor a Debian"),
        ("ID=debian\n", SECURITY, "neither Ubuntu nor a Debian"),
    ],
)
def test_each_distribution_is_asked_for_what_it_has(os_release: str, targets: str, sources: str) -> None:
    try:
        found = programs.sources_for(os_release, targets)
    except Unavailable as reason:
        found = str(reason)
    assert (sources in found, bool(sources)) == (True, bool(found))


PACKAGES = (
    ("mysql-server-core-8.0", "8.0.43", "usr/sbin/mysqld", ""),
    ("mysql-server-core-8.4", "8.4.7", "usr/sbin/mysqld", "Depends: libneeded\n"),
    ("mysql-client-core-8.4", "8.4.7", "usr/bin/mysql", ""),
    ("libneeded", "1.0", "usr/lib/libneeded.so", "Depends: perl-base\n"),
    ("perl-base", "5.42", "usr/bin/perl", ""),
)


@pytest.fixture
def repository(tmp_path: Path) -> str:
    """An apt repository on disk; each package holds one file with the package's name."""
    pool, listed = tmp_path / "repository", ""
    for name, version, file, depends in PACKAGES:
        tree = pool / name
        for path in (tree / file, tree / "DEBIAN/control"):
            path.parent.mkdir(parents=True)
        fields = f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: nobody <nobody@localhost>\n"
        fields += f"{depends}Description: a test's package\n"
        (tree / file).write_text(name)
        (tree / "DEBIAN/control").write_text(fields)
        archive = pool / f"{name}.deb"
        command = ["dpkg-deb", "--root-owner-group", "-Znone", "-b", tree, archive]
        subprocess.run(command, check=True, capture_output=True)
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        listed += f"{fields}Filename: ./{archive.name}\nSize: {archive.stat().st_size}\nSHA256: {digest}\n\n"
    (pool / "Packages.gz").write_bytes(gzip.compress(listed.encode()))
    return f"deb [trusted=yes] copy:{pool} ./\n"


@needs_apt
def test_broken_off_it_leaves_no_half_server(repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state, server, broken = tmp_path / "state", tmp_path / "server", tmp_path / "bin/dpkg"
    broken.parent.mkdir()
    broken.write_text('#!/bin/sh\ntest ! -d "$3" && mkdir -p "$3"\n')  # the first package alone is unpacked
    broken.chmod(0o755)
    with monkeypatch.context() as patched:
        patched.setenv("PATH", f"{broken.parent}:{os.environ['PATH']}")
        with pytest.raises(Unavailable, match="apt could not unpack"):
            fetch_server(state, server, repository)
    assert not server.exists()

    fetch_server(state, server, repository)

    unpacked = sorted(str(path.relative_to(server)) for path in server.rglob("*") if path.is_file())
    assert unpacked == ["usr/bin/mysql", "usr/lib/libneeded.so", "usr/sbin/mysqld"]
    assert (server / "usr/sbin/mysqld").read_text() == "mysql-server-core-8.4"
    assert not state.exists()


@needs_apt
@pytest.mark.parametrize(
    ("plant", "sources", "reason"),
    [
        ("tampered", "", "apt could not download MySQL's packages"),
        ("no MySQL", "", "the package lists know no `mysql-server-core`"),
        ("", "deb [trusted=yes] http://127.0.0.1:9/debian sid main\n", "apt could not fetch the package lists"),
    ],
)
def test_what_cannot_be_had_is_refused(repository: str, tmp_path: Path, plant: str, sources: str, reason: str) -> None:
    if plant == "tampered":
        (archive,) = (tmp_path / "repository").glob("libneeded*.deb")
        archive.write_bytes(archive.read_bytes() + b"tampered")
    elif plant:
        (tmp_path / "repository/Packages.gz").write_bytes(gzip.compress(b""))
    with pytest.raises(Unavailable, match=reason):
        fetch_server(tmp_path / "state", tmp_path / "server", sources or repository)
    assert not (tmp_path / "server").exists()


@pytest.fixture
def bin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH; the unpacked programs are there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def put(program: Path, says: str) -> None:
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)


@pytest.mark.usefixtures("programs_home")
def test_the_client_is_mysqls_own_and_reads_no_file(mysql: Server, bin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(bin / "mysql", "mysql from 11.8.3-MariaDB, client 15.2")
    (bin / ".my.cnf").write_text("[client]\nno-such-option=1\n")
    monkeypatch.setenv("HOME", str(bin))
    monkeypatch.setenv("MYSQL_PWD", mysql.password)
    login = [f"--host={mysql.host}", f"--port={mysql.port}", f"--user={mysql.user}", "--protocol=TCP"]
    ask = [*programs.client(), *login, "--execute=SELECT '한글' AS said"]
    assert subprocess.run(ask, capture_output=True, text=True, check=True).stdout == "said\n한글\n"
    pinged = subprocess.run([*programs.client("mysqladmin"), *login, "ping"], capture_output=True, text=True)
    assert pinged.stdout == "mysqld is alive\n", pinged.stderr
    put(bin / "mysql", "mysql  Ver 8.4.7 for Linux on x86_64")
    assert programs.client()[0] == str(bin / "mysql")


def test_without_a_client_and_without_apt_the_reason_is_said(bin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_HOME", str(bin / "home"))
    with pytest.raises(Unavailable, match="there is no apt to fetch one with"):
        programs.client()


@pytest.mark.parametrize("said", ["Ver 11.8.3-MariaDB", "Ver 5.7.44 for Linux", "error while loading libraries"])
def test_a_server_on_path_that_will_not_do_is_named(bin: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setattr(programs, "ALSO_LOOK_IN", ())
    put(bin / "mysqld", said)
    with pytest.raises(Unavailable, match=rf"mysqld is no MySQL of 8\.0\.17 or newer: {said}"):
        programs.on_path()
