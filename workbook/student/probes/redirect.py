"""Send every connection of Tortoise to the throwaway database, whatever the project's settings say."""

import os
from typing import Any

_target: list[str] = []


def redirect(database: str) -> None:
    """From now on, Tortoise's MySQL connections log in where the environment says, on this database."""
    from tortoise.backends.mysql.client import MySQLClient

    if not _target:
        original = MySQLClient.__init__

        def init(self: Any, **credentials: Any) -> None:
            credentials |= {
                "host": os.environ["MYSQL_HOST"],
                "port": int(os.environ["MYSQL_PORT"]),
                "user": os.environ["MYSQL_USER"],
                "password": os.environ["MYSQL_PASSWORD"],
                "database": _target[-1],
            }
            original(self, **credentials)

        MySQLClient.__init__ = init  # type: ignore[method-assign]
    _target[:] = [database]


def connection(config: dict[str, Any]) -> Any:
    """The client of the configuration's first connection, once Tortoise is initialised."""
    name = next(iter(config["connections"]))
    try:
        from tortoise import connections
    except ImportError:
        from tortoise.connection import get_connection

        return get_connection(name)
    return connections.get(name)


async def close() -> None:
    """Close all connections."""
    from tortoise import Tortoise

    await Tortoise.close_connections()
