from typing import Literal

from fastapi import APIRouter, Response
from starlette.status import HTTP_204_NO_CONTENT

from app.dtos.create_participant_request import CreateParticipantRequest
from app.dtos.create_participant_response import CreateParticipantResponse
from app.dtos.fields import Id
from app.dtos.get_meeting_response import GetMeetingResponse, meeting_response
from app.dtos.vote_request import VoteRequest
from app.services.participant_service import service_create_participant, service_delete_participant, service_vote

participant_router = APIRouter(prefix="/v1/participants", tags=["Participant"])
participant_date_router = APIRouter(prefix="/v1/participant_dates", tags=["Participant date"])


@participant_router.post("", name="participants:create")
async def api_create_participant(body: CreateParticipantRequest) -> CreateParticipantResponse:
    """Joins a meeting, with every day of its range."""
    participant_id, dates = await service_create_participant(body.meeting_url_code, body.name)
    return CreateParticipantResponse.model_validate({"participant_id": participant_id, "participant_dates": dates})


@participant_router.delete("/{participant_id}", name="participants:delete", status_code=HTTP_204_NO_CONTENT)
async def api_delete_participant(participant_id: Id) -> None:
    """Leaves a meeting."""
    await service_delete_participant(participant_id)


@participant_date_router.patch("/{vote}", name="participant_dates:vote", response_model=GetMeetingResponse)
async def api_vote(vote: Literal["on", "off", "star", "unstar"], body: VoteRequest) -> Response:
    """Says whether a participant can come on a day, and whether it is one of their best."""
    return meeting_response(await service_vote(vote, body.meeting_url_code, body.participant_date_id))
