from fastapi import APIRouter
from starlette.status import HTTP_204_NO_CONTENT

from app.dtos.create_participant_request import CreateParticipantRequest
from app.dtos.create_participant_response import CreateParticipantResponse
from app.dtos.fields import Id
from app.services.participant_service import service_create_participant, service_delete_participant

participant_router = APIRouter(prefix="/v1/participants", tags=["Participant"])


@participant_router.post("", name="participants:create", description="Joins a meeting, with every day of its range.")
async def api_create_participant(body: CreateParticipantRequest) -> CreateParticipantResponse:
    participant, dates = await service_create_participant(body.meeting_url_code, body.name)
    answer = {"participant_id": participant.id, "participant_dates": dates}
    return CreateParticipantResponse.model_validate(answer, from_attributes=True)


@participant_router.delete(
    "/{participant_id}",
    name="participants:delete",
    description="Leaves a meeting.",
    status_code=HTTP_204_NO_CONTENT,
)
async def api_delete_participant(participant_id: Id) -> None:
    await service_delete_participant(participant_id)
