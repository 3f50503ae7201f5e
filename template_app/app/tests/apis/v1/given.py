"""What tests of meetings and users begin with."""

from datetime import date, timedelta

import httpx

from app.main import app
from app.tortoise_models.meeting import MeetingModel
from app.tortoise_models.user import UserModel

START = date(2026, 12, 30)
PASSWORD = "correct horse"


async def meeting(url_code: str, days: int = 3, host: UserModel | None = None) -> None:
    """A meeting whose range has so many days."""
    end = START + timedelta(days - 1)
    await MeetingModel.create(url_code=url_code, start_date=START, end_date=end, host=host)


async def join(client: httpx.AsyncClient, url_code: str, name: object = "민수") -> httpx.Response:
    body = {"meeting_url_code": url_code, "name": name}
    return await client.post(app.url_path_for("participants:create"), json=body)


async def leave(client: httpx.AsyncClient, participant_id: object) -> httpx.Response:
    return await client.delete(f"{app.url_path_for('participants:create')}/{participant_id}")


async def sign_up(client: httpx.AsyncClient, name: object, password: object = PASSWORD) -> httpx.Response:
    return await client.post(app.url_path_for("users:create"), json={"name": name, "password": password})


async def sign_in(client: httpx.AsyncClient, name: str, password: str = PASSWORD) -> httpx.Response:
    """As OAuth2 has it: a form, and the name is a `username`."""
    return await client.post(app.url_path_for("token:create"), data={"username": name, "password": password})


async def bearer(client: httpx.AsyncClient, name: str) -> dict[str, str]:
    """The header of a new user who has signed in."""
    await sign_up(client, name)
    token = (await sign_in(client, name)).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}
