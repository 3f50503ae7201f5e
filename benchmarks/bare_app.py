"""The least an honest server can do for `POST /v1/meetings`: one Starlette route, one INSERT, one pool.

`post_throughput.py` serves it beside the template. No validation, no documentation, no ORM, no settings of the
session: what it manages is the ceiling that the template is measured against.
"""

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import asyncmy
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    async with asyncmy.create_pool(
        host=os.environ["MYSQL_HOST"],
        port=int(os.environ["MYSQL_PORT"]),
        user=os.environ["MYSQL_USER"],
        password=os.environ["MYSQL_PASSWORD"],
        db=os.environ["MYSQL_DB"],
        autocommit=True,
        minsize=int(os.environ["BENCHMARK_POOL_MINSIZE"]),
        maxsize=int(os.environ["BENCHMARK_POOL_MAXSIZE"]),
    ) as pool:
        app.state.pool = pool
        yield


async def create_meeting(request: Request) -> JSONResponse:
    url_code = uuid.uuid4().hex
    async with request.app.state.pool.acquire() as connection, connection.cursor() as cursor:
        await cursor.execute("INSERT INTO meetings (created_at, url_code) VALUES (%s, %s)", (datetime.now(), url_code))
    return JSONResponse({"url_code": url_code})


app = Starlette(routes=[Route("/v1/meetings", create_meeting, methods=["POST"])], lifespan=lifespan)
