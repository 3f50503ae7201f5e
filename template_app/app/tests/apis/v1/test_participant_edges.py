from typing import Any

import httpx
import pytest
from starlette.status import (
    HTTP_200_OK,
    HTTP_404_NOT_FOUND,
    HTTP_422_UNPROCESSABLE_CONTENT,
    HTTP_500_INTERNAL_SERVER_ERROR,
)

from app.tests.apis.v1.given import join, leave, meeting
from app.tests.database import database_of, run_on_server
from app.tortoise_models.participant import ParticipantModel


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
        (-(2**63), HTTP_404_NOT_FOUND),
        (-(2**63) - 1, HTTP_422_UNPROCESSABLE_CONTENT),
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
    response = await join(client, "aB3")

    # Then
    assert response.status_code == HTTP_500_INTERNAL_SERVER_ERROR
    assert await ParticipantModel.all().count() == 0
