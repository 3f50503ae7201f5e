"""The throwaway MySQL plays the service, or the server that GitHub's machines have installed, as in the notes' job."""

import pytest

from tests.rehearsal.conftest import KEPT, MYSQL, Ci
from workbook.place import TEMPLATE

pytestmark = pytest.mark.slow

ASK = "mysql --host=127.0.0.1 --user=root --password=1234 -N -e"
GREET = "python3 -c \"import os, socket; assert socket.create_connection(('127.0.0.1', int({}))).recv(5)[4] == 10\""
"""An application does not ask MySQL's clients: it reads its settings. 10 is MySQL's protocol."""
PORT = "os.environ['MYSQL_PORT']"

JOB = """\
env: {MYSQL_HOST: 127.0.0.1, MYSQL_PORT: 3306, MYSQL_USER: root, MYSQL_PASSWORD: 1234, MYSQL_DATABASE: when2meet_vod}
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
"""The notes' own job: it starts GitHub's preinstalled MySQL, and sets the machine's time zone."""
NOT_STARTED = STEPS.replace("sudo systemctl start mysql", "true")


def test_a_service_has_the_accounts_and_the_database_of_its_env_and_settings_lead_to_it(ci: Ci) -> None:
    _code, said = ci(
        "",
        f"""test "$({ASK} "SHOW DATABASES LIKE 'from_%'")" = from_the_service""",
        'mysql -h127.0.0.1 -ustudent -psecret from_the_service -e "CREATE TABLE t (id INT)"',
        f"! {ASK.replace('1234', 'root')} 'SELECT 1'",
        "! mysql -h127.0.0.1 -ustudent -psecret -e 'CREATE DATABASE other'",
        GREET.format(PORT),
        GREET.format("os.environ['DATABASE_URL'].split(':')[-1]"),
        "export DB_PORT=3306\n" + GREET.format("os.environ['DB_PORT']"),
        job="env:\n  DATABASE_URL: mysql://root@localhost:3306\n"
        + MYSQL.replace("MYSQL_DATABASE", "MYSQL_USER: student\n      MYSQL_PASSWORD: secret\n      MYSQL_DATABASE"),
    )
    assert "of this machine plays the service mysql (mysql:8.4)." in said


def test_a_port_that_github_picks_is_asked_for_by_an_expression(ci: Ci) -> None:
    asked = "${{ job.services.mysql.ports[3306] }}"
    picked = ASK.replace("mysql", f"mysql -P {asked}") + " ' '"
    tried = [picked, GREET.format(asked.replace("3306", "'3306'")), f"! {ASK} 'SELECT 1'"]
    tried.append("export DB_PORT=33060\n" + GREET.format("os.environ['DB_PORT']"))
    ci("", *tried, job=MYSQL.replace('["3306:3306"]', "[33060:3306]"))
    # Without any it is empty, as on GitHub.
    ci("", f'test -z "{asked}"', job=MYSQL.replace('    ports: ["3306:3306"]\n', ""))


def test_the_clients_are_mysqls_own_and_find_only_the_service(ci: Ci) -> None:
    table = {
        # A service container has no socket here.
        "mysql -N -e 'SELECT 1'": "ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/nowhere.*",
        "mysql -P 3306 --protocol=TCP -uroot -p1234 -e 'SELECT 1' -N": "1",
        "mysqladmin ping -h127.0.0.1 -uroot -p1234": "mysqld is alive",
    }
    ci("", *(f'{command} 2>&1 | grep -x "{said}"' for command, said in table.items()), job=MYSQL)


def test_a_job_without_a_mysql_never_meets_its_owners(ci: Ci, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYSQL_HOST", "owner.example.com")
    ci("", 'test -z "$MYSQL_HOST" -a "$MYSQL_PORT" != 3306', f"! {GREET.format(PORT)}")


def test_the_notes_job_is_green(ci: Ci) -> None:
    # One file of its tests is enough: the others pass in its own workflow.
    paths = [path for path in TEMPLATE.rglob("*.py") if path.name == KEPT or not path.name.startswith("test_")]
    files = {str(path.relative_to(TEMPLATE)): path.read_text() for path in (*paths, TEMPLATE / "pyproject.toml")}
    files["pyproject.toml"] = files["pyproject.toml"].replace("fail_under = 100", "fail_under = 0")
    code, said = ci(STEPS + "- run: '! mysql -uroot -proot -e exit'", job=JOB, **files)
    assert code == 0, said
    assert "of this machine plays the service mysql (preinstalled)." in said
    assert "not run here: sudo rm /etc/localtime" in said


@pytest.mark.parametrize(
    ("steps", "job", "reason"),
    [
        (NOT_STARTED, JOB, "ERROR 2003 (HY000): Can't connect to MySQL server on '127.0.0.1:3306'"),
        (STEPS.replace("ALTER USER", "-- "), JOB, "ERROR 1045 (28000): Access denied for"),
        (NOT_STARTED, MYSQL + JOB, "ERROR 1045 (28000): Access denied for user 'root'@'"),
    ],
    ids=["not started", "password not changed", "a service has another password"],
)
def test_what_goes_wrong_with_it_on_github_goes_wrong_here(ci: Ci, steps: str, job: str, reason: str) -> None:
    code, said = ci(steps, job=job)
    assert code == 1
    assert "The job failed at the step “Start Mysql”: exit code 1." in said
    assert reason in " ".join(said.split())
