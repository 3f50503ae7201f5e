import uuid
from collections import defaultdict
from datetime import date
from typing import Any

from app.dtos.update_meeting_request import MEETING_DATE_MAX_RANGE
from app.exceptions import NotAllowed, NotFound, NotReady, NotYours
from app.tortoise_models.meeting import MeetingModel
from app.tortoise_models.participant import ParticipantModel
from app.tortoise_models.participant_date import ParticipantDateModel
from app.tortoise_models.user import UserModel
from app.utils.base62 import Base62
from app.utils.best_dates import best_dates


def meeting_not_found(url_code: str) -> NotFound:
    return NotFound(f"meeting with url_code: {url_code} not found")


async def service_create_meeting(host: UserModel | None) -> MeetingModel:
    return await MeetingModel.create_meeting(Base62.encode(uuid.uuid4().int), host)


async def find_meeting(url_code: str) -> MeetingModel:
    meeting = await MeetingModel.get_or_none(url_code=url_code)
    if meeting is None:
        raise meeting_not_found(url_code)
    return meeting


async def find_range(url_code: str) -> tuple[date, date]:
    """A meeting's first and last day."""
    meeting = await find_meeting(url_code)
    if meeting.start_date is None or meeting.end_date is None:
        raise NotReady("start and end should be set.")
    return meeting.start_date, meeting.end_date


async def service_get_meeting(url_code: str) -> dict[str, Any]:
    """The meeting as `GetMeetingResponse` has it: three statements, and rows instead of thousands of objects."""
    meeting = await find_meeting(url_code)
    participants = await ParticipantModel.filter(meeting_id=url_code).order_by("id").values("id", "name")
    days = ParticipantDateModel.filter(participant__meeting_id=url_code).order_by("date")
    votes = await days.values("participant_id", "id", "date", "enabled", "starred")
    dates: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for vote in votes:
        dates[vote.pop("participant_id")].append(vote)
    columns = {name: getattr(meeting, name) for name in ("url_code", "start_date", "end_date", "title", "location")}
    shown = [{**each, "dates": dates[each["id"]]} for each in participants]
    return columns | {"participants": shown, "best_dates": best_dates(votes)}


async def service_update_meeting_date_range(url_code: str, start: date, end: date) -> dict[str, Any]:
    if end < start:
        raise NotAllowed(f"start {start} should not be after end {end}")
    if end - start > MEETING_DATE_MAX_RANGE:
        raise NotAllowed(f"start {start} and end {end} should be within {MEETING_DATE_MAX_RANGE.days} days")
    # One statement asks and sets: between two of them, somebody else could set it.
    if not await MeetingModel.filter(url_code=url_code, start_date__isnull=True).update(start_date=start, end_date=end):
        meeting = await find_meeting(url_code)
        raise NotAllowed(f"meeting: {url_code} start: {meeting.start_date} end: {meeting.end_date} are already set")
    return await service_get_meeting(url_code)


async def service_update_meeting(url_code: str, **texts: str) -> None:
    if not await MeetingModel.filter(url_code=url_code).update(**texts):
        raise meeting_not_found(url_code)


async def service_delete_meeting(url_code: str, host: UserModel) -> None:
    """Its participants and their dates go with it, as the tables say: one statement, so all of it or nothing."""
    if not await MeetingModel.filter(url_code=url_code, host_id=host.id).delete():
        await find_meeting(url_code)
        raise NotYours(f"meeting with url_code: {url_code} can be deleted by its host only")
