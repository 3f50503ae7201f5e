import json

import httpx
import pytest
from starlette.status import HTTP_204_NO_CONTENT, HTTP_404_NOT_FOUND, HTTP_422_UNPROCESSABLE_CONTENT

from app.main import app
from app.tortoise_models.meeting import MeetingModel

EACH = pytest.mark.parametrize("field", ["title", "location"])


def path(field: str, url_code: str = "aB3") -> str:
    return app.url_path_for(f"meetings:update_{field}", url_code=url_code)


JSON = {"Content-Type": "application/json"}
NO_TEXTS = {
    "null": None,
    "a number": 7,
    "true": True,
    "NaN": float("nan"),
    "a list": ["Lunch"],
    "256 letters": "a" * 256,
    "NUL": "a\x00b",
    "a new line": "a\n",
    "a terminal's escape": "\x1b[2J",
    "next line, of C1": "a\x85b",
    "half a character": "\ud800",
}
NO_BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "null": b"null",
    "a list": b"[]",
    "no field": b"{}",
    "a field too few": b'{"titel": "Lunch", "place": "Seoul"}',
    "not UTF-8": b'{"title": "\xff", "location": "\xff"}',
    "too deep": b"[" * 60_000,
    "a number of 5000 digits": b"1" * 5000,
}


async def texts(field: str) -> dict[str, str]:
    """What MySQL has in a column, by the meetings' codes."""
    return dict(await MeetingModel.all().values_list("url_code", field))


@EACH
async def test_a_text_is_saved_and_no_other_meeting_is_changed(client: httpx.AsyncClient, field: str) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")
    await MeetingModel.create_meeting("Ab3")

    # When
    response = await client.patch(path(field), json={field: "점심 🍜"})

    # Then
    assert response.status_code == HTTP_204_NO_CONTENT
    assert response.content == b""
    assert await texts(field) == {"aB3": "점심 🍜", "Ab3": ""}


@EACH
async def test_a_text_that_stays_the_same_is_no_error(client: httpx.AsyncClient, field: str) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")

    # When
    answers = [await client.patch(path(field), json={field: text}) for text in ("", "Lunch", "Lunch")]

    # Then
    assert [answer.status_code for answer in answers] == [HTTP_204_NO_CONTENT] * 3
    assert await texts(field) == {"aB3": "Lunch"}


@EACH
async def test_a_text_needs_its_meeting(client: httpx.AsyncClient, field: str) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")

    # When
    response = await client.patch(path(field, "AB3"), json={field: "Lunch"})

    # Then
    assert response.status_code == HTTP_404_NOT_FOUND
    assert response.json()["detail"] == "meeting with url_code: AB3 not found"
    assert await texts(field) == {"aB3": ""}


@EACH
@pytest.mark.parametrize("text", NO_TEXTS.values(), ids=NO_TEXTS)
async def test_what_is_no_text_is_refused_and_not_sent_back(
    client: httpx.AsyncClient, field: str, text: object
) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")

    # When
    response = await client.patch(path(field), content=json.dumps({field: text}), headers=JSON)

    # Then
    assert response.status_code == HTTP_422_UNPROCESSABLE_CONTENT
    [error] = response.json()["errors"]
    assert error.keys() == {"type", "loc", "msg"}
    assert error["loc"] == ["body", field]
    assert await texts(field) == {"aB3": ""}


@EACH
@pytest.mark.parametrize("body", NO_BODIES.values(), ids=NO_BODIES)
async def test_a_body_that_says_nothing_is_refused(client: httpx.AsyncClient, field: str, body: bytes) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")

    # When
    response = await client.patch(path(field), content=body, headers=JSON)

    # Then
    assert response.status_code == HTTP_422_UNPROCESSABLE_CONTENT
    assert await texts(field) == {"aB3": ""}


@EACH
async def test_a_text_may_be_as_long_as_its_column_and_other_fields_are_nobodys_business(
    client: httpx.AsyncClient, field: str
) -> None:
    # Given
    await MeetingModel.create_meeting("aB3")

    # When
    response = await client.patch(path(field), json={field: "🍜" * 255, "colour": "red"})

    # Then
    assert response.status_code == HTTP_204_NO_CONTENT
    assert await texts(field) == {"aB3": "🍜" * 255}


@EACH
async def test_the_body_is_looked_at_before_the_meeting(client: httpx.AsyncClient, field: str) -> None:
    response = await client.patch(path(field), json={field: None})

    assert response.status_code == HTTP_422_UNPROCESSABLE_CONTENT
