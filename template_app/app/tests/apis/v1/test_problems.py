"""Every error that the API can answer: one shape, and nothing in it that is nobody's business."""

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from limits import parse
from tortoise.context import TortoiseContext

from app.apis.dependencies import user_or_nobody
from app.configs import config
from app.main import app
from app.tests.apis.v1.given import meeting, sign_up
from app.tests.database import database_of, get_test_db_config, temporary_database
from app.tortoise_models.meeting import MeetingModel
from app.tortoise_models.user import UserModel
from app.utils.base62 import Base62
from app.utils.tokens import token_for

pytestmark = pytest.mark.usefixtures("quick_hashes")
INPUT = "open sesame"
JSON = {"Content-Type": "application/json"}
MAX_BODY = 64 * 1024  # bytes
NOBODYS_BUSINESS = {INPUT, config.MYSQL_HOST, "127.0.0.1", config.MYSQL_USER, config.MYSQL_PASSWORD, config.MYSQL_DB}
NOBODYS_BUSINESS |= {"SELECT", "INSERT", "Traceback", "OperationalError", "tortoise", "asyncmy", ".py"}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """As over a network: an exception does not get to the client, only what is answered."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def told(response: httpx.Response) -> int:
    """The status of an answer that has the one shape."""
    assert response.headers["Content-Type"] == "application/problem+json", response.text
    assert response.json()["status"] == response.status_code
    assert response.json().keys() - {"errors"} == {"title", "status", "detail"}
    assert len(response.content) < 4096
    assert not [each for each in NOBODYS_BUSINESS if each in response.text], response.text
    return response.status_code


@asynccontextmanager
async def with_database(database: str, **credentials: object) -> AsyncIterator[None]:
    """Requests in here look for their database with these."""
    tortoise_config = get_test_db_config(database)
    tortoise_config["connections"]["default"]["credentials"] |= credentials
    async with TortoiseContext() as context:
        await context.init(config=tortoise_config)
        yield


async def test_of_all_errors_none_tells_what_is_nobodys_business(
    client: httpx.AsyncClient, initialize: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")
    await meeting("host", host=await UserModel.create(name="둘", password_hash="of no password"))
    user = await UserModel.create(name="하나", password_hash="of no password")
    signed_in = {"Authorization": f"Bearer {token_for(user.id)}"}
    monkeypatch.setattr(Base62, "encode", lambda number: "aB3")

    # When
    answers = {
        "no such path": await client.get(f"/{INPUT}"),
        "no such method": await client.put("/v1/meetings"),
        "no such meeting": await client.get("/v1/meetings/AB3"),
        "no such participant": await client.delete("/v1/participants/7"),
        "no range": await client.post("/v1/participants", json={"meeting_url_code": "aB3", "name": "민수"}),
        "not signed in": await client.delete("/v1/meetings/aB3"),
        "no such token": await client.delete("/v1/meetings/aB3", headers={"Authorization": f"Bearer {INPUT}"}),
        "wrong password": await client.post("/v1/token", data={"username": "셋", "password": INPUT}),
        "not the host": await client.delete("/v1/meetings/host", headers=signed_in),
        "name is taken": await sign_up(client, "하나", INPUT),
        "code is taken": await client.post("/v1/meetings"),
        "no password": await sign_up(client, "셋", [INPUT]),
        "no JSON": await client.patch("/v1/meetings/aB3/title", content=f'{{"title": {INPUT}', headers=JSON),
        "no UTF-8": await client.patch("/v1/meetings/aB3/title", content=b'{"title": "\xff"}', headers=JSON),
        "too long": await client.post("/v1/users", content=b" " * MAX_BODY + b"!", headers=JSON),
    }
    mine = database_of(initialize)
    with socket.socket() as refused:
        refused.bind(("127.0.0.1", 0))  # and listens to nobody
        port = refused.getsockname()[1]
        async with with_database(mine, host="127.0.0.1", port=port):
            answers["nobody listens"] = await client.get("/v1/meetings/aB3")
    async with with_database(f"{mine}_nowhere"):
        answers["no such database"] = await client.get("/v1/meetings/aB3")
    async with with_database(mine, password=INPUT):
        answers["no such account"] = await client.get("/v1/meetings/aB3")
    async with temporary_database(f"{mine}_empty_test"), with_database(f"{mine}_empty_test"):
        answers["no such table"] = await client.get("/v1/meetings/aB3")
    with monkeypatch.context() as late:
        late.setattr("app.apis.deadline.SECONDS", 0)
        answers["too late"] = await client.get("/v1/meetings/aB3")
    with monkeypatch.context() as limited:
        limited.setattr("app.apis.limit.RATE", parse("1/day"))
        await client.get("/v1/meetings/aB3")
        answers["too many"] = await client.get("/v1/meetings/aB3")
    monkeypatch.setitem(app.dependency_overrides, user_or_nobody, lambda: [][0])
    answers["a bug"] = await client.post("/v1/meetings")

    # Then
    assert {name: told(answer) for name, answer in answers.items()} == {
        "no such path": 404,
        "no such method": 405,
        "no such meeting": 404,
        "no such participant": 404,
        "no range": 400,
        "not signed in": 401,
        "no such token": 401,
        "wrong password": 401,
        "not the host": 403,
        "name is taken": 409,
        "code is taken": 409,
        "no password": 422,
        "no JSON": 422,
        "no UTF-8": 422,
        "too long": 413,
        "nobody listens": 503,
        "no such database": 503,
        "no such account": 503,
        "no such table": 500,
        "too late": 503,
        "too many": 429,
        "a bug": 500,
    }


@pytest.mark.parametrize("value", ["NaN", "Infinity", '"\\ud800"', '"\\u0000"', str(10**20), "1e400", "null", "[[]]"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/v1/meetings/aB3/title", '{"title": %s}'),
        ("PATCH", "/v1/meetings/aB3/date_range", '{"start_date": "2026-12-30", "end_date": %s}'),
        ("POST", "/v1/participants", '{"meeting_url_code": "aB3", "name": %s}'),
        ("POST", "/v1/participants", '{"meeting_url_code": %s, "name": "민수"}'),
        ("PATCH", "/v1/participant_dates/on", '{"meeting_url_code": "aB3", "participant_date_id": %s}'),
        ("POST", "/v1/users", "%s"),
    ],
)
async def test_no_value_is_too_strange(
    client: httpx.AsyncClient, method: str, path: str, body: str, value: str
) -> None:
    await meeting("aB3")

    response = await client.request(method, path, content=body % value, headers=JSON)

    assert told(response) in (404, 422)


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize(("more", "status"), [(0, 422), (1, 413)])
async def test_a_body_may_be_as_long_as_the_limit(
    client: httpx.AsyncClient, declared: bool, more: int, status: int
) -> None:
    async def chunks() -> AsyncIterator[bytes]:  # nobody knows beforehand how long it will be
        for _ in range(64):
            yield b" " * 1024
        yield b" " * more

    body = json.dumps(None).encode().ljust(MAX_BODY + more) if declared else chunks()
    response = await client.post("/v1/users", content=body, headers=JSON)

    assert told(response) == status
