from datetime import date
from typing import Any

from fastapi import Response
from pydantic import BaseModel
from pydantic_core import to_json


class ParticipantDate(BaseModel):
    id: int
    date: date
    enabled: bool
    starred: bool


class Participant(BaseModel):
    id: int
    name: str
    dates: list[ParticipantDate]


class GetMeetingResponse(BaseModel):
    url_code: str
    start_date: date | None
    end_date: date | None
    title: str
    location: str
    participants: list[Participant]
    best_dates: list[date]


def meeting_response(meeting: dict[str, Any]) -> Response:
    """JSON at once: FastAPI would hold each of thousands of dates, all our own, against the class above."""
    return Response(to_json(meeting), media_type="application/json")
