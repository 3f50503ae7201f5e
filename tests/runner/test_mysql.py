"""What the client prints, on the real server."""

from collections.abc import Iterator

import pytest

from tests.runner.conftest import Run
from workbook.lesson.errors import LessonError
from workbook.mysql.server import Server
from workbook.runner import database
from workbook.runner.ground import Settings
from workbook.runner.mysqlclient import Client

NAME = "l_lesson"


@pytest.fixture
def name(worker_id: str, mysql: Server) -> Iterator[str]:
    """A database of this process's own; it does not exist yet."""
    settings = Settings(server=mysql, database=f"{NAME}_{worker_id}")
    database.empty(settings)
    yield settings.database
    database.empty(settings)


@pytest.fixture
def client(mysql: Server, name: str) -> Iterator[Client]:
    database.create(Settings(server=mysql, database=name))
    with Client(mysql, name) as client:
        columns = "id BIGINT PRIMARY KEY AUTO_INCREMENT, n VARCHAR(20) UNIQUE, x DECIMAL(5,2), b VARBINARY(4)"
        client.run(f"CREATE TABLE t ({columns});")
        yield client


def test_a_table_is_printed_as_the_client_prints_it(client: Client) -> None:
    assert client.run("INSERT INTO t (n, x) VALUES ('한국', 1.5), ('a', NULL);") == [
        "Query OK, 2 rows affected (0.00 sec)",
        "Records: 2  Duplicates: 0  Warnings: 0",
    ]
    assert client.run("SELECT * FROM t;") == [
        "+----+--------+------+------+",
        "| id | n      | x    | b    |",
        "+----+--------+------+------+",
        "|  1 | 한국   | 1.50 | NULL |",
        "|  2 | a      | NULL | NULL |",
        "+----+--------+------+------+",
        "2 rows in set (0.00 sec)",
    ]


def test_a_row_goes_down_the_page(client: Client) -> None:
    client.run("INSERT INTO t (n) VALUES ('a');")
    assert client.run("SELECT id, n AS name FROM t\\G") == [
        "*************************** 1. row ***************************",
        "  id: 1",
        "name: a",
        "1 row in set (0.00 sec)",
    ]


def test_bytes_are_printed_in_hex_and_text_in_binary_collation_is_not(client: Client) -> None:
    assert client.run("SELECT 0xABCD AS b;")[3] == "| 0xABCD |"
    assert client.run("SELECT VERSION() IS NULL AS v, NOW() IS NULL;")[3] == "| 0 |             0 |"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SELECT * FROM t;", ["Empty set (0.00 sec)"]),
        ("DELETE FROM t;", ["Query OK, 0 rows affected (0.00 sec)"]),
        ("SELECT 1 FROM;", "ERROR 1064 (42000): You have an error in your SQL syntax"),
        ("SELECT * FROM nowhere;", "ERROR 1146 (42S02): Table "),
        ("USE nowhere;", ["ERROR 1049 (42000): Unknown database 'nowhere'"]),
        ("use mysql;", ["Database changed"]),
    ],
)
def test_each_kind_of_answer_has_its_form(client: Client, statement: str, said: list[str] | str) -> None:
    answer = client.run(statement)
    assert answer == said if isinstance(said, list) else answer[0].startswith(said)


def test_a_duplicate_has_its_sqlstate(client: Client) -> None:
    client.run("INSERT INTO t (n) VALUES ('a');")
    assert client.run("INSERT INTO t (n) VALUES ('A');") == ["ERROR 1062 (23000): Duplicate entry 'A' for key 't.n'"]


def test_a_warning_is_counted(client: Client) -> None:
    assert client.run("CREATE DATABASE IF NOT EXISTS mysql;") == ["Query OK, 1 row affected, 1 warning (0.00 sec)"]


FENCE = "```mysql\nmysql> SELECT 1 AS one;\n+-----+\n| one |\n+-----+\n|   {n} |\n+-----+\n```\n"


def test_a_lesson_asks_the_projects_database(run: Run, mysql: Server, name: str) -> None:
    body = f"```mysql\nmysql> SELECT DATABASE();\n...\n| {name} |\n...\n```\n\n" + FENCE.format(n=1)
    run(body, server=mysql, database=name)


def test_a_changed_row_is_named_with_its_line(run: Run, mysql: Server, name: str) -> None:
    with pytest.raises(LessonError) as error:
        run(FENCE.format(n=2), server=mysql, database=name)
    assert error.value.line == 12
    assert "expected: |   2 |\n     got: |   1 |" in error.value.why


def test_a_lesson_without_a_server_says_so(run: Run) -> None:
    with pytest.raises(LessonError, match="a mysql fence, and no MySQL to run it on"):
        run(FENCE.format(n=1))


def test_a_foreign_servers_databases_are_left_alone(mysql: Server, name: str) -> None:
    kept = Settings(server=mysql, database=f"{NAME}x_{name}")
    database.create(kept)
    try:
        database.empty(Settings(server=mysql, database=name))
        with Client(mysql, kept.database) as client:
            assert client.run("SELECT DATABASE();")[3].strip("| ") == kept.database
    finally:
        database.empty(kept)
