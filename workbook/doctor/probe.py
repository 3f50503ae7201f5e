"""Run by the project's own Python in the project's folder: its pool's connections, as the server sees them, as JSON.

It stands alone: the project's environment has none of the workbook's packages, and may have an older Tortoise.
"""

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

MOST = 12
"""How many connections are opened at most: the server may be one that others use."""

ASK = {
    "id": "CONNECTION_ID()",
    "time_zone": "@@time_zone",
    "sql_mode": "@@sql_mode",
    "charset": "@@character_set_client",
    "collation": "@@collation_connection",
}


async def rows(config: dict[str, Any]) -> list[dict[str, Any]]:
    """What each connection says of itself; all are held at once, so that none is asked twice.

    They are as many as the pool keeps open, and one that it opens because they are busy.
    """
    from tortoise import Tortoise

    kept = credentials(config).get("minsize", 1)
    await Tortoise.init(config=config)
    try:
        found = []
        async with AsyncExitStack() as stack:
            client: Any = Tortoise.get_connection("default")
            for _ in range(min(int(kept) + 1, MOST)):
                connection = await stack.enter_async_context(client.acquire_connection())
                async with connection.cursor() as cursor:
                    await cursor.execute(f"SELECT {', '.join(ASK.values())}")
                    found.append(dict(zip(ASK, await cursor.fetchone(), strict=True)))
        return found
    finally:
        await Tortoise.close_connections()


def credentials(config: dict[str, Any]) -> dict[str, Any]:
    """Host, port and the like; nothing of a connection that is written as a URL."""
    default = config["connections"]["default"]
    return default.get("credentials", {}) if isinstance(default, dict) else {}


def look() -> dict[str, Any]:
    """The `port` that the application asks, and its `connections` or an `error` in one line."""
    seen: dict[str, Any] = {}
    try:
        from app.configs.tortoise_config import TORTOISE_ORM  # type: ignore[import-not-found]

        if "port" in credentials(TORTOISE_ORM):
            seen["port"] = int(credentials(TORTOISE_ORM)["port"])
        seen["connections"] = asyncio.run(rows(TORTOISE_ORM))
    except Exception as error:
        seen["error"] = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    return seen


if __name__ == "__main__":
    print(json.dumps(look()))
