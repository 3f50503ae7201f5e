from datetime import date

import pytest
from tortoise.exceptions import IntegrityError

from app.tortoise_models.meeting import MeetingModel
from app.tortoise_models.participant import ParticipantModel
from app.tortoise_models.participant_date import ParticipantDateModel

DAY = date(2026, 12, 30)


async def join(url_code: str, name: str = "민수") -> ParticipantModel:
    """A participant with one day."""
    participant = await ParticipantModel.create(meeting_id=url_code, name=name)
    await ParticipantDateModel.create(participant=participant, date=DAY)
    return participant


async def test_a_participant_needs_a_meeting_with_exactly_this_code() -> None:
    await MeetingModel.create_meeting("aB3")

    with pytest.raises(IntegrityError, match="a foreign key constraint fails"):
        await join("AB3")


async def test_two_participants_may_have_one_name() -> None:
    await MeetingModel.create_meeting("aB3")

    assert await join("aB3") != await join("aB3")
    assert await ParticipantModel.filter(meeting_id="aB3", name="민수").count() == 2


async def test_a_participant_has_a_day_once() -> None:
    await MeetingModel.create_meeting("aB3")
    participant = await join("aB3")

    with pytest.raises(IntegrityError, match="Duplicate entry"):
        await ParticipantDateModel.create(participant=participant, date=DAY)


async def test_with_a_meeting_its_participants_and_their_days_go() -> None:
    for url_code in ("aB3", "Ab3"):
        await MeetingModel.create_meeting(url_code)
        await join(url_code)

    await MeetingModel.filter(url_code="aB3").delete()

    [left] = await ParticipantModel.all()
    assert left.meeting_id == "Ab3"
    assert [day.participant_id for day in await ParticipantDateModel.all()] == [left.id]
