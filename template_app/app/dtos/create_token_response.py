from pydantic import BaseModel


class CreateTokenResponse(BaseModel):
    access_token: str
    token_type: str = "bearer"
