"""One scenario from the first click to the last, as people have it: only the API is asked, and MySQL at the end."""

from typing import Any

import httpx

from app.main import app
from app.tests.apis.v1.given import bearer, join
from app.tortoise_models.meeting import MeetingModel
from app.tortoise_models.participant import ParticipantModel
from app.tortoise_models.participant_date import ParticipantDateModel


async def test_three_friends_find_a_day(client: httpx.AsyncClient) -> None:
    code = (await client.post(app.url_path_for("meetings:create"))).json()["url_code"]

    async def change(what: str, **body: Any) -> None:
        path = app.url_path_for(f"meetings:update_{what}", url_code=code)
        (await client.patch(path, json=body)).raise_for_status()

    async def vote(word: str, day: dict[str, Any]) -> dict[str, Any]:
        body = {"participant_date_id": day["id"], "meeting_url_code": code}
        response = await client.patch(app.url_path_for("participant_dates:vote", vote=word), json=body)
        return dict(response.raise_for_status().json())

    async def read() -> dict[str, Any]:
        path = app.url_path_for("meetings:get", url_code=code)
        return dict((await client.get(path)).raise_for_status().json())

    # A link, a name for it, and four days to choose from
    await change("title", title="송년회")
    await change("location", location="을지로")
    await change("date_range", start_date="2026-12-29", end_date="2027-01-01")
    assert (await read())["best_dates"] == []

    # Three join, and everybody can always come
    hana, garam, mina = [(await join(client, code, name)).json() for name in ("하나", "가람", "미나")]
    assert (await read())["best_dates"] == ["2026-12-29", "2026-12-30", "2026-12-31"]

    # Nobody likes the 29th, the 31st is Hana's best day, and Mina has to work on it
    for friend in (hana, garam, mina):
        await vote("off", friend["participant_dates"][0])
    await vote("star", hana["participant_dates"][2])
    assert (await read())["best_dates"] == ["2026-12-31", "2026-12-30", "2027-01-01"]
    told = await vote("off", mina["participant_dates"][2])
    assert told["best_dates"] == ["2026-12-30", "2027-01-01", "2026-12-31"]

    # Garam changes her mind, and Mina leaves
    await vote("on", garam["participant_dates"][0])
    await vote("star", garam["participant_dates"][2])
    await vote("unstar", garam["participant_dates"][2])
    path = app.url_path_for("participants:delete", participant_id=str(mina["participant_id"]))
    (await client.delete(path)).raise_for_status()

    meeting = await read()
    assert meeting == told | {
        "participants": meeting["participants"],
        "best_dates": ["2026-12-31", "2026-12-30", "2027-01-01"],
    }
    assert [each["name"] for each in meeting["participants"]] == ["하나", "가람"]
    [row] = await MeetingModel.all()
    assert (row.url_code, row.title, row.location) == (code, "송년회", "을지로")
    assert await ParticipantModel.all().order_by("id").values("name") == [{"name": "하나"}, {"name": "가람"}]
    saved = await ParticipantDateModel.all().order_by("id").values_list("enabled", "starred")
    can, best, cannot = (True, False), (True, True), (False, False)
    assert saved == [cannot, can, best, can, can, can, can, can]


async def test_a_host_signs_in_and_ends_a_meeting(client: httpx.AsyncClient, quick_hashes: None) -> None:
    hana, garam = [await bearer(client, name) for name in ("하나", "가람")]
    code = (await client.post(app.url_path_for("meetings:create"), headers=hana)).json()["url_code"]
    path = app.url_path_for("meetings:delete", url_code=code)

    answers = [await client.delete(path, headers=headers) for headers in ({}, garam, hana, hana)]

    assert [answer.status_code for answer in answers] == [401, 403, 204, 404]
    assert await MeetingModel.all().count() == 0
