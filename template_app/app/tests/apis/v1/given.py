"""What tests of meetings begin with."""

from datetime import date, timedelta

import httpx

from app.main import app
from app.tortoise_models.meeting import MeetingModel

START = date(2026, 12, 30)


async def meeting(url_code: str, days: int = 3) -> None:
    """A meeting whose range has so many days."""
    await MeetingModel.create(url_code=url_code, start_date=START, end_date=START + timedelta(days - 1))


async def join(client: httpx.AsyncClient, url_code: str, name: object = "민수") -> httpx.Response:
    body = {"meeting_url_code": url_code, "name": name}
    return await client.post(app.url_path_for("participants:create"), json=body)


async def leave(client: httpx.AsyncClient, participant_id: object) -> httpx.Response:
    return await client.delete(f"{app.url_path_for('participants:create')}/{participant_id}")
