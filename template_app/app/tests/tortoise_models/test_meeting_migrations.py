from typing import Any

from aerich.models import Aerich
from tortoise.connection import get_connection

from app.tests.database import database_of, migrations, temporary_database


async def test_the_migrations_keep_a_meeting_that_is_there_already(initialize: dict[str, Any]) -> None:
    name = database_of(initialize).replace("_test", "_filled_test")
    async with temporary_database(name), migrations(name) as command:
        await command.upgrade()
        while await Aerich.all().count() > 1:  # the last one first; the very first has no way back
            await command.downgrade(-1, delete=False)
        db = get_connection("default")
        await db.execute_query("INSERT INTO meetings (url_code, created_at) VALUES ('aB3', NOW(6))")
        await command.upgrade()
        [meeting] = await db.execute_query_dict(
            "SELECT url_code, start_date, end_date, title, location, host_id FROM meetings"
        )

    assert list(meeting.values()) == ["aB3", None, None, "", "", None]
