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


def test_each_distribution_is_asked_for_what_it_has() -> None:
    debian = programs.sources_for('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n', TARGETS)
    assert "http://mirror.test/debian/ sid main\n" in debian
    assert programs.sources_for('ID=linuxmint\nID_LIKE="ubuntu debian"\n', TARGETS) == ""
    for os_release, targets in (("ID=fedora\n", TARGETS), ("ID=debian\n", SECURITY)):
        with pytest.raises(Unavailable, match="neither Ubuntu nor a Debian"):
            programs.sources_for(os_release, targets)


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
        fields = f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: nobody <nobody@localhost>\n"
        fields += f"{depends}Description: a test's package\n"
        for path, text in ((tree / file, name), (tree / "DEBIAN/control", fields)):
            path.parent.mkdir(parents=True)
            path.write_text(text)
        archive = pool / f"{name}.deb"
        command = ["dpkg-deb", "--root-owner-group", "-Znone", "-b", tree, archive]
        subprocess.run(command, check=True, capture_output=True)
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        listed += f"{fields}Filename: ./{archive.name}\nSize: {archive.stat().st_size}\nSHA256: {digest}\n\n"
    (pool / "Packages.gz").write_bytes(gzip.compress(listed.encode()))
    return f"deb [trusted=yes] copy:{pool} ./\n"


@needs_apt
def test_broken_off_it_leaves_no_half_server(repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state, server = tmp_path / "state", tmp_path / "server"
    put(tmp_path / "bin/dpkg", 'test ! -d "$3" && mkdir -p "$3"')  # the first package alone is unpacked
    with monkeypatch.context() as patched:
        patched.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
        with pytest.raises(Unavailable, match="apt could not unpack"):
            fetch_server(state, server, repository)
    assert not server.exists()
    fetch_server(state, server, repository)
    unpacked = sorted(str(path.relative_to(server)) for path in server.rglob("*") if path.is_file())
    assert unpacked == ["usr/bin/mysql", "usr/lib/libneeded.so", "usr/sbin/mysqld"]
    assert (server / "usr/sbin/mysqld").read_text() == "mysql-server-core-8.4"
    assert not state.exists()


@needs_apt
def test_what_cannot_be_had_is_refused(repository: str, tmp_path: Path) -> None:
    def reason(sources: str) -> str:
        with pytest.raises(Unavailable) as caught:
            fetch_server(tmp_path / "state", tmp_path / "server", sources)
        assert not (tmp_path / "server").exists()
        return str(caught.value)

    unreachable = "deb [trusted=yes] http://127.0.0.1:9/debian sid main\n"
    assert "apt could not fetch the package lists" in reason(unreachable)
    (tmp_path / "repository/libneeded.deb").write_bytes(b"tampered")
    assert "apt could not download MySQL's packages" in reason(repository)
    (tmp_path / "repository/Packages.gz").write_bytes(gzip.compress(b""))
    assert "the package lists know no `mysql-server-core`" in reason(repository)


@pytest.fixture
def bin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH; the unpacked programs are there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def put(program: Path, script: str) -> None:
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.mark.usefixtures("programs_home")
def test_the_client_is_mysqls_own_and_reads_no_file(mysql: Server, bin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(bin / "mysql", "echo mysql from 11.8.3-MariaDB, client 15.2")
    (bin / ".my.cnf").write_text("[client]\nno-such-option=1\n")
    monkeypatch.setenv("HOME", str(bin))
    monkeypatch.setenv("MYSQL_PWD", mysql.password)
    login = [f"--host={mysql.host}", f"--port={mysql.port}", f"--user={mysql.user}", "--protocol=TCP"]
    ask = [*programs.client(), *login, "--execute=SELECT '한글' AS said"]
    assert subprocess.run(ask, capture_output=True, text=True, check=True).stdout == "said\n한글\n"
    pinged = subprocess.run([*programs.client("mysqladmin"), *login, "ping"], capture_output=True, text=True)
    assert pinged.stdout == "mysqld is alive\n", pinged.stderr
    put(bin / "mysql", "echo mysql  Ver 8.4.7 for Linux on x86_64")
    assert programs.client()[0] == str(bin / "mysql")


def test_without_a_program_that_will_do_the_reason_is_said(bin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_HOME", str(bin / "home"))
    with pytest.raises(Unavailable, match="there is no apt to fetch one with"):
        programs.client()
    monkeypatch.setattr(programs, "ALSO_LOOK_IN", ())
    for said in ("Ver 11.8.3-MariaDB", "Ver 5.7.44 for Linux", "error while loading libraries"):
        put(bin / "mysqld", f"echo {said}")
        with pytest.raises(Unavailable, match=rf"mysqld is no MySQL of 8\.0\.17 or newer: {said}"):
            programs.on_path()
