import re
from typing import Any

from tortoise import BaseDBAsyncClient, Tortoise
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext

from app.tests.database import database_of, temporary_database


async def test_the_migrations_build_what_the_models_describe(initialize: dict[str, Any]) -> None:
    by_migrations = await tables(get_connection("default"))

    name = database_of(initialize).replace("_test", "_models_test")
    async with temporary_database(name) as tortoise_config, TortoiseContext() as context:
        await context.init(config=tortoise_config)
        await context.generate_schemas()
        by_models = await tables(context.db())

    assert by_migrations == by_models
    assert "aerich" in by_migrations


async def tables(db: BaseDBAsyncClient) -> dict[str, list[str]]:
    """Every table with the lines of its SHOW CREATE TABLE, sorted: the order of columns is nobody's business."""
    found = {}
    for row in await db.execute_query_dict("SHOW TABLES"):
        [name] = row.values()
        [created] = await db.execute_query_dict(f"SHOW CREATE TABLE `{name}`")
        statement = re.sub(r" AUTO_INCREMENT=\d+", "", created["Create Table"])
        for column in filled_in_by_python(name):
            statement = re.sub(
                rf"^(  `{column}` .*?) DEFAULT (?:'(?:[^']|'')*'|NULL)", r"\1", statement, flags=re.MULTILINE
            )
        found[name] = sorted(line.strip(" ,") for line in statement.splitlines())
    return found


def filled_in_by_python(table: str) -> list[str]:
    """The columns with `default=`. For these Aerich writes a DEFAULT when it adds them, and none in CREATE TABLE."""
    models = [model for model in Tortoise.describe_models().values() if model["table"] == table]
    return [field["db_column"] for model in models for field in model["data_fields"] if field["default"] is not None]
