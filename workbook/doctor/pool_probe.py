"""Run by the project's own Python in the project's folder: its pool's connections, as the server sees them, as JSON.

It stands alone: the project's environment has none of the workbook's packages, and may have an older Tortoise.
"""

import asyncio
import json
from importlib.util import find_spec
from typing import Any

MOST = 12
"""How many connections are opened at most: the server may be one that others use."""

ASK = (
    "SELECT CONNECTION_ID() AS id, @@time_zone AS time_zone, @@sql_mode AS sql_mode,"
    " TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW()) AS seconds_from_utc, @@character_set_client AS charset,"
    " @@collation_connection AS collation, SLEEP(0.05) AS waited"
)


def count(config: dict[str, Any]) -> int:
    """All that the pool keeps open, and one that it opens because they are busy."""
    credentials = config["connections"]["default"]
    kept = credentials.get("credentials", {}).get("minsize", 1) if isinstance(credentials, dict) else 1
    return min(int(kept) + 1, MOST)


async def rows() -> dict[str, Any]:
    """Ask on all connections at once; the sleep keeps each busy, so that the next question takes another."""
    from tortoise import Tortoise
    from tortoise.backends.base.client import BaseDBAsyncClient

    from app.configs.tortoise_config import TORTOISE_ORM  # type: ignore[import-not-found]

    await Tortoise.init(config=TORTOISE_ORM)
    try:
        from tortoise.connection import get_connection

        connection: BaseDBAsyncClient = get_connection("default")
    except ImportError:  # before Tortoise 1.0
        connection = Tortoise.get_connection("default")
    asked = [connection.execute_query_dict(ASK) for _ in range(count(TORTOISE_ORM))]
    try:
        found = [answer[0] for answer in await asyncio.gather(*asked)]
    finally:
        await Tortoise.close_connections()
    return {"timezone": TORTOISE_ORM.get("timezone", "UTC"), "connections": found}


def main() -> None:
    """Print what was found; an error is one line of it, since a traceback is for no one here."""
    result: dict[str, Any] = {"cryptography": find_spec("cryptography") is not None}
    try:
        result |= asyncio.run(rows())
    except Exception as error:
        said = str(error).strip().splitlines() or [""]
        result["error"] = f"{type(error).__name__}: {' '.join(said[:3])}"
    print(json.dumps(result))


if __name__ == "__main__":
    main()
