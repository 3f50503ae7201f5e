from pydantic import BaseModel


class GetMeetingResponse(BaseModel):
    url_code: str
