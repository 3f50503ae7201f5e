from datetime import date

from pydantic import BaseModel, Field


class Holiday(BaseModel):
    date: date
    name: str = Field(validation_alias="localName")  # as the service calls it


class GetHolidaysResponse(BaseModel):
    holidays: list[Holiday]
    complete: bool
