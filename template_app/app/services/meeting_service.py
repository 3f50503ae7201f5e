import uuid
from datetime import date

from app.dtos.update_meeting_request import MEETING_DATE_MAX_RANGE
from app.exceptions import NotAllowed, NotFound
from app.tortoise_models.meeting import MeetingModel
from app.utils.base62 import Base62


def meeting_not_found(url_code: str) -> NotFound:
    return NotFound(f"meeting with url_code: {url_code} not found")


async def service_create_meeting() -> MeetingModel:
    return await MeetingModel.create_meeting(Base62.encode(uuid.uuid4().int))


async def service_get_meeting(url_code: str) -> MeetingModel:
    meeting = await MeetingModel.get_or_none(url_code=url_code)
    if meeting is None:
        raise meeting_not_found(url_code)
    return meeting


async def service_update_meeting_date_range(url_code: str, start: date, end: date) -> MeetingModel:
    if end < start:
        raise NotAllowed(f"start {start} should not be after end {end}")
    if end - start > MEETING_DATE_MAX_RANGE:
        raise NotAllowed(f"start {start} and end {end} should be within {MEETING_DATE_MAX_RANGE.days} days")
    # One statement asks and sets: between two of them, somebody else could set it.
    not_set = MeetingModel.filter(url_code=url_code, start_date__isnull=True)
    updated = await not_set.update(start_date=start, end_date=end)
    meeting = await service_get_meeting(url_code)
    if not updated:
        raise NotAllowed(f"meeting: {url_code} start: {meeting.start_date} end: {meeting.end_date} are already set")
    return meeting


async def service_update_meeting_title(url_code: str, title: str) -> None:
    if not await MeetingModel.filter(url_code=url_code).update(title=title):
        raise meeting_not_found(url_code)


async def service_update_meeting_location(url_code: str, location: str) -> None:
    if not await MeetingModel.filter(url_code=url_code).update(location=location):
        raise meeting_not_found(url_code)
