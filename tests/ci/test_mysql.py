"""The throwaway MySQL plays the service, or the server that GitHub's machines have installed."""

import pytest

from tests.ci.conftest import MYSQL, Ci

pytestmark = pytest.mark.slow

ASK = "mysql --host=127.0.0.1 --user=root --password=1234 -N -e"


def test_a_service_has_the_accounts_and_the_database_of_its_env(ci: Ci) -> None:
    more = MYSQL.replace("MYSQL_DATABASE", "MYSQL_USER: student\n      MYSQL_PASSWORD: secret\n      MYSQL_DATABASE")
    ran = ci(
        f"""\
        - run: test "$({ASK} "SHOW DATABASES LIKE 'from_%'")" = from_the_service
        - run: mysql -h127.0.0.1 -ustudent -psecret from_the_service -e "CREATE TABLE t (id INT)"
        - run: "! {ASK.replace("1234", "root")} 'SELECT 1'"
        - run: "! mysql -h127.0.0.1 -ustudent -psecret -e 'CREATE DATABASE other'"
        """,
        job=more,
    )
    assert ran.code == 0, ran.said
    assert "of this machine plays the service mysql (mysql:8.4)." in ran.said


def test_settings_that_name_the_services_port_lead_to_it(ci: Ci) -> None:
    """An application does not ask the stand-ins: it reads its settings."""
    greet = "import os,socket; print(socket.create_connection(('127.0.0.1', {})).recv(5)[4])"
    ran = ci(
        f"""\
        - run: test "$(python3 -c "{greet.format("int(os.environ['MYSQL_PORT'])")}")" = 10
        - run: test "$(python3 -c "{greet.format("int(os.environ['DATABASE_URL'].split(':')[-1])")}")" = 10
          env:
            DATABASE_URL: mysql://root@localhost:3306
        - run: |
            export DB_PORT=3306
            test "$(python3 -c "{greet.format("int(os.environ['DB_PORT'])")}")" = 10
        """,
        job=MYSQL,
    )
    assert ran.code == 0, ran.said


@pytest.mark.parametrize("port", ["3306", "'3306'"])
def test_a_port_that_github_picks_is_asked_for_by_an_expression(ci: Ci, port: str) -> None:
    asked = f"${{{{ job.services.mysql.ports[{port}] }}}}"
    ran = ci(
        f"""\
        - run: test "$({ASK.replace("mysql", "mysql -P " + asked)} "SELECT 1")" = 1
        - run: python3 -c "import os, socket; socket.create_connection(('127.0.0.1', int(os.environ['DB_PORT'])))"
          env:
            DB_PORT: {asked}
        - run: "! {ASK} 'SELECT 1'"
        """,
        job=MYSQL.replace("3306:3306", "3306"),
    )
    assert ran.code == 0, ran.said


NO_SOCKET = "ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("mysql -N -e 'SELECT 1; SELECT NULL'", NO_SOCKET),  # a service container has no socket here
        ("mysql -hlocalhost -e 'SELECT 1'", NO_SOCKET),
        ("MYSQL_HOST=127.0.0.1 mysql -uroot -p1234 -BNe 'SELECT 40 + 2'", "42"),
        ("mysql --host 127.0.0.1 -uroot -p1234 -BNe 'SELECT NULL' mysql", "NULL"),
        ("echo 'SELECT DATABASE()' | mysql -h127.0.0.1 -uroot -p1234 -N mysql", "mysql"),
        ("mysql -h127.0.0.1 -uroot -pno -e 'SELECT 1'", "ERROR 1045 (28000): Access denied for user 'root'@"),
        (
            "mysql -h127.0.0.1 -P3307 -e 'SELECT 1'",
            "ERROR 2003 (HY000): Can't connect to MySQL server on '127.0.0.1:3307'",
        ),
        ("mysql -hmysql -e 'SELECT 1'", "ERROR 2005 (HY000): Unknown MySQL server host 'mysql'"),
        ("mysqladmin ping -h127.0.0.1 -uroot -p1234", "mysqld is alive"),
    ],
)
def test_the_clients_are_mysqls_own_and_find_only_the_service(ci: Ci, command: str, said: str) -> None:
    ran = ci(f"- run: |\n    {command} 2>&1 | cat\n    false\n", job=MYSQL)

    assert said in " ".join(ran.said.split())


def test_a_service_that_the_image_would_refuse_fails_the_job_before_its_first_step(ci: Ci) -> None:
    ran = ci("- run: 'true'", job=MYSQL.replace("MYSQL_DATABASE: from_the_service", "MYSQL_USER: root"))

    assert ran.code == 1
    assert "The job failed before its first step: the container mysql:8.4 would stop at\nonce." in ran.said


PREINSTALLED = "mysql -uroot -proot -e"


def test_the_preinstalled_server_is_off_until_started_and_root_is_its_first_password(ci: Ci) -> None:
    ran = ci(
        f"""\
        - run: "! {PREINSTALLED} 'SELECT 1'"
        - run: |
            sudo systemctl start mysql
            {PREINSTALLED} "ALTER USER 'root'@'localhost' IDENTIFIED BY '1234'; CREATE DATABASE mine"
        - run: test "$({ASK} "SHOW DATABASES LIKE 'mine'")" = mine
        - run: "! {PREINSTALLED} 'SELECT 1'"
        """
    )
    assert ran.code == 0, ran.said
    assert "plays the one that GitHub's have installed, off\nuntil started." in ran.said


def test_a_password_that_is_a_secret_opens_the_service(ci: Ci) -> None:
    secret = "${{ secrets.DB_PASSWORD }}"
    ran = ci(
        f"""\
        - run: mysql -h127.0.0.1 -uroot -p"$PASSWORD" -e 'SELECT 1'
          env:
            PASSWORD: {secret}
        """,
        job=MYSQL.replace('"1234"', secret),
    )
    assert ran.code == 0, ran.said
    assert "Secrets are empty" not in ran.said


def test_two_jobs_have_two_servers(ci: Ci) -> None:
    job = "runs-on: ubuntu-24.04\n    steps:\n      - run: |\n          sudo systemctl start mysql\n          "
    jobs = "".join(f"  {name}:\n    {job}{PREINSTALLED} 'CREATE DATABASE one'\n" for name in ("one", "two"))
    ran = ci(workflow=f"on: push\njobs:\n{jobs}")

    assert ran.code == 0, ran.said


def test_a_job_without_a_mysql_never_meets_the_one_that_its_owner_develops_on(
    ci: Ci, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MYSQL_HOST", "owner.example.com")
    monkeypatch.setenv("MYSQL_PASSWORD", "the owner's")
    ran = ci(
        """\
        - run: test -z "$MYSQL_HOST$MYSQL_PASSWORD" -a "$MYSQL_PORT" != 3306
        - run: python3 -c "import os, socket; socket.create_connection(('127.0.0.1', int(os.environ['MYSQL_PORT'])))"
        """
    )
    assert "ok       Run test -z" in ran.said
    assert "ConnectionRefusedError" in ran.said
