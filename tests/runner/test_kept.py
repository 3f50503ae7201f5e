"""What a replay starts with is what the commands would have made, also when it comes from an earlier replay."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from workbook.login import create_database, cursor, quoted
from workbook.mysql.server import Server
from workbook.runner import kept

FILES = {"pyproject.toml": "[project]\n", "migrations/models/0_x_init.py": "…\n", "app/main.py": "1\n"}
MADE = "kept_made_test"
AGAIN = "kept_again_test"


@pytest.fixture
def two_databases(mysql: Server) -> Iterator[Server]:
    for name in (MADE, AGAIN):
        create_database(mysql, name)
    yield mysql
    with cursor(mysql) as ask:
        for name in (MADE, AGAIN):
            ask.execute(f"DROP DATABASE {quoted(name)}")


def test_a_database_is_restored_with_its_tables_rows_and_counters(two_databases: Server) -> None:
    with cursor(two_databases, MADE) as ask:
        ask.execute("CREATE TABLE b (id BIGINT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(9) COLLATE utf8mb4_0900_bin)")
        ask.execute("CREATE TABLE a (b_id BIGINT, said JSON, FOREIGN KEY (b_id) REFERENCES b (id))")
        ask.execute("INSERT INTO b (word) VALUES ('회의'), (NULL), ('it''s 100%')")
        ask.execute("DELETE FROM b WHERE id = 2")
        ask.execute("""INSERT INTO a VALUES (1, '{"a": "\\\\"%s"}')""")
    dumped = kept.dump(two_databases, MADE)
    kept.restore(two_databases, AGAIN, dumped)
    assert kept.dump(two_databases, AGAIN) == dumped
    assert b"AUTO_INCREMENT=4" in dumped
    with cursor(two_databases, AGAIN) as ask:
        ask.execute("SELECT word FROM b ORDER BY id")
        assert ask.fetchall() == (("회의",), ("it's 100%",))


def test_what_is_kept_follows_what_it_was_made_from(mysql: Server) -> None:
    other_code = FILES | {"app/main.py": "2\n"}
    other_migration = FILES | {"migrations/models/0_x_init.py": "another\n"}
    other_packages = FILES | {"pyproject.toml": "[project]\nname = 'x'\n"}
    assert kept.migrated(other_code, mysql) == kept.migrated(FILES, mysql)
    assert kept.lock_file(other_code) == kept.lock_file(FILES)
    assert kept.migrated(other_migration, mysql) != kept.migrated(FILES, mysql)
    assert kept.lock_file(other_packages) != kept.lock_file(FILES)


def test_it_is_found_again_and_without_a_store_nothing_is_kept(tmp_path: Path) -> None:
    store = tmp_path / "starts"
    assert kept.take(store, "x.lock") is None
    kept.keep(store, "x.lock", b"one")
    kept.keep(store, "x.lock", b"two")
    assert kept.take(store, "x.lock") == b"two"
    assert [path.name for path in store.iterdir()] == ["x.lock"]
    kept.keep(None, "x.lock", b"three")
    assert kept.take(None, "x.lock") is None
