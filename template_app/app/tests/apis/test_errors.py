import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from tortoise.connection import get_connection

from app.apis.errors import handle_errors
from app.logs import with_log

SECRET = "10.0.0.7"
faulty = FastAPI()
handle_errors(faulty)
faulty.middleware_stack = with_log(faulty.build_middleware_stack())


@faulty.get("/bug")
async def bug() -> None:
    raise KeyError(SECRET)


@faulty.get("/{number}")
async def fail(number: int) -> None:
    """MySQL itself raises the error of this number."""
    signal = f"SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = '{SECRET}'"
    await get_connection("default").execute_script(signal)


@asynccontextmanager
async def under_uvicorn(app: FastAPI) -> AsyncIterator[int]:
    """Serve an application in this process; gives its port."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve([listening]))
        yield listening.getsockname()[1]
        server.should_exit = True
        await serving


async def answers(port: int, *paths: str) -> list[str]:
    """The head of each answer to these requests, all of them over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    *first, last = (f"GET {path} HTTP/1.1\r\nHost: test\r\n" for path in paths)
    writer.write("\r\n".join([*first, f"{last}Connection: close\r\n\r\n"]).encode())
    told = (await reader.read()).decode()
    writer.close()
    return re.findall(r"HTTP/1.1 .*?(?=\r\n\r\n)", told, re.DOTALL)


@pytest.mark.parametrize(
    ("path", "status", "again"),
    [
        ("/1062", 409, None),
        *((f"/{number}", 503, "1") for number in (1040, 1205, 1213, 2013, 3024)),
        ("/1364", 500, None),
        ("/bug", 500, None),
    ],
)
async def test_what_fails_inside_is_told_in_one_shape_and_the_cause_is_not(
    path: str, status: int, again: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    transport = httpx.ASGITransport(app=faulty, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        response = await client.get(path)

    assert (response.status_code, response.headers.get("Retry-After")) == (status, again)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json().keys() == {"title", "status", "detail"}
    assert SECRET not in response.text
    assert (SECRET in caplog.text) == (status != 409)


async def test_a_database_error_costs_nobody_the_connection() -> None:
    async with under_uvicorn(faulty) as port:
        told = await answers(port, "/1205", "/1364", "/1062")

    assert [answer.split()[1] for answer in told] == ["503", "500", "409"]


async def test_a_bug_costs_the_connection_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    async with under_uvicorn(faulty) as port:
        told = await answers(port, "/bug", "/1205")

    assert [answer.split()[1] for answer in told] == ["500"]
    assert "connection: close" in told[0]
    assert SECRET in caplog.text
