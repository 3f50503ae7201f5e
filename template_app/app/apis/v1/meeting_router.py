from fastapi import APIRouter, Response
from starlette.status import HTTP_204_NO_CONTENT

from app.apis.dependencies import CurrentUser, HolidayClient, UserOrNobody
from app.dtos.create_meeting_response import CreateMeetingResponse
from app.dtos.fields import UrlCode
from app.dtos.get_holidays_response import GetHolidaysResponse
from app.dtos.get_meeting_response import GetMeetingResponse, meeting_response
from app.dtos.update_meeting_request import (
    UpdateMeetingDateRangeRequest,
    UpdateMeetingLocationRequest,
    UpdateMeetingTitleRequest,
)
from app.services.holiday_service import service_get_holidays
from app.services.meeting_service import (
    service_create_meeting,
    service_delete_meeting,
    service_get_meeting,
    service_update_meeting,
    service_update_meeting_date_range,
)

meeting_router = APIRouter(prefix="/v1/meetings", tags=["Meeting"])


@meeting_router.post("", name="meetings:create")
async def api_create_meeting(user: UserOrNobody) -> CreateMeetingResponse:
    """Creates a meeting. Whose token comes with it is its host."""
    return CreateMeetingResponse(url_code=(await service_create_meeting(user)).url_code)


@meeting_router.get("/{url_code}", name="meetings:get", response_model=GetMeetingResponse)
async def api_get_meeting(url_code: UrlCode) -> Response:
    """Gives a meeting."""
    return meeting_response(await service_get_meeting(url_code))


@meeting_router.patch("/{url_code}/date_range", name="meetings:update_date_range", response_model=GetMeetingResponse)
async def api_update_meeting_date_range(url_code: UrlCode, body: UpdateMeetingDateRangeRequest) -> Response:
    """Sets a meeting's first and last day, once."""
    return meeting_response(await service_update_meeting_date_range(url_code, body.start_date, body.end_date))


@meeting_router.patch("/{url_code}/title", name="meetings:update_title", status_code=HTTP_204_NO_CONTENT)
async def api_update_meeting_title(url_code: UrlCode, body: UpdateMeetingTitleRequest) -> None:
    """Sets a meeting's title."""
    await service_update_meeting(url_code, title=body.title)


@meeting_router.patch("/{url_code}/location", name="meetings:update_location", status_code=HTTP_204_NO_CONTENT)
async def api_update_meeting_location(url_code: UrlCode, body: UpdateMeetingLocationRequest) -> None:
    """Sets a meeting's location."""
    await service_update_meeting(url_code, location=body.location)


@meeting_router.delete("/{url_code}", name="meetings:delete", status_code=HTTP_204_NO_CONTENT)
async def api_delete_meeting(url_code: UrlCode, user: CurrentUser) -> None:
    """Deletes a meeting, with all who take part. Only its host may."""
    await service_delete_meeting(url_code, user)


@meeting_router.get("/{url_code}/holidays", name="meetings:get_holidays")
async def api_get_holidays(url_code: UrlCode, client: HolidayClient) -> GetHolidaysResponse:
    """Gives the public holidays in a meeting's range, as an outside service knows them."""
    return await service_get_holidays(url_code, client)
