from datetime import timedelta

import httpx
import pytest
from starlette.status import HTTP_200_OK, HTTP_204_NO_CONTENT, HTTP_400_BAD_REQUEST, HTTP_404_NOT_FOUND

from app.tests.apis.v1.given import START, join, leave, meeting
from app.tortoise_models.meeting import MeetingModel
from app.tortoise_models.participant import ParticipantModel
from app.tortoise_models.participant_date import ParticipantDateModel


@pytest.mark.parametrize("days", [1, 3, 63])
async def test_who_joins_gets_every_day_of_the_range(client: httpx.AsyncClient, days: int) -> None:
    # Given
    await meeting("aB3", days)

    # When
    response = await join(client, "aB3")

    # Then
    assert response.status_code == HTTP_200_OK
    [participant] = await ParticipantModel.all()
    assert (participant.meeting_id, participant.name) == ("aB3", "민수")
    saved = await ParticipantDateModel.filter(participant_id=participant.id).order_by("date")
    assert [day.date for day in saved] == [START + timedelta(n) for n in range(days)]
    assert {(day.enabled, day.starred) for day in saved} == {(True, False)}
    assert response.json() == {
        "participant_id": participant.id,
        "participant_dates": [{"id": day.id, "date": day.date.isoformat()} for day in saved],
    }


async def test_two_may_join_under_one_name(client: httpx.AsyncClient) -> None:
    # Given
    await meeting("aB3")

    # When
    answers = [(await join(client, "aB3")).json() for _ in range(2)]

    # Then
    assert await ParticipantModel.all().order_by("id").values_list("id", flat=True) == [
        answer["participant_id"] for answer in answers
    ]
    assert await ParticipantDateModel.all().count() == 6


async def test_nobody_joins_a_meeting_that_does_not_exist(client: httpx.AsyncClient) -> None:
    # Given
    await meeting("aB3")

    # When
    response = await join(client, "AB3")

    # Then
    assert response.status_code == HTTP_404_NOT_FOUND
    assert response.json()["detail"] == "meeting with url_code: AB3 not found"
    assert await ParticipantModel.all().count() == 0


async def test_nobody_joins_a_meeting_without_a_range(client: httpx.AsyncClient) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")

    # When
    response = await join(client, "aB3")

    # Then
    assert response.status_code == HTTP_400_BAD_REQUEST
    assert response.json()["detail"] == "start and end should be set."
    assert await ParticipantModel.all().count() == 0


async def test_who_leaves_takes_their_days_and_nobody_elses(client: httpx.AsyncClient) -> None:
    # Given
    await meeting("aB3")
    first, second = [(await join(client, "aB3")).json()["participant_id"] for _ in range(2)]

    # When
    answers = [await leave(client, first) for _ in range(2)]

    # Then
    assert [answer.status_code for answer in answers] == [HTTP_204_NO_CONTENT, HTTP_404_NOT_FOUND]
    assert answers[1].json()["detail"] == f"participant with id: {first} not found"
    assert await ParticipantModel.all().values_list("id", flat=True) == [second]
    assert await ParticipantDateModel.all().values_list("participant_id", flat=True) == [second] * 3
