from datetime import timedelta
from typing import Any

from app.database.transaction import transaction
from app.exceptions import NotFound
from app.services.meeting_service import find_meeting, find_range, service_get_meeting
from app.tortoise_models.participant import ParticipantModel
from app.tortoise_models.participant_date import ParticipantDateModel

VOTES = {
    "on": {"enabled": True},
    "off": {"enabled": False, "starred": False},
    "star": {"enabled": True, "starred": True},
    "unstar": {"starred": False},
}


@transaction
async def service_create_participant(url_code: str, name: str) -> tuple[int, list[dict[str, Any]]]:
    """The new participant's id, and id and date of each of its days."""
    start, end = await find_range(url_code)
    days = [start + timedelta(n) for n in range((end - start).days + 1)]
    participant = await ParticipantModel.create(meeting_id=url_code, name=name)
    await ParticipantDateModel.bulk_create(ParticipantDateModel(participant=participant, date=day) for day in days)
    # MySQL does not say which ids it gave to the rows of one INSERT: ask for them.
    saved = ParticipantDateModel.filter(participant_id=participant.id).order_by("date")
    return participant.id, await saved.values("id", "date")


async def service_delete_participant(participant_id: int) -> None:
    """The dates go with it: the table says ON DELETE CASCADE, so that one statement does it all."""
    if not await ParticipantModel.filter(id=participant_id).delete():
        raise NotFound(f"participant with id: {participant_id} not found")


async def service_vote(vote: str, url_code: str, participant_date_id: int) -> dict[str, Any]:
    """Do what `VOTES` says to a day of this meeting, in one statement; gives the meeting as it then is."""
    await find_meeting(url_code)
    day = ParticipantDateModel.filter(id=participant_date_id, participant__meeting_id=url_code)
    if not await day.update(**VOTES[vote]):
        raise NotFound(f"participant date with id: {participant_date_id} not found")
    return await service_get_meeting(url_code)
