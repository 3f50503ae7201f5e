"""Statements run on the project's database, printed as MySQL's own client prints them in a terminal."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pymysql
from pymysql.constants import FIELD_TYPE, FLAG

from workbook.mysql.server import Server

_NUMERIC = {
    FIELD_TYPE.DECIMAL,
    FIELD_TYPE.TINY,
    FIELD_TYPE.SHORT,
    FIELD_TYPE.LONG,
    FIELD_TYPE.FLOAT,
    FIELD_TYPE.DOUBLE,
    FIELD_TYPE.NULL,
    FIELD_TYPE.LONGLONG,
    FIELD_TYPE.INT24,
    FIELD_TYPE.YEAR,
    FIELD_TYPE.NEWDECIMAL,
}
_TIME = "(0.00 sec)"
_BINARY = 63
_NAME_WIDTH_ROW = 27

Cell = bytes | str | None


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a result, as the protocol describes it."""

    name: str
    type_code: int
    flags: int
    charsetnr: int


class Client:
    """One connection, as one fence has it. Close it by leaving a `with`."""

    def __init__(self, server: Server, database: str) -> None:
        """Log in, to the database when it exists."""
        # Without converters every value comes as the text that the server sent, which is what the client prints.
        self._connection = pymysql.connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password,
            charset="utf8mb4",
            autocommit=True,
            conv={},
        )
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM information_schema.schemata WHERE schema_name = %s", (database,))
            exists = cursor.fetchone()
        if exists:
            self._connection.select_db(database)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def run(self, statement: str) -> list[str]:
        """Run one statement that ends with `;` or `\\G`.

        Returns:
            the lines that the client prints, every duration as `(0.00 sec)`.
        """
        vertical = statement.rstrip().endswith("\\G")
        sql = re.sub(r"(;|\\G)\s*$", "", statement.rstrip())
        use = re.fullmatch(r"use\s+`?(\w+)`?", sql.strip(), re.IGNORECASE)
        try:
            if use:
                self._connection.select_db(use[1])
                return ["Database changed"]
            self._connection.query(sql)
        except pymysql.MySQLError as error:
            code, message = (*error.args, "")[:2]
            return [f"ERROR {code} ({self._state()}): {message}"]
        result: Any = vars(self._connection)["_result"]
        if result.has_next:
            self._connection.next_result()
        if result.description is None:
            return self._done(result.affected_rows, result.warning_count, _message(result.message))
        rows: Sequence[tuple[Cell, ...]] = result.rows or ()
        if not rows:
            return [f"Empty set{_warnings(result.warning_count)} {_TIME}"]
        fields = [Field(each.name, each.type_code, each.flags, each.charsetnr) for each in result.fields]
        cells = [[_cell(value, field) for value, field in zip(row, fields, strict=True)] for row in rows]
        body = _vertical(fields, cells) if vertical else _table(fields, cells)
        return [*body, f"{len(rows)} row{'s' * (len(rows) != 1)} in set{_warnings(result.warning_count)} {_TIME}"]

    def _done(self, affected: int, warnings: int, message: str) -> list[str]:
        said = f"Query OK, {affected} row{'s' * (affected != 1)} affected{_warnings(warnings)} {_TIME}"
        return [said, *([message.strip()] if message.strip() else [])]

    def _state(self) -> str:
        """The SQLSTATE of the error before, which PyMySQL drops."""
        try:
            with self._connection.cursor() as cursor:
                cursor.execute("GET DIAGNOSTICS CONDITION 1 @workbook_state = RETURNED_SQLSTATE")
                cursor.execute("SELECT @workbook_state")
                row = cursor.fetchone()
        except pymysql.MySQLError:
            return "HY000"
        value = row[0] if row else None
        return value.decode() if isinstance(value, bytes) else str(value or "HY000")


def _message(said: bytes | None) -> str:
    """The server's remark; the protocol puts its length before it, and PyMySQL leaves that in."""
    if said and said[0] == len(said) - 1:
        said = said[1:]
    return (said or b"").decode()


def _warnings(count: int) -> str:
    return f", {count} warning{'s' * (count != 1)}" if count else ""


def _cell(value: Cell, field: Field) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return value
    if field.charsetnr == _BINARY and field.type_code not in _NUMERIC and _is_bytes(field):
        return "0x" + value.hex().upper()
    return value.decode("utf-8", errors="replace")


def _is_bytes(field: Field) -> bool:
    kinds = {
        FIELD_TYPE.STRING,
        FIELD_TYPE.VAR_STRING,
        FIELD_TYPE.VARCHAR,
        FIELD_TYPE.BLOB,
        FIELD_TYPE.TINY_BLOB,
        FIELD_TYPE.BIT,
    }
    return field.type_code in kinds | {FIELD_TYPE.MEDIUM_BLOB, FIELD_TYPE.LONG_BLOB}


def _width(text: str) -> int:
    """Columns on the screen: Korean letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _table(fields: Sequence[Field], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = []
    for number, field in enumerate(fields):
        # The client reserves as many columns as the value has bytes, and four where NULL can stand.
        most = max([len(field.name.encode()), *(len(row[number].encode()) for row in rows)])
        widths.append(most if field.flags & FLAG.NOT_NULL else max(most, 4))
    border = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    names = (
        "|"
        + "|".join(f" {_padded(field.name, width, False)} " for field, width in zip(fields, widths, strict=True))
        + "|"
    )
    lines = [border, names, border]
    for row in rows:
        cells = zip(row, widths, fields, strict=True)
        line = (
            "|"
            + "|".join(f" {_padded(cell, width, field.type_code in _NUMERIC)} " for cell, width, field in cells)
            + "|"
        )
        lines += line.split("\n")
    return [*lines, border]


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * max(0, width - _width(text))
    return space + text if right else text + space


def _vertical(fields: Sequence[Field], rows: Sequence[Sequence[str]]) -> list[str]:
    widest = max(len(field.name) for field in fields)
    lines = []
    for number, row in enumerate(rows, 1):
        stars = "*" * _NAME_WIDTH_ROW
        lines.append(f"{stars} {number}. row {stars}")
        for field, cell in zip(fields, row, strict=True):
            lines += f"{field.name:>{widest}}: {cell}".split("\n")
    return lines
