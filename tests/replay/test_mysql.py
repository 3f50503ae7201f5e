"""A mysql fence is what MySQL's own client prints, on the real server."""

import re
from collections.abc import Iterator

import pytest

from tests.replay.conftest import Run
from workbook.lesson.blocks import mismatch
from workbook.lesson.errors import LessonError
from workbook.mysql.login import create_database, databases
from workbook.mysql.server import Server
from workbook.replay.compare import normalise
from workbook.replay.ground import Settings
from workbook.replay.shell import Client
from workbook.replay.start import empty


@pytest.fixture
def name(worker_id: str, mysql: Server) -> Iterator[str]:
    settings = Settings(server=mysql, database=f"l_lesson_{worker_id}")
    empty(settings)
    yield settings.database
    empty(settings)


@pytest.fixture
def client(mysql: Server, name: str) -> Iterator[Client]:
    create_database(mysql, name)
    with Client(Settings(server=mysql, database=name)) as client:
        client.run("CREATE TABLE t (id BIGINT PRIMARY KEY AUTO_INCREMENT, n VARCHAR(20) UNIQUE);")
        client.run("INSERT INTO t (n) VALUES ('a');")
        yield client


ROWS = [f"{'*' * 27} 1. row {'*' * 27}", "  n: 한국", "one: 1.5", "1 row in set (<duration>)"]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM t\nWHERE id = 1;", ["Query OK, 1 row affected (<duration>)"]),
        ("SELECT '한국' AS n, 1.5 AS one\\G", ROWS),
        ("SELECT * FROM t WHERE id = 9;", ["Empty set (<duration>)"]),
        ("SELECT 1\nFROM;", ["ERROR 1064 (42000): You have an error in your SQL syntax; ... near '' at line 2"]),
        ("SELECT 'mysql> ' AS p, LENGTH('%s') AS n;" % ("x" * 5000), ["...", "| mysql>  | 5000 |", "..."]),
    ],
)
def test_each_kind_of_answer_is_the_clients_own(client: Client, statement: str, said: list[str]) -> None:
    printed = [re.sub("; .* near", "; ... near", line) for line in normalise(client.run(statement))]
    assert mismatch(said, printed) is None, printed


def test_a_session_keeps_its_state_and_a_statement_that_does_not_end_is_named(client: Client) -> None:
    client.run("SET @n = 7;")
    assert client.run("SELECT @n, COUNT(*) FROM t;")[3] == "|    7 |        1 |"
    client.patience = 0.2
    assert client.run("SELECT 1") == ["(the client does not answer within 0.2 seconds)"]


FENCE = "```mysql\nmysql> SELECT DATABASE() AS {0};\n...\n| {1} |\n...\n```\n"


def test_a_lesson_asks_the_projects_database(run: Run, mysql: Server, name: str) -> None:
    run(FENCE.format("d", name), server=mysql, database=name)
    with pytest.raises(LessonError, match="does not print what is shown") as error:
        run(FENCE.format("d", "other"), server=mysql, database=name)
    assert error.value.line == 10


def test_a_foreign_servers_databases_are_left_alone(mysql: Server, name: str) -> None:
    kept = Settings(server=mysql, database=f"kept_{name}")
    create_database(mysql, kept.database)
    empty(Settings(server=mysql, database=name))
    assert kept.database in databases(mysql)
    empty(kept)
    assert kept.database not in databases(mysql)
