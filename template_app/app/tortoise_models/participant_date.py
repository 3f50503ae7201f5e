from tortoise import Model, fields

from app.tortoise_models.base_model import BaseModel
from app.tortoise_models.participant import ParticipantModel


class ParticipantDateModel(BaseModel, Model):
    participant_id: int
    participant: fields.ForeignKeyRelation[ParticipantModel] = fields.ForeignKeyField(
        "models.ParticipantModel", related_name="dates", on_delete=fields.CASCADE
    )
    date = fields.DateField()
    enabled = fields.BooleanField(default=True)
    starred = fields.BooleanField(default=False)

    class Meta:
        table = "participant_dates"
        unique_together = (("participant", "date"),)
