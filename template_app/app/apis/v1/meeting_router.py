from fastapi import APIRouter, HTTPException
from starlette.status import HTTP_404_NOT_FOUND

from app.dtos.create_meeting_response import CreateMeetingResponse
from app.dtos.fields import UrlCode
from app.dtos.get_meeting_response import GetMeetingResponse
from app.services.meeting_service import service_create_meeting, service_get_meeting

meeting_router = APIRouter(prefix="/v1/meetings", tags=["Meeting"])


@meeting_router.post("", name="meetings:create", description="Creates a meeting.")
async def api_create_meeting() -> CreateMeetingResponse:
    meeting = await service_create_meeting()
    return CreateMeetingResponse(url_code=meeting.url_code)


@meeting_router.get("/{url_code}", name="meetings:get", description="Gives a meeting.")
async def api_get_meeting(url_code: UrlCode) -> GetMeetingResponse:
    meeting = await service_get_meeting(url_code)
    if meeting is None:
        raise HTTPException(HTTP_404_NOT_FOUND, f"meeting with url_code: {url_code} not found")
    return GetMeetingResponse(url_code=meeting.url_code)
