"""Nothing of a workflow changes this machine: programs of its own stand in, and say what they leave out."""

import os
from pathlib import Path

import pytest

from tests.ci.conftest import Ci, passes
from workbook.ci import stand_in

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("command", "preinstalled", "left_out"),
    [
        ("sudo systemctl start mysql", True, ""),
        ("sudo systemctl restart --quiet mysql.service", True, ""),
        ("sudo systemctl enable --now mysql", True, ""),
        ("sudo -E -u root service mysql start", True, ""),
        ("sudo /etc/init.d/mysql start", True, ""),
        ("sudo systemctl stop mysql", True, "systemctl stop mysql"),
        ("sudo systemctl start mysql", False, "systemctl start mysql"),  # the job has a service, or none
        ("sudo rm -rf /", True, "sudo rm -rf /"),
        ("sudo", True, "sudo"),
        ("mysql -e SELECT", False, "mysql -e SELECT"),
    ],
)
def test_what_starts_mysql_is_known_and_what_is_left_out_is_said(
    command: str, preinstalled: bool, left_out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name, *arguments = command.split()
    assert stand_in.run({"preinstalled": preinstalled}, name, arguments) == (127 if name == "mysql" else 0)
    assert capsys.readouterr().out == (f"not run here: {left_out}\n" if left_out else "")


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user has no such rights to lose")
def test_a_step_cannot_change_what_is_not_the_jobs(ci: Ci, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "kept").write_text("mine")

    passes(
        ci,
        f"! echo x > {there}/new",
        f"! echo x >> {there}/kept",
        f"! rm -rf {there}",
        f"! mv {there}/kept .",
        f"! chmod 777 {there}",
        "! python3 -c 'import os; os.setuid(0)'",
        f"! kill {os.getpid()}",
        "! touch /etc/workbook-was-here",
        "echo text | tee a && cp a b && mv b c && ln -s c d && rm a && cp /etc/hostname e",
    )

    assert [(path.name, path.read_text()) for path in there.iterdir()] == [("kept", "mine")]
    assert not Path("/etc/workbook-was-here").exists()


def test_the_job_has_a_clock_a_home_and_packages_of_its_own(ci: Ci, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the project forgot to name must be missing, as on GitHub."""
    before = Path("/etc/localtime").lstat()
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere")
    said = passes(
        ci,
        "sudo rm /etc/localtime\nsudo timedatectl set-timezone Asia/Seoul",
        'test "$(date +%Z)" = UTC',
        f'test "$HOME" != {Path.home()} && touch ~/.bashrc',
        "test -z \"$VIRTUAL_ENV\" && ! python3 -c 'import tortoise'",
    )
    assert "         not run here: sudo rm /etc/localtime\n         not run here: timedatectl set-timezone" in said
    assert Path("/etc/localtime").lstat() == before
