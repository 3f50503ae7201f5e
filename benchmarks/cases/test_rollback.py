"""One hundred ordinary HTTP tests of the template, each rolled back by its own conftest.py."""

import httpx
import pytest

from app.tortoise_models.meeting import MeetingModel


@pytest.mark.parametrize("turn", range(100))
async def test_create_meeting_saves_it(client: httpx.AsyncClient, turn: int) -> None:
    response = await client.post("/v1/meetings")

    assert response.status_code == 200
    assert await MeetingModel.filter(url_code=response.json()["url_code"]).count() == 1
