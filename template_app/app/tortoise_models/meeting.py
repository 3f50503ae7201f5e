from typing import Self

from tortoise import Model, fields

from app.tortoise_models.base_model import BaseModel
from app.tortoise_models.fields import CaseSensitiveCharField
from app.tortoise_models.user import UserModel


class MeetingModel(BaseModel, Model):
    url_code = CaseSensitiveCharField(max_length=255, unique=True)
    start_date = fields.DateField(null=True)
    end_date = fields.DateField(null=True)
    title = fields.CharField(max_length=255, default="")
    location = fields.CharField(max_length=255, default="")
    host: fields.ForeignKeyNullableRelation[UserModel] = fields.ForeignKeyField(
        "models.UserModel", related_name="meetings", null=True, on_delete=fields.SET_NULL
    )

    class Meta:
        table = "meetings"

    @classmethod
    async def create_meeting(cls, url_code: str, host: UserModel | None = None) -> Self:
        return await cls.create(url_code=url_code, host=host)
