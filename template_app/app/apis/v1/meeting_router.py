from fastapi import APIRouter
from starlette.status import HTTP_204_NO_CONTENT

from app.dtos.create_meeting_response import CreateMeetingResponse
from app.dtos.fields import UrlCode
from app.dtos.get_meeting_response import GetMeetingResponse
from app.dtos.update_meeting_request import (
    UpdateMeetingDateRangeRequest,
    UpdateMeetingLocationRequest,
    UpdateMeetingTitleRequest,
)
from app.services.meeting_service import (
    service_create_meeting,
    service_get_meeting,
    service_update_meeting_date_range,
    service_update_meeting_location,
    service_update_meeting_title,
)

meeting_router = APIRouter(prefix="/v1/meetings", tags=["Meeting"])


@meeting_router.post("", name="meetings:create", description="Creates a meeting.")
async def api_create_meeting() -> CreateMeetingResponse:
    meeting = await service_create_meeting()
    return CreateMeetingResponse(url_code=meeting.url_code)


@meeting_router.get("/{url_code}", name="meetings:get", description="Gives a meeting.")
async def api_get_meeting(url_code: UrlCode) -> GetMeetingResponse:
    meeting = await service_get_meeting(url_code)
    return GetMeetingResponse.model_validate(meeting, from_attributes=True)


@meeting_router.patch(
    "/{url_code}/date_range",
    name="meetings:update_date_range",
    description="Sets a meeting's first and last day, once.",
)
async def api_update_meeting_date_range(url_code: UrlCode, body: UpdateMeetingDateRangeRequest) -> GetMeetingResponse:
    meeting = await service_update_meeting_date_range(url_code, body.start_date, body.end_date)
    return GetMeetingResponse.model_validate(meeting, from_attributes=True)


@meeting_router.patch(
    "/{url_code}/title",
    name="meetings:update_title",
    description="Sets a meeting's title.",
    status_code=HTTP_204_NO_CONTENT,
)
async def api_update_meeting_title(url_code: UrlCode, body: UpdateMeetingTitleRequest) -> None:
    await service_update_meeting_title(url_code, body.title)


@meeting_router.patch(
    "/{url_code}/location",
    name="meetings:update_location",
    description="Sets a meeting's location.",
    status_code=HTTP_204_NO_CONTENT,
)
async def api_update_meeting_location(url_code: UrlCode, body: UpdateMeetingLocationRequest) -> None:
    await service_update_meeting_location(url_code, body.location)
