import json
import logging
import signal
from asyncio.subprocess import PIPE
from collections.abc import Callable
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
FAULTS = {"bug": ValueError, "table": OperationalError, "busy": NoConnection}
Lines = Callable[[], list[dict[str, Any]]]

configure_logs("INFO")
things = FastAPI()
handle_errors(things)


@things.post("/things/{kind}/{code}")
async def create_thing(kind: str, code: str, body: dict[str, str]) -> None:
    """Asks another service, by a code that nobody else should know, and may fail."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        await client.get(f"http://other.test/{code}")
    if kind in FAULTS:
        raise FAULTS[kind](code)


things.middleware_stack = with_log(things.build_middleware_stack())


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """What is logged from here on at INFO and above, as the application would print it."""
    caplog.set_level(logging.INFO, "app.logs")
    monkeypatch.setattr(caplog.handler, "formatter", JsonLines())
    return lambda: [json.loads(line) for line in caplog.text.splitlines()]


async def test_a_request_is_a_line_with_the_id_of_its_answer(client: httpx.AsyncClient, lines: Lines) -> None:
    answer = await client.get("/livez", headers={"X-Request-ID": SECRET})

    [line] = lines()
    assert (line["level"], line["method"], line["route"], line["status"]) == ("INFO", "GET", "/livez", 200)
    assert line["request_id"] == answer.headers["X-Request-ID"] != SECRET


@pytest.mark.parametrize(("kind", "level"), [("bug", "ERROR"), ("table", "ERROR"), ("busy", "WARNING")])
async def test_an_error_is_told_by_its_kind_and_its_place(lines: Lines, kind: str, level: str) -> None:
    transport = httpx.ASGITransport(app=things, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.post(f"/things/{kind}/full", json={})

    [line] = lines()
    assert (line["level"], line["status"]) == (level, answer.status_code)
    assert line["request_id"] == answer.headers["X-Request-ID"]
    if kind == "busy":
        assert line["message"] == "NoConnection('full')"
    else:
        assert (line["error"], line["at"][-1].split()[-1]) == (FAULTS[kind].__name__, "create_thing")


async def test_what_is_no_request_is_passed_on(lines: Lines) -> None:
    inner = AsyncMock()
    await with_log(inner)({"type": "lifespan"}, AsyncMock(), AsyncMock())

    assert (inner.await_count, lines()) == (1, [])


async def talk(app: str, *requests: tuple[str, str, Any], **settings: str) -> tuple[list[httpx.Response], bytes]:
    """The answers to these requests, and all that is printed until the application has ended."""
    async with (
        process(app, PIPE, **settings) as (uvicorn, address),
        httpx.AsyncClient(base_url=address, timeout=60, headers={"Connection": "close"}) as client,
    ):
        answers = [await client.request(method, path, json=body) for method, path, body in requests]
        uvicorn.send_signal(signal.SIGTERM)
        printed, _ = await uvicorn.communicate()
    return answers, printed


async def test_each_line_is_json_each_request_is_one_and_none_says_what_was_sent() -> None:
    sent = [("fine", {"thing": SECRET}), ("fine", SECRET), ("bug", {}), ("table", {})]
    requests = [("POST", f"/things/{kind}/{SECRET}", body) for kind, body in sent]
    nowhere = ("GET", f"/{SECRET}?password={SECRET}", None)

    answers, printed = await talk("app.tests.test_logs:things", *requests, nowhere, JWT_SECRET=SECRET * 2)

    lines = [json.loads(line) for line in printed.splitlines()]
    told = [line for line in lines if line["request_id"] != "-"]
    assert [(line["route"][:7], line["status"]) for line in told] == [
        *(("/things", status) for status in (200, 422, 500, 500)),
        ("-", 404),
    ]
    assert [line["request_id"] for line in told] == [answer.headers["X-Request-ID"] for answer in answers]
    assert SECRET not in printed.decode()
    assert lines[-1]["message"].startswith("Finished server process")


async def test_the_level_is_a_setting() -> None:
    assert (await talk("app.main:app", ("GET", "/livez", None), LOG_LEVEL="ERROR"))[1] == b""
