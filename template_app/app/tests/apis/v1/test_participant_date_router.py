import httpx
import pytest
from starlette.status import HTTP_200_OK, HTTP_404_NOT_FOUND

from app.main import app
from app.tests.apis.v1.given import join, meeting
from app.tortoise_models.participant_date import ParticipantDateModel

CAN, BEST, CANNOT = (True, False), (True, True), (False, False)  # enabled, starred; no star on a day that is off
BEFORE = [CAN, BEST, CANNOT]
AFTER = {
    "on": [CAN, BEST, CAN],
    "off": [CANNOT, CANNOT, CANNOT],
    "star": [BEST, BEST, BEST],
    "unstar": [CAN, CAN, CANNOT],
}


async def vote(client: httpx.AsyncClient, word: str, url_code: object, date_id: object) -> httpx.Response:
    body = {"participant_date_id": date_id, "meeting_url_code": url_code}
    return await client.patch(app.url_path_for("participant_dates:vote", vote=word), json=body)


async def join_for(client: httpx.AsyncClient, url_code: str) -> list[int]:
    """The ids of the three days of a new participant of a new meeting."""
    await meeting(url_code)
    return [day["id"] for day in (await join(client, url_code)).json()["participant_dates"]]


async def votes() -> list[tuple[bool, bool]]:
    """What MySQL has, day by day."""
    return await ParticipantDateModel.all().order_by("id").values_list("enabled", "starred")


@pytest.mark.parametrize("word", AFTER)
async def test_a_vote_changes_its_day_and_no_other(client: httpx.AsyncClient, word: str) -> None:
    # Given
    days = await join_for(client, "aB3")
    for day, (enabled, starred) in zip(days, BEFORE, strict=True):
        await ParticipantDateModel.filter(id=day).update(enabled=enabled, starred=starred)

    for number, day in enumerate(days, start=1):
        # When: a second time it changes nothing, and is no error
        answers = [await vote(client, word, "aB3", day) for _ in range(2)]

        # Then
        assert await votes() == AFTER[word][:number] + BEFORE[number:]
        whole = await client.get(app.url_path_for("meetings:get", url_code="aB3"))
        assert [answer.status_code for answer in answers] == [HTTP_200_OK] * 2
        assert [answer.json() for answer in answers] == [whole.json()] * 2


@pytest.mark.parametrize("word", AFTER)
async def test_a_vote_needs_its_meeting_and_a_day_of_it(client: httpx.AsyncClient, word: str) -> None:
    # Given
    mine, theirs = [(await join_for(client, url_code))[0] for url_code in ("aB3", "Ab3")]
    await ParticipantDateModel.all().update(starred=True)
    before = await votes()

    # When: the meeting is asked for first
    answers = [await vote(client, word, *body) for body in (("xY7", 0), ("AB3", mine), ("aB3", theirs), ("aB3", 0))]

    # Then
    assert [answer.status_code for answer in answers] == [HTTP_404_NOT_FOUND] * 4
    assert [answer.json()["detail"] for answer in answers] == [
        "meeting with url_code: xY7 not found",
        "meeting with url_code: AB3 not found",
        f"participant date with id: {theirs} not found",
        "participant date with id: 0 not found",
    ]
    assert await votes() == before
