import asyncio
import logging

import httpx
from pydantic import TypeAdapter

from app.dtos.get_holidays_response import GetHolidaysResponse, Holiday
from app.services.meeting_service import find_range

HOLIDAYS = TypeAdapter(list[Holiday])
PATIENCE = 3  # seconds, for the whole of an answer
logger = logging.getLogger(__name__)


async def service_get_holidays(url_code: str, client: httpx.AsyncClient) -> GetHolidaysResponse:
    """The holidays in a meeting's range; not complete when the service has not told of each year that it touches."""
    start, end = await find_range(url_code)
    years = await asyncio.gather(*(holidays_of(year, client) for year in range(start.year, end.year + 1)))
    told = [holiday for year in years if year is not None for holiday in year if start <= holiday.date <= end]
    return GetHolidaysResponse(holidays=sorted(told, key=lambda holiday: holiday.date), complete=None not in years)


async def holidays_of(year: int, client: httpx.AsyncClient) -> list[Holiday] | None:
    """None when the service does not answer in time, or answers something else. That is written to the log."""
    try:
        async with asyncio.timeout(PATIENCE):
            response = await client.get(f"PublicHolidays/{year}/KR")
        return HOLIDAYS.validate_json(response.raise_for_status().content)
    except (httpx.HTTPError, TimeoutError, ValueError) as error:
        logger.warning("no holidays of %s: %s", year, type(error).__name__)
        return None
