import re
from typing import Any

import pytest
from tortoise import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext

from app.tests.database import run_on_server, temporary_database
from app.tortoise_models.meeting import MeetingModel


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_no_test_sees_the_rows_of_another(turn: str) -> None:
    assert await MeetingModel.all().count() == 0

    await MeetingModel.create_meeting("left behind")

    assert await MeetingModel.all().count() == 1


async def test_no_other_connection_sees_the_rows_of_a_test(initialize: dict[str, Any]) -> None:
    await MeetingModel.create_meeting("mine")

    async with TortoiseContext() as context:
        await context.init(config=initialize)
        assert await MeetingModel.all().count() == 0


async def test_a_database_that_is_not_named_for_tests_is_refused(initialize: dict[str, Any]) -> None:
    precious = database_of(initialize).replace("_test", "_precious")
    await run_on_server(f"CREATE DATABASE `{precious}`")
    try:
        with pytest.raises(ValueError, match=f"{precious} is left alone, its name does not end in _test"):
            async with temporary_database(precious):
                pass
        await run_on_server(f"USE `{precious}`")  # it is still there
    finally:
        await run_on_server(f"DROP DATABASE `{precious}`")


async def test_the_migrations_build_what_the_models_describe(initialize: dict[str, Any]) -> None:
    by_migrations = await tables(get_connection("default"))

    name = database_of(initialize).replace("_test", "_models_test")
    async with temporary_database(name) as tortoise_config, TortoiseContext() as context:
        await context.init(config=tortoise_config)
        await context.generate_schemas()
        by_models = await tables(context.db())

    assert by_migrations == by_models
    assert "meetings" in by_migrations


def database_of(tortoise_config: dict[str, Any]) -> str:
    return str(tortoise_config["connections"]["default"]["credentials"]["database"])


async def tables(db: BaseDBAsyncClient) -> dict[str, list[str]]:
    """Every table with the lines of its SHOW CREATE TABLE, sorted: the order of columns is nobody's business."""
    found = {}
    for row in await db.execute_query_dict("SHOW TABLES"):
        [name] = row.values()
        [created] = await db.execute_query_dict(f"SHOW CREATE TABLE `{name}`")
        statement = re.sub(r" AUTO_INCREMENT=\d+", "", created["Create Table"])
        found[name] = sorted(line.strip(" ,") for line in statement.splitlines())
    return found
