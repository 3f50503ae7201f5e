from datetime import date

from pydantic import BaseModel


class CreatedDate(BaseModel):
    id: int
    date: date


class CreateParticipantResponse(BaseModel):
    participant_id: int
    participant_dates: list[CreatedDate]
