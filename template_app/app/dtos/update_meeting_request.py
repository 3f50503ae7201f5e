from datetime import timedelta

from pydantic import BaseModel

from app.dtos.fields import Day, Text

MEETING_DATE_MAX_RANGE = timedelta(days=62)


class UpdateMeetingDateRangeRequest(BaseModel):
    start_date: Day
    end_date: Day


class UpdateMeetingTitleRequest(BaseModel):
    title: Text


class UpdateMeetingLocationRequest(BaseModel):
    location: Text
