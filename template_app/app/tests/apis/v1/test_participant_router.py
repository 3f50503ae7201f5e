from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.status import (
    HTTP_200_OK,
    HTTP_204_NO_CONTENT,
    HTTP_400_BAD_REQUEST,
    HTTP_404_NOT_FOUND,
    HTTP_422_UNPROCESSABLE_CONTENT,
)
from tortoise.exceptions import OperationalError

from app.main import app
from app.tests.apis.v1.given import START, join, meeting
from app.tests.database import database_of, run_on_server
from app.tortoise_models.meeting import MeetingModel
from app.tortoise_models.participant import ParticipantModel
from app.tortoise_models.participant_date import ParticipantDateModel


async def leave(client: httpx.AsyncClient, participant_id: object) -> httpx.Response:
    return await client.delete(f"{app.url_path_for('participants:create')}/{participant_id}")


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
    assert response.json() == {"detail": "meeting with url_code: AB3 not found"}
    assert await ParticipantModel.all().count() == 0


async def test_nobody_joins_a_meeting_without_a_range(client: httpx.AsyncClient) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")

    # When
    response = await join(client, "aB3")

    # Then
    assert response.status_code == HTTP_400_BAD_REQUEST
    assert response.json() == {"detail": "start and end should be set."}
    assert await ParticipantModel.all().count() == 0


async def test_who_leaves_takes_their_days_and_nobody_elses(client: httpx.AsyncClient) -> None:
    # Given
    await meeting("aB3")
    first, second = [(await join(client, "aB3")).json()["participant_id"] for _ in range(2)]

    # When
    answers = [await leave(client, first) for _ in range(2)]

    # Then
    assert [answer.status_code for answer in answers] == [HTTP_204_NO_CONTENT, HTTP_404_NOT_FOUND]
    assert answers[1].json() == {"detail": f"participant with id: {first} not found"}
    assert await ParticipantModel.all().values_list("id", flat=True) == [second]
    assert await ParticipantDateModel.all().values_list("participant_id", flat=True) == [second] * 3


@pytest.mark.parametrize("name", [None, "", " ", "\u3000", "a" * 256, "a\x00", "a\n", 7])
async def test_what_is_no_name_is_refused(client: httpx.AsyncClient, name: object) -> None:
    # Given
    await meeting("aB3")

    # When: also for a meeting that does not exist, for the body comes first
    answers = [await join(client, url_code, name) for url_code in ("aB3", "xY7")]

    # Then
    assert [answer.status_code for answer in answers] == [HTTP_422_UNPROCESSABLE_CONTENT] * 2
    assert await ParticipantModel.all().count() == 0


@pytest.mark.parametrize("name", ["김", "a" * 255, " 민 수 ", "7"])
async def test_a_name_is_kept_as_it_came(client: httpx.AsyncClient, name: str) -> None:
    # Given
    await meeting("aB3")

    # When
    response = await join(client, "aB3", name)

    # Then
    assert response.status_code == HTTP_200_OK
    assert await ParticipantModel.all().values("name") == [{"name": name}]


@pytest.mark.parametrize(
    ("participant_id", "status_code"),
    [
        (0, HTTP_404_NOT_FOUND),
        (-1, HTTP_404_NOT_FOUND),
        (2**63 - 1, HTTP_404_NOT_FOUND),
        (2**63, HTTP_422_UNPROCESSABLE_CONTENT),
        ("x", HTTP_422_UNPROCESSABLE_CONTENT),
    ],
)
async def test_nobody_leaves_who_is_not_there(
    client: httpx.AsyncClient, participant_id: object, status_code: int
) -> None:
    # Given
    await meeting("aB3")
    await join(client, "aB3")

    # When
    response = await leave(client, participant_id)

    # Then
    assert response.status_code == status_code
    assert await ParticipantModel.all().count() == 1


async def test_who_gets_no_days_does_not_join(committed: dict[str, Any], client: httpx.AsyncClient) -> None:
    # Given
    await meeting("aB3")
    await run_on_server(f"DROP TABLE `{database_of(committed)}`.participant_dates")

    # When
    with pytest.raises(OperationalError, match="participant_dates' doesn't exist"):
        await join(client, "aB3")

    # Then
    assert await ParticipantModel.all().count() == 0
