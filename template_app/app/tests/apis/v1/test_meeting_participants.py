import httpx
import pytest
from starlette.status import HTTP_200_OK

from app.dtos.get_meeting_response import GetMeetingResponse
from app.main import app
from app.tests.apis.v1.given import join, meeting
from app.tests.database import statements
from app.tortoise_models.participant import ParticipantModel

PATH = app.url_path_for("meetings:get", url_code="aB3")


async def test_a_meeting_tells_who_takes_part_in_the_order_they_came(client: httpx.AsyncClient) -> None:
    # Given
    for url_code in ("aB3", "Ab3"):
        await meeting(url_code)
    joined = [(await join(client, "aB3", name)).json() for name in ("하나", "가람", "하나")]
    await join(client, "Ab3", "다른 사람")

    # When
    response = await client.get(PATH)

    # Then
    assert response.status_code == HTTP_200_OK
    assert response.json()["participants"] == [
        {
            "id": each["participant_id"],
            "name": name,
            "dates": [{**day, "enabled": True, "starred": False} for day in each["participant_dates"]],
        }
        for name, each in zip(("하나", "가람", "하나"), joined, strict=True)
    ]
    assert await ParticipantModel.all().count() == 4


@pytest.mark.parametrize("participants", [0, 1, 4])
async def test_a_meeting_is_read_in_three_statements(client: httpx.AsyncClient, participants: int) -> None:
    # Given
    await meeting("aB3")
    for _ in range(participants):
        await join(client, "aB3")
    before = await statements()

    # When
    response = await client.get(PATH)

    # Then
    asked = await statements() - before - 1
    assert asked == 3
    assert len(response.json()["participants"]) == participants


async def test_a_meeting_is_what_the_description_of_the_api_says(client: httpx.AsyncClient) -> None:
    # Given
    await meeting("aB3")
    await join(client, "aB3")

    # When
    response = await client.get(PATH)

    # Then
    described = GetMeetingResponse.model_validate_json(response.content, strict=True)
    assert described.model_dump(mode="json") == response.json()
