from pydantic import BaseModel


class CreateMeetingResponse(BaseModel):
    url_code: str
