"""What the start of a replay needs, kept from one replay to the next: a lock file, and a migrated database.

Every page starts from a state that earlier ones have had. To resolve the same packages and to run the same migrations
again costs a second and a half of each of fifty pages. Each thing is kept under a hash of all that it follows from.
"""

import hashlib
import json
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from workbook.history.files import Tree
from workbook.login import cursor, quoted
from workbook.mysql.server import Server

LOCK = "uv.lock"


def lock_file(files: Tree) -> str:
    """The name under which the lock file of these packages is kept."""
    return f"{_digest(files['pyproject.toml'])}.lock"


def migrated(files: Tree, server: Server) -> str:
    """The name under which the database is kept that these migrations build on this server."""
    migrations = sorted((path, text) for path, text in files.items() if path.startswith("migrations/"))
    return f"{_digest(server.version, files['pyproject.toml'], *(part for pair in migrations for part in pair))}.json"


def take(store: Path | None, name: str) -> bytes | None:
    """What is kept under this name; None when nothing is."""
    if store is None or not (store / name).is_file():
        return None
    return (store / name).read_bytes()


def keep(store: Path | None, name: str, content: bytes) -> None:
    """Keep this; of two processes that do so at once, one wins, and neither sees half a file."""
    if store is None:
        return
    store.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=store, delete=False) as file:
        file.write(content)
    os.replace(file.name, store / name)


def dump(server: Server, database: str) -> bytes:
    """The statements that make this database's tables and rows again."""
    statements = []
    with cursor(server, database) as ask:
        ask.execute("SHOW TABLES")
        for (table,) in ask.fetchall():
            ask.execute(f"SHOW CREATE TABLE {quoted(table)}")
            (row,) = ask.fetchall()
            statements.append(row[1])
            ask.execute(f"SELECT * FROM {quoted(table)}")
            for values in ask.fetchall():
                marks = ", ".join(["%s"] * len(values))
                statements.append(ask.mogrify(f"INSERT INTO {quoted(table)} VALUES ({marks})", values))
    return json.dumps(statements).encode()


def restore(server: Server, database: str, dumped: bytes) -> None:
    """Make the tables and rows of a dump in an empty database."""
    with cursor(server, database) as ask:
        ask.execute("SET FOREIGN_KEY_CHECKS = 0")
        for statement in json.loads(dumped):
            ask.execute(statement)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
