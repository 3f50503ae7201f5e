from tortoise import Model, fields

from app.tortoise_models.base_model import BaseModel
from app.tortoise_models.meeting import MeetingModel


class ParticipantModel(BaseModel, Model):
    name = fields.CharField(max_length=255)
    meeting_id: str
    meeting: fields.ForeignKeyRelation[MeetingModel] = fields.ForeignKeyField(
        "models.MeetingModel", related_name="participants", to_field="url_code", on_delete=fields.CASCADE
    )

    class Meta:
        table = "participants"
