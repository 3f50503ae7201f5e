"""The distribution's packages, fetched by the real apt from a small repository that each test makes."""

import gzip
import hashlib
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import until
from workbook.mysql import apt
from workbook.mysql.apt import Source, fetch_server, source
from workbook.mysql.server import Unavailable
from workbook.say import Problem

needs_apt = pytest.mark.skipif(not shutil.which("apt-get"), reason="this machine has no apt to test with")

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n'
UBUNTU = 'PRETTY_NAME="Ubuntu 24.04 LTS"\nID=ubuntu\nID_LIKE=debian\n'
MINT = 'PRETTY_NAME="Linux Mint 22"\nID=linuxmint\nID_LIKE="ubuntu debian"\n'
FEDORA = 'PRETTY_NAME="Fedora Linux 43"\nID=fedora\n'


def test_debian_is_asked_for_its_unstable_suite_on_the_mirror_the_machine_uses() -> None:
    targets = "http://mirror.test/debian-security/|Debian-Security\nhttp://mirror.test/debian/|Debian\n"

    (line,) = source(DEBIAN, targets).lines

    assert line.endswith("http://mirror.test/debian/ sid main")


@pytest.mark.parametrize("os_release", [UBUNTU, MINT])
def test_ubuntu_and_its_relatives_use_the_sources_they_have(os_release: str) -> None:
    assert source(os_release, "").lines == ()


def test_another_system_is_named_in_the_refusal() -> None:
    with pytest.raises(Unavailable, match="Fedora Linux 43 is neither Debian nor Ubuntu"):
        source(FEDORA, "")


def test_a_debian_without_a_mirror_says_so() -> None:
    with pytest.raises(Unavailable, match="no Debian mirror configured"):
        source(DEBIAN, "http://mirror.test/debian-security/|Debian-Security\n")


@pytest.fixture
def repository(tmp_path: Path) -> Source:
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
    return Source((f"deb [trusted=yes] copy:{pool} ./",), "a repository of the test's own")


@needs_apt
def test_the_newest_server_is_unpacked_with_what_it_needs_and_without_perl(repository: Source, tmp_path: Path) -> None:
    fetch_server(tmp_path / "state", tmp_path / "server", repository)

    unpacked = sorted(str(p.relative_to(tmp_path / "server")) for p in (tmp_path / "server").rglob("*") if p.is_file())
    assert unpacked == ["usr/bin/mysql", "usr/lib/libneeded.so", "usr/sbin/mysqld"]
    assert (tmp_path / "server/usr/sbin/mysqld").read_text() == "mysql-server-core-8.4"
    assert not (tmp_path / "state").exists()


@needs_apt
def test_apt_takes_its_locks_in_our_folder_so_an_ordinary_user_may_use_it(repository: Source, tmp_path: Path) -> None:
    used = apt.Apt(tmp_path / "state", repository)
    used.update()
    used.download(["mysql-server-core-8.4"], lambda words: None)

    assert (tmp_path / "state/dpkg/lock-frontend").exists()


@needs_apt
def test_a_package_that_is_not_what_the_lists_promise_is_refused(repository: Source, tmp_path: Path) -> None:
    (archive,) = (tmp_path / "repository").glob("libneeded*.deb")
    archive.write_bytes(archive.read_bytes() + b"tampered")

    with pytest.raises(Unavailable, match="apt could not download MySQL's packages"):
        fetch_server(tmp_path / "state", tmp_path / "server", repository)
    assert not (tmp_path / "server").exists()


@needs_apt
def test_without_network_it_says_that_the_mirror_does_not_answer(tmp_path: Path) -> None:
    nobody = Source(("deb [trusted=yes] http://127.0.0.1:9/debian sid main",), "a mirror that is not there")

    with pytest.raises(Unavailable, match="the package mirror does not answer"):
        fetch_server(tmp_path / "state", tmp_path / "server", nobody)


@needs_apt
def test_lists_without_mysql_say_so(repository: Source, tmp_path: Path) -> None:
    (tmp_path / "repository/Packages.gz").write_bytes(gzip.compress(b""))

    with pytest.raises(Unavailable, match="the package lists know no `mysql-server-core`"):
        fetch_server(tmp_path / "state", tmp_path / "server", repository)


@needs_apt
def test_killed_while_unpacking_it_starts_no_half_server_and_finishes_the_next_time(
    repository: Source, tmp_path: Path
) -> None:
    program = (
        "import sys, pathlib, time; from workbook.mysql import apt\n"
        "tmp = pathlib.Path(sys.argv[1]); run = apt.subprocess.run\n"
        "def slow(command, **rest):\n"
        "    done = run(command, **rest)\n"
        "    if command[0] == 'dpkg': (tmp / 'unpacking').touch(); time.sleep(60)\n"
        "    return done\n"
        "apt.subprocess.run = slow\n"
        "apt.fetch_server(tmp / 'state', tmp / 'server', apt.Source((sys.argv[2],), 'test'))\n"
    )
    victim = subprocess.Popen([sys.executable, "-c", program, str(tmp_path), repository.lines[0]])
    until((tmp_path / "unpacking").exists)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    assert not (tmp_path / "server").exists()

    fetch_server(tmp_path / "state", tmp_path / "server", repository)

    assert (tmp_path / "server/usr/sbin/mysqld").exists()


def test_too_little_room_is_said_before_anything_is_fetched(repository: Source, tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    with pytest.raises(Problem, match="The disk is full: no room for MySQL in") as caught:
        apt.require_room(tmp_path, free + 10**12)
    assert "WORKBOOK_HOME" in str(caught.value)


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
