"""The notes' own workflow runs: it starts GitHub's preinstalled MySQL, and sets the machine's time zone."""

import pytest

from tests.ci.conftest import MYSQL, Ci
from workbook.place import TEMPLATE

pytestmark = pytest.mark.slow

JOB = """\
env:
  MYSQL_HOST: 127.0.0.1
  MYSQL_PORT: 3306
  MYSQL_USER: root
  MYSQL_PASSWORD: 1234
  MYSQL_DATABASE: when2meet_vod
"""

STEPS = """\
- uses: actions/checkout@v4
- name: Set timezone to KST
  run: |
    sudo rm /etc/localtime
    sudo ln -s /usr/share/zoneinfo/Asia/Seoul /etc/localtime
- name: Start Mysql
  run: |
    sudo systemctl start mysql
    mysql -e "use mysql; FLUSH PRIVILEGES; ALTER USER '${{ env.MYSQL_USER }}'@'localhost' IDENTIFIED BY '${{ XX }}';" \\
      -uroot -proot
    mysql -e 'CREATE DATABASE ${{ env.MYSQL_DATABASE }};' -u${{ env.MYSQL_USER }} -p${{ env.MYSQL_PASSWORD }}
- name: Run tests
  run: |
    uv run coverage run -m pytest .
    uv run coverage report -m
""".replace("XX", "env.MYSQL_PASSWORD")


def test_the_notes_job_is_green(ci: Ci) -> None:
    paths = [path for path in TEMPLATE.rglob("*") if path.is_file() and "cache" not in str(path.parent)]
    files = {str(path.relative_to(TEMPLATE)): path.read_text() for path in paths if ".github" not in path.parts}

    ran = ci(STEPS, job=JOB, files=files)

    assert ran.code == 0, ran.said
    assert "ok       Start Mysql" in ran.said
    assert "ok       Run tests" in ran.said
    assert "not run here: sudo rm /etc/localtime" in ran.said


def without(line: str) -> str:
    assert line in STEPS
    return "".join(each for each in STEPS.splitlines(keepends=True) if line not in each)


@pytest.mark.parametrize(
    ("steps", "job", "said"),
    [
        (without("systemctl start"), JOB, "ERROR 2003 (HY000): Can't connect to MySQL server on '127.0.0.1:3306'"),
        (without("systemctl start"), "", "ERROR 2002 (HY000): Can't connect to local MySQL server"),
        (STEPS.replace("ALTER USER", "-- "), JOB, "ERROR 1045 (28000): Access denied for user 'root'@'"),
        (without("systemctl start"), MYSQL + JOB, "ERROR 1045 (28000): Access denied for user 'root'@'"),
    ],
    ids=["not started", "not started, no host named", "password not changed", "a service has another password"],
)
def test_what_goes_wrong_with_it_on_github_goes_wrong_here(ci: Ci, steps: str, job: str, said: str) -> None:
    ran = ci(steps, job=job)

    assert ran.code == 1
    assert "The job failed at the step “Start Mysql”: exit code 1." in ran.said
    assert said in " ".join(ran.said.split())
