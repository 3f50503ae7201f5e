import httpx
from starlette.status import HTTP_200_OK

from app.tortoise_models.meeting import MeetingModel


async def test_create_meeting_saves_it(client: httpx.AsyncClient) -> None:
    # When
    response = await client.post("/v1/mysql/meetings")

    # Then
    assert response.status_code == HTTP_200_OK
    url_code = response.json()["url_code"]
    assert await MeetingModel.filter(url_code=url_code).count() == 1
    assert await MeetingModel.all().count() == 1


async def test_every_meeting_gets_its_own_url_code(client: httpx.AsyncClient) -> None:
    # When
    answers = [(await client.post("/v1/mysql/meetings")).json() for _ in range(3)]

    # Then
    saved = await MeetingModel.all().order_by("id").values("url_code")
    assert saved == answers
    assert len({answer["url_code"] for answer in answers}) == 3
