from tortoise import Model, fields

from app.tortoise_models.base_model import BaseModel

NAME_LENGTH = 50


class UserModel(BaseModel, Model):
    name = fields.CharField(max_length=NAME_LENGTH, unique=True)
    password_hash = fields.CharField(max_length=255)

    class Meta:
        table = "users"
