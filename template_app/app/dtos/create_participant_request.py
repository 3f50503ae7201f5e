from pydantic import BaseModel

from app.dtos.fields import Name, UrlCode


class CreateParticipantRequest(BaseModel):
    meeting_url_code: UrlCode
    name: Name
