"""Nothing of a workflow changes this machine: programs of its own stand in, and say what they leave out."""

import os
from pathlib import Path

import pytest

from tests.ci.conftest import Ci, passes
from workbook.ci import stand_in

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("command", "starts"),
    [
        ("sudo systemctl start mysql", True),
        ("sudo systemctl restart --quiet mysql.service", True),
        ("sudo systemctl enable --now mysql", True),
        ("sudo -E -u root service mysql start", True),
        ("sudo /etc/init.d/mysql start", True),
        ("systemctl start mysqld", True),
        ("sudo systemctl stop mysql", False),
        ("sudo systemctl start postgresql && mysql -e 'SELECT 1'", False),
        ("# sudo systemctl start mysql", False),
    ],
)
def test_every_way_to_start_mysql_is_known(command: str, starts: bool, capsys: pytest.CaptureFixture[str]) -> None:
    assert bool(stand_in.STARTS_MYSQL.search(f"true\n  {command}")) is starts
    if starts:
        assert stand_in.run({"preinstalled": True}, *_words(command)) == 0
        assert not capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("sudo systemctl start mysql", 0, "systemctl start mysql"),  # when the job has a service, or none
        ("sudo -E apt-get update", 0, "apt-get update"),
        ("sudo rm -rf /", 0, "sudo rm -rf /"),
        ("sudo", 0, "sudo"),
        ("mysql -e SELECT", 127, "mysql -e SELECT"),
    ],
)
def test_what_is_left_out_is_said(command: str, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert stand_in.run({"preinstalled": False}, *_words(command)) == code
    assert capsys.readouterr().out == f"not run here: {said}\n"


def _words(command: str) -> tuple[str, list[str]]:
    name, *arguments = command.split()
    return name, arguments


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
        f"! cp /etc/hostname {there}/kept",
        f"! ln -sf /etc/hostname {there}/kept",
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


def test_what_pip_installs_stays_in_the_job(ci: Ci) -> None:
    ran = ci(
        """\
        - uses: actions/setup-python@v5
          with: {python-version: "3"}
        - run: test "$(command -v python)" = "$(dirname "$(command -v pip)")/python"
        - run: case "$(pip --version)" in *"$RUNNER_TEMP"*) ;; *) exit 1 ;; esac
        """
    )
    assert ran.code == 0, ran.said
