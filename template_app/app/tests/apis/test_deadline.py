import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.status import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE
from starlette.types import Receive, Scope, Send
from tortoise.connection import get_connection

from app.apis import deadline
from app.apis.deadline import Deadline
from app.main import app
from app.tests.network import SIZE, Network
from app.tortoise_models.meeting import MeetingModel

HANG = 3  # seconds, many times more than an answer takes
PATH = app.url_path_for("meetings:get", url_code="aB3")


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "SECONDS", 0.2)


def late(*responses: httpx.Response) -> None:
    for response in responses:
        assert (response.status_code, response.headers["Retry-After"]) == (HTTP_503_SERVICE_UNAVAILABLE, "1")
        assert response.json()["detail"] == "this took too long: try again"


async def test_every_request_is_answered_while_mysql_is_silent(
    network: Network, client: httpx.AsyncClient, soon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given: a pool whose connections are all open
    await MeetingModel.create(url_code="aB3")
    await asyncio.gather(*(MeetingModel.get(url_code="aB3") for _ in range(SIZE)))
    network.be_silent()

    # When
    async with asyncio.timeout(HANG):
        responses = await asyncio.gather(*(client.get(PATH) for _ in range(3 * SIZE)))

    # Then
    late(*responses)
    network.talks.set()
    monkeypatch.undo()
    assert (await client.get(PATH)).status_code == HTTP_200_OK
    assert get_connection("default")._pool.freesize == get_connection("default")._pool.size


async def test_a_body_that_does_not_end_is_not_waited_for(client: httpx.AsyncClient, soon: None) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield b'{"name": '
        await asyncio.Event().wait()

    async with asyncio.timeout(HANG):
        late(await client.post(app.url_path_for("users:create"), content=half()))


async def test_what_is_late_elsewhere_is_not_this_deadline() -> None:
    async def asks_another(scope: Scope, receive: Receive, send: Send) -> None:
        raise TimeoutError("another service")

    with pytest.raises(TimeoutError, match="another service"):
        await Deadline(asks_another)({"type": "http"}, None, None)  # type: ignore[arg-type]
