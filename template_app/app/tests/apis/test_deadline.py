import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from starlette.status import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE
from starlette.types import Receive, Scope, Send
from tortoise.connection import get_connection

from app.apis import deadline
from app.apis.deadline import Deadline
from app.main import app
from app.tests.network import SIZE, Network

HANG = 10  # seconds, many times more than an answer takes


async def find(names: list[str]) -> None:
    await get_connection("default").execute_query("SELECT * FROM things WHERE name IN %s", [tuple(names)])


@pytest.fixture
def path() -> Iterator[str]:
    """Of a route that waits for a body, and then for MySQL."""
    app.add_api_route("/things", find, methods=["POST"])
    yield "/things"
    app.router.routes.pop()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "SECONDS", 0.2)


def late(*responses: httpx.Response) -> None:
    for response in responses:
        assert (response.status_code, response.headers["Retry-After"]) == (HTTP_503_SERVICE_UNAVAILABLE, "1")
        assert response.json()["detail"] == "this took too long: try again"


async def test_every_request_is_answered_while_mysql_is_silent(
    network: Network, client: httpx.AsyncClient, path: str, soon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given: a pool whose connections are all open
    await asyncio.gather(*(find(["one"]) for _ in range(SIZE)))
    network.be_silent()

    # When
    async with asyncio.timeout(HANG):
        responses = await asyncio.gather(*(client.post(path, json=["one"]) for _ in range(3 * SIZE)))

    # Then
    late(*responses)
    network.talks.set()
    monkeypatch.undo()
    assert (await client.post(path, json=["one"])).status_code == HTTP_200_OK
    assert get_connection("default")._pool.freesize == get_connection("default")._pool.size


async def test_a_body_that_does_not_end_is_not_waited_for(client: httpx.AsyncClient, path: str, soon: None) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield b'["one", '
        await asyncio.Event().wait()

    async with asyncio.timeout(HANG):
        late(await client.post(path, content=half()))


async def test_what_is_late_elsewhere_is_not_this_deadline() -> None:
    async def asks_another(scope: Scope, receive: Receive, send: Send) -> None:
        raise TimeoutError("another service")

    with pytest.raises(TimeoutError, match="another service"):
        await Deadline(asks_another)({"type": "http"}, None, None)  # type: ignore[arg-type]
