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
    """Stand between the project and MySQL: `hear` each statement, and where a transaction begins and ends."""
    for name in ("asyncmy.connection", "aiomysql.connection"):
        with suppress(ImportError):
            driver = importlib.import_module(name).Connection
            driver.query = _heard(driver.query, hear)
            for word in ("begin", "commit"):
                setattr(driver, word, _heard(getattr(driver, word), hear, word.upper()))


def _heard(original: Any, hear: Callable[[str], None], word: str = "") -> Any:
    async def query(self: Any, *arguments: Any, **options: Any) -> Any:
        sql = word or (arguments or [*options.values()])[0]
        hear(sql.decode(errors="replace") if isinstance(sql, bytes) else str(sql))
        return await original(self, *arguments, **options)

    return query


def _changed(original: Any, change: Callable[[Credentials], Credentials]) -> Any:
    def init(self: Any, *arguments: Any, passwd: str = "", unix_socket: str = "", **credentials: Any) -> None:
        credentials["db"] = credentials.pop("database", None) or credentials.get("db")
        original(self, *arguments, **change(credentials))

    return init
