import asyncio
import json
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from starlette.status import HTTP_200_OK, HTTP_404_NOT_FOUND, HTTP_422_UNPROCESSABLE_CONTENT

from app.main import app
from app.tortoise_models.meeting import MeetingModel

START = date(2026, 12, 30)
NO_DATES = {
    "null": None,
    "a timestamp": 0,
    "NaN": float("nan"),
    "a time of day": "2026-12-30T00:00:00",
    "no dashes": "20261230",
    "29 February of a common year": "2027-02-29",
    "month 13": "2026-13-01",
    "MySQL's zero": "0000-00-00",
    "before MySQL's first": "0999-12-31",
    "after its last": "10000-01-01",
    "other digits": "\uff12\uff10\uff12\uff16-12-30",
    "half a character": "\ud800",
    "nothing": "",
}


def path(url_code: str = "aB3") -> str:
    return app.url_path_for("meetings:update_date_range", url_code=url_code)


def days_later(days: int) -> dict[str, str]:
    """A range that ends so many days after its start."""
    return {"start_date": START.isoformat(), "end_date": (START + timedelta(days)).isoformat()}


async def ranges() -> list[tuple[date | None, date | None]]:
    """What MySQL has."""
    return await MeetingModel.all().values_list("start_date", "end_date")


@pytest.mark.parametrize("days", [0, 3, 62])
async def test_a_date_range_is_saved(client: httpx.AsyncClient, days: int) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")

    # When
    response = await client.patch(path(), json=days_later(days))

    # Then
    assert response.status_code == HTTP_200_OK
    unset = {"title": "", "location": "", "participants": [], "best_dates": []}
    assert response.json() == {"url_code": "aB3", **days_later(days), **unset}
    assert await ranges() == [(START, START + timedelta(days))]


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (63, "start 2026-12-30 and end 2027-03-03 should be within 62 days"),
        (-1, "start 2026-12-30 should not be after end 2026-12-29"),
    ],
)
async def test_a_range_that_is_too_long_or_backwards_is_refused(
    client: httpx.AsyncClient, days: int, sentence: str
) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")

    # When: also for a meeting that does not exist, for the body comes first
    answers = [await client.patch(path(url_code), json=days_later(days)) for url_code in ("aB3", "xY7")]

    # Then
    assert [answer.status_code for answer in answers] == [HTTP_422_UNPROCESSABLE_CONTENT] * 2
    assert [answer.json()["detail"] for answer in answers] == [sentence] * 2
    assert await ranges() == [(None, None)]


async def test_a_range_is_set_once(client: httpx.AsyncClient) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")
    await client.patch(path(), json=days_later(3))

    # When
    answers = [await client.patch(path(), json=days_later(days)) for days in (3, 5)]

    # Then
    assert [answer.status_code for answer in answers] == [HTTP_422_UNPROCESSABLE_CONTENT] * 2
    sentence = "meeting: aB3 start: 2026-12-30 end: 2027-01-02 are already set"
    assert [answer.json()["detail"] for answer in answers] == [sentence] * 2
    assert await ranges() == [(START, START + timedelta(3))]


async def test_a_range_needs_its_meeting(client: httpx.AsyncClient) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")

    # When
    response = await client.patch(path("AB3"), json=days_later(3))

    # Then
    assert response.status_code == HTTP_404_NOT_FOUND
    assert response.json()["detail"] == "meeting with url_code: AB3 not found"
    assert await ranges() == [(None, None)]


@pytest.mark.parametrize("field", ["start_date", "end_date"])
@pytest.mark.parametrize("value", NO_DATES.values(), ids=NO_DATES)
async def test_what_is_no_date_is_refused(client: httpx.AsyncClient, field: str, value: object) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")

    # When
    content = json.dumps({**days_later(3), field: value})
    response = await client.patch(path(), content=content, headers={"Content-Type": "application/json"})

    # Then
    assert response.status_code == HTTP_422_UNPROCESSABLE_CONTENT
    assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]
    assert await ranges() == [(None, None)]


async def test_of_all_who_set_the_range_at_once_one_succeeds(
    committed: dict[str, Any], client: httpx.AsyncClient
) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")

    # When
    answers = await asyncio.gather(*(client.patch(path(), json=days_later(days)) for days in range(10)))

    # Then
    [first] = [answer.json() for answer in answers if answer.status_code == HTTP_200_OK]
    assert [answer.status_code for answer in answers].count(HTTP_422_UNPROCESSABLE_CONTENT) == 9
    assert await ranges() == [tuple(date.fromisoformat(first[field]) for field in ("start_date", "end_date"))]
