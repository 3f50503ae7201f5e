from typing import Any

import httpx
import pytest
from starlette.status import (
    HTTP_204_NO_CONTENT,
    HTTP_401_UNAUTHORIZED,
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
    HTTP_422_UNPROCESSABLE_CONTENT,
    HTTP_500_INTERNAL_SERVER_ERROR,
)

from app.main import app
from app.tests.apis.v1.given import join, meeting
from app.tests.database import database_of, run_on_server
from app.tortoise_models.meeting import MeetingModel
from app.tortoise_models.participant import ParticipantModel
from app.tortoise_models.participant_date import ParticipantDateModel
from app.tortoise_models.user import UserModel


async def delete(client: httpx.AsyncClient, url_code: str = "aB3") -> httpx.Response:
    return await client.delete(app.url_path_for("meetings:delete", url_code=url_code))


async def counted() -> list[int]:
    """How many meetings, participants and dates there are."""
    return [await model.all().count() for model in (MeetingModel, ParticipantModel, ParticipantDateModel)]


async def test_a_host_deletes_a_meeting_and_all_that_hangs_on_it(
    client: httpx.AsyncClient, signed_in: UserModel
) -> None:
    # Given
    for url_code in ("aB3", "Ab3"):
        await meeting(url_code, host=signed_in)
        for _ in range(2):
            await join(client, url_code)

    # When
    answers = [await delete(client) for _ in range(2)]

    # Then
    assert [answer.status_code for answer in answers] == [HTTP_204_NO_CONTENT, HTTP_404_NOT_FOUND]
    assert answers[1].json()["detail"] == "meeting with url_code: aB3 not found"
    assert await MeetingModel.all().values("url_code") == [{"url_code": "Ab3"}]
    assert await counted() == [1, 2, 6]


@pytest.mark.parametrize("host", ["가람", None], ids=["of another", "of nobody"])
async def test_who_is_not_the_host_deletes_nothing(
    client: httpx.AsyncClient, signed_in: UserModel, host: str | None
) -> None:
    # Given
    other = await UserModel.create(name=host, password_hash="of no password") if host else None
    await meeting("aB3", host=other)
    await join(client, "aB3")

    # When
    response = await delete(client)

    # Then
    assert response.status_code == HTTP_403_FORBIDDEN
    assert response.json()["detail"] == "meeting with url_code: aB3 can be deleted by its host only"
    assert await counted() == [1, 1, 3]


@pytest.mark.parametrize("url_code", ["aB3", "xY7"])
async def test_who_has_not_signed_in_deletes_nothing(client: httpx.AsyncClient, url_code: str) -> None:
    # Given
    await meeting("aB3")

    # When: whether it is there or not
    response = await delete(client, url_code)

    # Then
    assert response.status_code == HTTP_401_UNAUTHORIZED
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json()["detail"] == "sign in first"
    assert await counted() == [1, 0, 0]


async def test_a_code_that_is_too_long_is_refused(client: httpx.AsyncClient, signed_in: UserModel) -> None:
    assert (await delete(client, "a" * 256)).status_code == HTTP_422_UNPROCESSABLE_CONTENT


async def test_a_meeting_goes_whole_or_not_at_all(
    committed: dict[str, Any], client: httpx.AsyncClient, signed_in: UserModel
) -> None:
    # Given: somebody holds on to one of the days
    await meeting("aB3", host=signed_in)
    for _ in range(2):
        await join(client, "aB3")
    last = await ParticipantDateModel.all().order_by("-id").first()
    assert last is not None
    database = database_of(committed)
    await run_on_server(
        f"CREATE TABLE `{database}`.notes (day BIGINT, FOREIGN KEY (day) REFERENCES participant_dates (id))",
        f"INSERT INTO `{database}`.notes VALUES ({last.id})",
        "COMMIT",
    )

    # When
    response = await delete(client)

    # Then
    assert response.status_code == HTTP_500_INTERNAL_SERVER_ERROR
    assert await counted() == [1, 2, 6]
