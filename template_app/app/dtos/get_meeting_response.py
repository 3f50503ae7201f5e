from datetime import date

from pydantic import BaseModel


class GetMeetingResponse(BaseModel):
    url_code: str
    start_date: date | None
    end_date: date | None
    title: str
    location: str
