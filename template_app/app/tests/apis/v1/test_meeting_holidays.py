import asyncio
from typing import Any

import httpx
import pytest
from pytest_httpx import HTTPXMock
from starlette.status import HTTP_200_OK, HTTP_400_BAD_REQUEST, HTTP_404_NOT_FOUND, HTTP_422_UNPROCESSABLE_CONTENT

from app.apis.dependencies import holiday_client
from app.main import app
from app.services import holiday_service
from app.tests.apis.v1.given import meeting
from app.tests.serving import stand_in
from app.tortoise_models.meeting import MeetingModel

NEW_YEAR = {"date": "2027-01-01", "localName": "새해", "name": "New Year's Day", "countryCode": "KR"}
CHRISTMAS = {"date": "2026-12-25", "localName": "크리스마스", "name": "Christmas Day", "countryCode": "KR"}
FAULTS: dict[str, dict[str, Any]] = {
    "an error": {"status_code": 500},
    "a page that moved": {"status_code": 302, "headers": {"Location": "http://elsewhere.test"}},
    "a page in HTML": {"html": "<h1>We will be back soon</h1>"},
    "another shape": {"json": {"holidays": []}},
    "a day that is none": {"json": [{**CHRISTMAS, "date": "2026-13-01"}]},
    "no bytes": {"content": b""},
}
SILENCES = [
    httpx.ReadTimeout("silent"),
    httpx.ConnectError("refused"),
    httpx.RemoteProtocolError("gone"),
    TimeoutError(),
]


def path(url_code: str = "aB3") -> str:
    return app.url_path_for("meetings:get_holidays", url_code=url_code)


def year(number: int) -> str:
    """Where the service tells of a year."""
    return f"http://holidays.test/api/v3/PublicHolidays/{number}/KR"


def asked(service: HTTPXMock) -> list[str]:
    return sorted(str(request.url) for request in service.get_requests())


async def test_the_holidays_of_a_range_are_those_of_all_its_years(
    client: httpx.AsyncClient, holidays: HTTPXMock
) -> None:
    # Given: from 30 December 2026 to 1 January 2027
    url = path()
    await meeting("aB3", days=3)
    holidays.add_response(url=year(2026), json=[CHRISTMAS])
    holidays.add_response(url=year(2027), json=[{**NEW_YEAR, "date": "2027-01-02"}, NEW_YEAR])

    # When
    response = await client.get(url)

    # Then
    assert response.status_code == HTTP_200_OK
    assert response.json() == {"holidays": [{"date": "2027-01-01", "name": "새해"}], "complete": True}
    assert asked(holidays) == [year(2026), year(2027)]


async def test_the_holidays_come_in_their_order(client: httpx.AsyncClient, holidays: HTTPXMock) -> None:
    # Given
    url = path()
    await meeting("aB3", days=1)
    eve = {**CHRISTMAS, "date": "2026-12-30", "localName": "가"}
    holidays.add_response(url=year(2026), json=[CHRISTMAS, eve, {**eve, "localName": "나"}])

    # When
    response = await client.get(url)

    # Then
    found = [{"date": "2026-12-30", "name": name} for name in ("가", "나")]
    assert response.json() == {"holidays": found, "complete": True}
    assert asked(holidays) == [year(2026)]


async def test_without_a_range_nobody_is_asked(client: httpx.AsyncClient, holidays: HTTPXMock) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")

    # When
    answers = [await client.get(path(url_code)) for url_code in ("aB3", "xY7", "a" * 256)]

    # Then
    codes = [HTTP_400_BAD_REQUEST, HTTP_404_NOT_FOUND, HTTP_422_UNPROCESSABLE_CONTENT]
    assert [answer.status_code for answer in answers] == codes
    assert [answer.json()["detail"] for answer in answers[:2]] == [
        "start and end should be set.",
        "meeting with url_code: xY7 not found",
    ]
    assert asked(holidays) == []


async def what_comes_without_2026(client: httpx.AsyncClient, holidays: HTTPXMock) -> None:
    """2027 is told of; the answer has that, and says that it is not all."""
    await meeting("aB3", days=3)
    holidays.add_response(url=year(2027), json=[NEW_YEAR])

    response = await client.get(path())

    assert response.status_code == HTTP_200_OK
    assert response.json() == {"holidays": [{"date": "2027-01-01", "name": "새해"}], "complete": False}
    assert asked(holidays) == [year(2026), year(2027)]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_year_that_is_not_told_of_is_missing_and_that_is_said(
    client: httpx.AsyncClient, holidays: HTTPXMock, fault: dict[str, Any]
) -> None:
    holidays.add_response(url=year(2026), **fault)

    await what_comes_without_2026(client, holidays)


@pytest.mark.parametrize("silence", SILENCES, ids=lambda silence: type(silence).__name__)
async def test_a_service_that_is_silent_is_missed_and_that_is_written_down(
    client: httpx.AsyncClient, holidays: HTTPXMock, caplog: pytest.LogCaptureFixture, silence: Exception
) -> None:
    holidays.add_exception(silence, url=year(2026))

    await what_comes_without_2026(client, holidays)

    assert caplog.messages == [f"no holidays of 2026: {type(silence).__name__}"]


async def test_nobody_waits_for_a_service_that_takes_the_call_and_says_nothing(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    await meeting("aB3", days=3)
    monkeypatch.setattr(holiday_service, "PATIENCE", 0.1)

    # When
    async with stand_in(None) as address, httpx.AsyncClient(base_url=address, timeout=None) as patient:
        monkeypatch.setitem(app.dependency_overrides, holiday_client, lambda: patient)
        async with asyncio.timeout(30):
            response = await client.get(path())

    # Then
    assert response.json() == {"holidays": [], "complete": False}
