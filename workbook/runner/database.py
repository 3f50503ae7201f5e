"""The server as a lesson finds it: empty, or with the project's database."""

import pymysql

from workbook.runner.ground import Settings

_SYSTEM = ("mysql", "sys", "information_schema", "performance_schema")


def empty(settings: Settings) -> None:
    """Drop all databases of a server of our own; of any other only those whose names start like the project's."""
    with _connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW DATABASES")
        names = [str(name) for (name,) in cursor.fetchall()]
        for name in names:
            if name not in _SYSTEM and (settings.own_server or name.startswith(settings.database)):
                cursor.execute(f"DROP DATABASE `{name}`")


def create(settings: Settings) -> None:
    """Create the project's database."""
    with _connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE `{settings.database}`")


def _connect(settings: Settings) -> "pymysql.connections.Connection":
    server = settings.server
    assert server is not None
    return pymysql.connect(
        host=server.host, port=server.port, user=server.user, password=server.password, autocommit=True
    )
