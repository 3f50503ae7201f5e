import io
import json
import logging
import signal
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import AsyncMock

import httpx
import pytest
from fastapi import FastAPI
from tortoise.exceptions import OperationalError

from app.apis.errors import handle_errors
from app.database.mysql import NoConnection
from app.logs import JsonLines, configure_logs, with_log
from app.tests.serving import process

SECRET = "aQ7onlyTheSenderKnows"
Lines = Callable[[], list[dict[str, Any]]]

configure_logs("INFO")
things = FastAPI()
handle_errors(things)


@things.get("/things/{code}")
async def get_thing(code: str) -> None:
    """Asks another service, by a code that nobody else should know."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        await client.get(f"http://other.test/{code}")


@things.post("/things")
async def create_thing(body: dict[str, int]) -> None:
    pass


@things.get("/broken/{code}")
async def get_broken(code: str) -> None:
    raise ValueError(f"{code} is no code")


@things.get("/unknown/{code}")
async def get_unknown(code: str) -> None:
    raise OperationalError(f"Unknown column '{code}'")


@things.get("/busy/{code}")
async def get_busy(code: str) -> None:
    raise NoConnection("all connections are in use")


things.middleware_stack = with_log(things.build_middleware_stack())


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What is logged from here on at INFO and above, as the application would print it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root, requests = logging.getLogger(), logging.getLogger("app.logs")
    root.addHandler(handler)
    requests.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    requests.setLevel(logging.WARNING)
    root.removeHandler(handler)


async def test_a_request_is_a_line_with_the_id_of_its_answer(client: httpx.AsyncClient, lines: Lines) -> None:
    answer = await client.get("/livez", headers={"X-Request-ID": SECRET})

    [line] = lines()
    assert (line["level"], line["method"], line["route"], line["status"]) == ("INFO", "GET", "/livez", 200)
    assert line["request_id"] == answer.headers["X-Request-ID"] != SECRET


async def ask_things(path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=things, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(f"/{path}/{SECRET}")


@pytest.mark.parametrize(("path", "kind"), [("broken", "ValueError"), ("unknown", "OperationalError")])
async def test_an_error_is_told_by_its_kind_and_its_place(lines: Lines, path: str, kind: str) -> None:
    answer = await ask_things(path)

    [line] = lines()
    assert (line["level"], line["error"], line["status"]) == ("ERROR", kind, 500)
    assert line["at"][-1].endswith(f" get_{path}")
    assert (answer.status_code, answer.headers["X-Request-ID"]) == (500, line["request_id"])


async def test_a_busy_database_is_a_warning_that_says_why(lines: Lines) -> None:
    await ask_things("busy")

    [line] = lines()
    assert (line["level"], line["status"]) == ("WARNING", 503)
    assert line["message"] == "NoConnection('all connections are in use')"


async def test_what_is_no_request_is_passed_on(lines: Lines) -> None:
    inner = AsyncMock()
    await with_log(inner)({"type": "lifespan"}, AsyncMock(), AsyncMock())

    assert (inner.await_count, lines()) == (1, [])


async def test_each_line_is_json_each_request_is_one_and_none_says_what_was_sent() -> None:
    requests = [
        ("GET", f"/things/{SECRET}", "/things/{code}", 200),
        ("POST", "/things", "/things", 422),
        ("GET", f"/broken/{SECRET}", "/broken/{code}", 500),
        ("GET", f"/unknown/{SECRET}", "/unknown/{code}", 500),
        ("GET", f"/{SECRET}?password={SECRET}", "-", 404),
    ]
    async with (
        process("app.tests.test_logs:things", JWT_SECRET=SECRET * 2) as (uvicorn, address),
        httpx.AsyncClient(base_url=address, timeout=60, headers={"Connection": "close"}) as client,
    ):
        answers = [await client.request(method, path, json={"thing": SECRET}) for method, path, _, _ in requests]
        uvicorn.send_signal(signal.SIGTERM)
        printed, _ = await uvicorn.communicate()

    lines = [json.loads(line) for line in printed.splitlines()]
    told = [line for line in lines if line["request_id"] != "-"]
    assert [(line["method"], line["route"], line["status"]) for line in told] == [
        (method, route, status) for method, _, route, status in requests
    ]
    assert [line["request_id"] for line in told] == [answer.headers["X-Request-ID"] for answer in answers]
    assert SECRET not in printed.decode()
    assert lines[-1]["message"].startswith("Finished server process")


async def test_the_level_is_a_setting() -> None:
    async with (
        process("app.main:app", LOG_LEVEL="ERROR") as (uvicorn, address),
        httpx.AsyncClient(base_url=address, timeout=60) as client,
    ):
        assert (await client.get("/livez")).status_code == 200
        uvicorn.send_signal(signal.SIGTERM)
        printed, _ = await uvicorn.communicate()

    assert printed == b""
