"""A disk that is really full: a small file system of the test's own, in a mount namespace of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

IN_A_NAMESPACE = ["unshare", "--mount", "--map-root-user"]

CAN_MOUNT = (
    bool(shutil.which("unshare"))
    and not subprocess.run([*IN_A_NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode
)
pytestmark = pytest.mark.skipif(not CAN_MOUNT, reason="this machine lets nobody mount a small file system to fill")


def on_a_disk_of(megabytes: int, mount: Path, program: str) -> str:
    """Run a Python program that finds the small disk at sys.argv[1]; return what it printed."""
    script = f'mount -t tmpfs -o size={megabytes}m tmpfs "$1" && exec "$2" -c "$3" "$1"'
    done = subprocess.run(
        [*IN_A_NAMESPACE, "sh", "-c", script, "sh", str(mount), sys.executable, program],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_disk_with_too_little_room_is_said_before_the_download(tmp_path: Path) -> None:
    said = on_a_disk_of(
        50,
        tmp_path,
        "import sys; from pathlib import Path; from workbook.mysql import apt; from workbook.say import Problem\n"
        "try: apt.fetch_server(Path(sys.argv[1]) / 'apt', Path(sys.argv[1]) / 'server', '')\n"
        "except Problem as problem: print(problem)\n",
    )

    assert f"The disk is full: no room for MySQL in {tmp_path}." in said
    assert "700 MB are needed, 52 MB are free." in said
    assert "WORKBOOK_HOME" in said


def test_a_disk_that_fills_up_while_the_server_makes_its_data_is_said(programs_home: Path, tmp_path: Path) -> None:
    said = on_a_disk_of(
        60,
        tmp_path,
        "import sys; from pathlib import Path; from workbook.say import Problem\n"
        "from workbook.mysql import mysqld, programs\n"
        "mysqld.require_room = lambda *_: None  # as if the room went after the look\n"
        "try: binaries = programs.on_path()\n"
        "except programs.Unavailable: binaries = programs.unpacked()\n"
        "data = Path(sys.argv[1]) / 'data'\n"
        "try: mysqld.initialise(binaries, data)\n"
        "except Problem as problem: print(problem, [p.name for p in data.parent.iterdir()])\n",
    )

    assert f"The disk is full: no room for MySQL in {tmp_path}." in said
    assert "[]" in said, "nothing half-made may be left"
