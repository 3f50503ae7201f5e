"""What whoever runs the container asks: is the process alive, and may requests be sent to it?"""

import asyncio
from collections import deque

import asyncmy
from fastapi import APIRouter, Request, Response, status
from tortoise.connection import get_connection

from app.configs.tortoise_config import TORTOISE_ORM
from app.migrate import missing_in

PATIENCE = 2  # seconds, for the whole of an answer
pool_gave = deque([True], maxlen=2)  # a connection in time: the last two readings
health_router = APIRouter(include_in_schema=False)


@health_router.get("/livez")
async def live() -> dict[str, str]:
    return {"status": "alive"}


@health_router.get("/readyz")
async def ready(request: Request, response: Response) -> dict[str, str]:
    credentials = TORTOISE_ORM["connections"]["default"]["credentials"]
    login = {key: credentials[key] for key in ("host", "port", "user", "password", "database", "ssl")}
    state = "no database"
    try:
        async with asyncio.timeout(PATIENCE):
            async with asyncmy.connect(**login) as mysql, mysql.cursor() as cursor:  # beside the pool: it may be full
                missing = await missing_in(cursor)
            state = f"not migrated: {missing[0].name}" if missing else "busy"
            async with get_connection("default").acquire_connection():
                state = "ready" if state == "busy" else state
    except Exception as error:  # whatever it is: this one is not ready, and the log says why
        request.scope["why"] = f"{state}: {error!r}"
    pool_gave.append(state != "busy")
    state = "ready" if state == "busy" and any(pool_gave) else state
    response.status_code = status.HTTP_200_OK if state == "ready" else status.HTTP_503_SERVICE_UNAVAILABLE
    return {"status": state}
