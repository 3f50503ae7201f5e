from pydantic import BaseModel

from app.dtos.fields import Id, UrlCode


class VoteRequest(BaseModel):
    participant_date_id: Id
    meeting_url_code: UrlCode
