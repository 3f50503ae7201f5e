from pydantic import BaseModel

from app.dtos.fields import Password, UserName


class CreateUserRequest(BaseModel):
    name: UserName
    password: Password
