"""Stands between a project and MySQL, in the project's own Python. It imports nothing of the workbook."""

import importlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

Credentials = dict[str, Any]


def divert(change: Callable[[Credentials], Credentials]) -> None:
    """Stand between the project and MySQL: `change` each login's credentials (`host`, …, `db`)."""
    for name in ("asyncmy.connection", "aiomysql.connection", "pymysql.connections"):
        with suppress(ImportError):
            driver = importlib.import_module(name).Connection
            driver.__init__ = _changed(driver.__init__, change)


def listen(hear: Callable[[str], None]) -> None:
    """Stand between the project and MySQL: `hear` each statement."""
    for name in ("asyncmy.connection", "aiomysql.connection"):
        with suppress(ImportError):
            driver = importlib.import_module(name).Connection
            driver.query = _heard(driver.query, hear)


def _heard(original: Any, hear: Callable[[str], None]) -> Any:
    async def query(self: Any, sql: Any, *arguments: Any, **options: Any) -> Any:
        hear(sql.decode(errors="replace") if isinstance(sql, bytes) else str(sql))
        return await original(self, sql, *arguments, **options)

    return query


def _changed(original: Any, change: Callable[[Credentials], Credentials]) -> Any:
    def init(self: Any, *arguments: Any, passwd: str = "", unix_socket: str = "", **credentials: Any) -> None:
        credentials["db"] = credentials.pop("database", None) or credentials.get("db")
        original(self, *arguments, **change(credentials))

    return init
