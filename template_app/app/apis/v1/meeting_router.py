from fastapi import APIRouter

from app.dtos.create_meeting_response import CreateMeetingResponse
from app.services.meeting_service_mysql import service_create_meeting_mysql

mysql_router = APIRouter(prefix="/v1/mysql/meetings", tags=["Meeting"])


@mysql_router.post("", description="Creates a meeting.")
async def api_create_meeting_mysql() -> CreateMeetingResponse:
    meeting = await service_create_meeting_mysql()
    return CreateMeetingResponse(url_code=meeting.url_code)
