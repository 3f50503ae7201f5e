"""The same hundred tests, but each makes a database, builds it by the migrations, and drops it again."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aerich import Command
from test_rollback import test_create_meeting_saves_it  # noqa: F401
from tortoise.context import TortoiseContext

from app.tests.database import MIGRATIONS, temporary_database


@pytest.fixture(autouse=True)
async def rollback(initialize: dict[str, Any]) -> AsyncIterator[None]:
    """In place of the template's rollback: a database of its own for every test."""
    shared = initialize["connections"]["default"]["credentials"]["database"]
    async with temporary_database(shared.replace("_test", "_each_test")) as tortoise_config, TortoiseContext():
        command = Command(tortoise_config, location=str(MIGRATIONS))
        await command.init()
        await command.upgrade()
        yield
