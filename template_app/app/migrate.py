"""`python -m app.migrate`: bring the database up to date. Any number may start at once: one works, the others wait."""

import asyncio
import re
from itertools import pairwise
from pathlib import Path

import asyncmy
from aerich.models import Aerich
from aerich.utils import decompress_dict, import_py_file
from tortoise.context import TortoiseContext
from tortoise.exceptions import BaseORMException
from tortoise.transactions import in_transaction

from app.configs.base_config import PROJECT
from app.configs.tortoise_config import MIGRATION_ORM

FILES = sorted((PROJECT / "migrations/models").glob("[0-9]*_*.py"), key=lambda file: int(file.name.split("_")[0]))
PATIENCE = 600  # seconds; the one that works may have a large table to change
BACK = "A table that was changed before it stays so: undo that, or take it out of the file. Then run this again."


async def missing_in(cursor: asyncmy.cursors.Cursor) -> list[Path]:
    """The files that the cursor's database has not seen, in their order."""
    seen = await cursor.execute("SHOW TABLES LIKE 'aerich'") and await cursor.execute("SELECT version FROM aerich")
    versions = {version for (version,) in await cursor.fetchall()} if seen else set()
    return [file for file in FILES if file.name not in versions]


async def migrate() -> str:
    """What was done. SystemExit with a sentence when something cannot be done."""
    for one, other in pairwise(file.name for file in FILES):
        if int(one.split("_")[0]) == int(other.split("_")[0]):
            raise SystemExit(f"{one} and {other} have one number. Delete the younger and make it anew: aerich migrate")
    reached = "No database."
    try:
        async with TortoiseContext() as context:
            await context.init(config=MIGRATION_ORM)  # with one connection: it holds the lock, and it works
            async with context.db().acquire_connection() as mysql, mysql.cursor() as cursor:
                await cursor.execute("SELECT GET_LOCK(LEFT(CONCAT('migrate ', DATABASE()), 64), %s)", [PATIENCE])
                if await cursor.fetchone() != (1,):
                    raise SystemExit(f"Another one has been at work for {PATIENCE} seconds. Run this again.")
                missing = await missing_in(cursor)
            for file in missing:
                module = import_py_file(file)
                async with in_transaction("default") as db:
                    for statement in re.findall(r"\S.*?;$", await module.upgrade(db), re.DOTALL | re.MULTILINE):
                        reached = f"{file.name} stopped at\n{statement}\n{BACK}"
                        await db.execute_script(statement)
                    await Aerich.create(version=file.name, app="models", content=decompress_dict(module.MODELS_STATE))
    except (BaseORMException, asyncmy.errors.MySQLError) as error:
        raise SystemExit(f"{reached}\n{error.__context__ or error}") from None
    return "\n".join(f"applied {file.name}" for file in missing) or "nothing to do"


if __name__ == "__main__":
    print(asyncio.run(migrate()))
