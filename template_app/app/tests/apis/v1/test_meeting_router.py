from urllib.parse import quote

import httpx
import pytest
from starlette.status import HTTP_200_OK, HTTP_404_NOT_FOUND, HTTP_422_UNPROCESSABLE_CONTENT

from app.main import app
from app.tortoise_models.meeting import MeetingModel

CREATE = app.url_path_for("meetings:create")


def meeting_path(url_code: str) -> str:
    return app.url_path_for("meetings:get", url_code=quote(url_code, safe=""))


async def test_create_meeting_saves_it(client: httpx.AsyncClient) -> None:
    # When
    response = await client.post(CREATE)

    # Then
    assert response.status_code == HTTP_200_OK
    url_code = response.json()["url_code"]
    assert await MeetingModel.filter(url_code=url_code).count() == 1
    assert await MeetingModel.all().count() == 1


async def test_every_meeting_gets_its_own_url_code(client: httpx.AsyncClient) -> None:
    # When
    answers = [(await client.post(CREATE)).json() for _ in range(3)]

    # Then
    saved = await MeetingModel.all().order_by("id").values("url_code")
    assert saved == answers
    assert len({answer["url_code"] for answer in answers}) == 3


async def test_get_meeting_gives_the_one_with_this_code(client: httpx.AsyncClient) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")
    await MeetingModel.create_meeting("Ab3")

    # When
    response = await client.get(meeting_path("Ab3"))

    # Then
    assert response.status_code == HTTP_200_OK
    assert response.json() == {
        "url_code": "Ab3",
        "start_date": None,
        "end_date": None,
        "title": "",
        "location": "",
        "participants": [],
        "best_dates": [],
    }


@pytest.mark.parametrize(
    "url_code", ["xY7", "AB3", "aB3 ", "áB3", "회의", "😀", "a" * 255, "\x00", "aB3\n", "' OR 1 = 1 -- ", "%", "?", "#"]
)
async def test_get_meeting_says_when_there_is_none(client: httpx.AsyncClient, url_code: str) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")

    # When
    response = await client.get(meeting_path(url_code))

    # Then
    assert response.status_code == HTTP_404_NOT_FOUND
    assert response.json()["detail"] == f"meeting with url_code: {url_code} not found"
    assert await MeetingModel.all().count() == 1


async def test_get_meeting_refuses_a_code_that_is_longer_than_the_column(client: httpx.AsyncClient) -> None:
    # When
    response = await client.get(meeting_path("a" * 256))

    # Then
    assert response.status_code == HTTP_422_UNPROCESSABLE_CONTENT
    assert await MeetingModel.all().count() == 0
