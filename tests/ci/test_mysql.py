"""The throwaway MySQL plays the service, or the server that GitHub's machines have installed."""

import pytest

from tests.ci.conftest import MYSQL, Ci, passes

pytestmark = pytest.mark.slow

ASK = "mysql --host=127.0.0.1 --user=root --password=1234 -N -e"
PREINSTALLED = "mysql -uroot -proot -e"
GREET = "import os, socket; assert socket.create_connection(('127.0.0.1', int({}))).recv(5)[4] == 10"
"""An application does not ask the stand-ins: it reads its settings. 10 is MySQL's protocol."""


def test_a_service_has_the_accounts_and_the_database_of_its_env(ci: Ci) -> None:
    said = passes(
        ci,
        f"""test "$({ASK} "SHOW DATABASES LIKE 'from_%'")" = from_the_service""",
        'mysql -h127.0.0.1 -ustudent -psecret from_the_service -e "CREATE TABLE t (id INT)"',
        f"! {ASK.replace('1234', 'root')} 'SELECT 1'",
        "! mysql -h127.0.0.1 -ustudent -psecret -e 'CREATE DATABASE other'",
        job=MYSQL.replace("MYSQL_DATABASE", "MYSQL_USER: student\n      MYSQL_PASSWORD: secret\n      MYSQL_DATABASE"),
    )
    assert "of this machine plays the service mysql (mysql:8.4)." in said


def test_settings_that_name_the_services_port_lead_to_it(ci: Ci) -> None:
    passes(
        ci,
        f'''python3 -c "{GREET.format("os.environ['MYSQL_PORT']")}"''',
        f'''python3 -c "{GREET.format("os.environ['DATABASE_URL'].split(':')[-1]")}"''',
        f'''export DB_PORT=3306\npython3 -c "{GREET.format("os.environ['DB_PORT']")}"''',
        job=f"env:\n  DATABASE_URL: mysql://root@localhost:3306\n{MYSQL}",
    )


def test_a_port_that_github_picks_is_asked_for_by_an_expression(ci: Ci) -> None:
    asked = "${{ job.services.mysql.ports[3306] }}"
    passes(
        ci,
        f"""test "$({ASK.replace("mysql", "mysql -P " + asked)} "SELECT 1")" = 1""",
        f'''python3 -c "{GREET.format(asked.replace("3306", "'3306'"))}"''',
        f"! {ASK} 'SELECT 1'",
        job=MYSQL.replace("3306:3306", "3306"),
    )


def test_the_clients_are_mysqls_own_and_find_only_the_service(ci: Ci) -> None:
    no_socket = "ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/.*/mysqld/mysqld.sock' (2)"
    table = {
        "mysql -N -e 'SELECT 1; SELECT NULL'": no_socket,  # a service container has no socket here
        "mysql -hlocalhost -e 'SELECT 1'": no_socket,
        "MYSQL_HOST=127.0.0.1 mysql -uroot -p1234 -BNe 'SELECT 40 + 2'": "42",
        "mysql --host 127.0.0.1 -uroot -p1234 -BNe 'SELECT NULL' mysql": "NULL",
        "echo 'SELECT DATABASE()' | mysql -h127.0.0.1 -uroot -p1234 -N mysql": "mysql",
        "mysql -h127.0.0.1 -uroot -pno -e 'SELECT 1'": "ERROR 1045 (28000): Access denied for user 'root'@.*",
        "mysql -h127.0.0.1 -P3307 -e '.'": "ERROR 2003 (HY000): Can't connect to MySQL server on '127.0.0.1:3307' .*",
        "mysql -hmysql -e 'SELECT 1'": "ERROR 2005 (HY000): Unknown MySQL server host 'mysql' .*",
        "mysqladmin ping -h127.0.0.1 -uroot -p1234": "mysqld is alive",
    }
    passes(ci, *(f'{command} 2>&1 | grep -x "{said}"' for command, said in table.items()), job=MYSQL)


def test_a_service_that_the_image_would_refuse_fails_the_job_before_its_first_step(ci: Ci) -> None:
    ran = ci("- run: 'true'", job=MYSQL.replace("MYSQL_DATABASE: from_the_service", "MYSQL_USER: root"))

    assert ran.code == 1
    assert "The job failed before its first step: the container mysql:8.4 would stop at\nonce." in ran.said


def test_the_preinstalled_server_is_off_until_started_and_root_is_its_first_password(ci: Ci) -> None:
    said = passes(
        ci,
        f"! {PREINSTALLED} 'SELECT 1'",
        f"sudo systemctl start mysql\n{PREINSTALLED} \"ALTER USER 'root'@'localhost' IDENTIFIED BY '1234'\"",
        f"{ASK} 'CREATE DATABASE mine'",
        f"! {PREINSTALLED} 'SELECT 1'",
    )
    assert "plays the one that GitHub's have installed, off\nuntil started." in said


def test_a_password_that_is_a_secret_opens_the_service(ci: Ci) -> None:
    secret = "${{ secrets.DB_PASSWORD }}"
    job = f"env:\n  PASSWORD: {secret}\n" + MYSQL.replace('"1234"', secret)

    assert "Secrets are empty" not in passes(ci, "mysql -h127.0.0.1 -uroot -p$PASSWORD -e 'SELECT 1'", job=job)


def test_a_job_without_a_mysql_never_meets_the_one_that_its_owner_develops_on(
    ci: Ci, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MYSQL_HOST", "owner.example.com")
    monkeypatch.setenv("MYSQL_PASSWORD", "the owner's")
    passes(
        ci,
        'test -z "$MYSQL_HOST$MYSQL_PASSWORD" -a "$MYSQL_PORT" != 3306',
        f'''! python3 -c "{GREET.format("os.environ['MYSQL_PORT']")}"''',
    )
