import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from limits import parse
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.apis.errors import handle_errors
from app.apis.limit import limit, limiter
from app.logs import with_log

limited = FastAPI(dependencies=[Depends(limit)])
handle_errors(limited)
limited.middleware_stack = with_log(limited.build_middleware_stack())


@limited.get("/livez")
@limited.get("/")
async def serve() -> str:
    return "served"


@pytest.fixture(autouse=True)
def two_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.apis.limit.RATE", parse("2/day"))
    monkeypatch.setattr("app.apis.limit.LIMITER", limiter("async+memory://"))


async def ask(address: str, app: ASGIApp = limited, path: str = "/", forwarded: str = "") -> httpx.Response:
    """The answer to one request from this address."""
    transport = httpx.ASGITransport(app=app, client=(address, 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(path, headers={"X-Forwarded-For": forwarded})


async def test_so_many_are_served_and_the_next_is_told_when() -> None:
    answers = [await ask("10.0.0.1") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["detail"] == "too many requests"
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 24 * 60 * 60
    assert (await ask("10.0.0.2")).status_code == 200  # another address has its own count
    assert (await ask("10.0.0.1", path="/livez")).status_code == 200


async def test_of_many_at_once_no_more_are_served() -> None:
    answers = await asyncio.gather(*(ask("10.0.0.1") for _ in range(20)))

    assert sorted(answer.status_code for answer in answers) == [200] * 2 + [429] * 18


async def test_without_a_rate_all_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.apis.limit.RATE", None)

    assert [(await ask("10.0.0.1")).status_code for _ in range(3)] == [200] * 3


@pytest.fixture(params=["gone", "silent"])
def redis(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of a Redis that is not there, or does not say a word."""
    with socket.socket() as gone, socket.create_server(("127.0.0.1", 0)) as silent:
        gone.bind(("127.0.0.1", 0))  # and listens to nobody
        yield (gone if request.param == "gone" else silent).getsockname()[1]


async def test_without_its_redis_it_serves_and_says_so(
    redis: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("app.apis.limit.LIMITER", limiter(f"async+redis://127.0.0.1:{redis}"))
    monkeypatch.setattr("app.apis.limit.PATIENCE", 0.05)

    answers = [await ask("10.0.0.1") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert [record.message.split(":")[0] for record in caplog.records] == ["requests are not counted"] * 3


@pytest.mark.parametrize(("trusted", "served"), [("10.0.0.1", [200] * 3), ("10.9.9.9", [200, 200, 429])])
async def test_who_is_behind_a_proxy_is_what_a_trusted_proxy_says(trusted: str, served: list[int]) -> None:
    """Uvicorn's own `--forwarded-allow-ips`: from anybody else the header is hearsay."""
    app: Any = ProxyHeadersMiddleware(limited, trusted_hosts=trusted)  # type: ignore[arg-type]

    answers = [await ask("10.0.0.1", app, forwarded=f"203.0.113.{n}") for n in range(3)]

    assert [answer.status_code for answer in answers] == served
