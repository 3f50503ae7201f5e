import httpx
import pytest

from app.main import app
from app.tests.apis.v1.given import bearer
from app.tortoise_models.meeting import MeetingModel
from app.tortoise_models.user import UserModel

pytestmark = pytest.mark.usefixtures("quick_hashes")

CREATE = app.url_path_for("meetings:create")


async def test_who_creates_a_meeting_with_a_token_is_its_host(client: httpx.AsyncClient) -> None:
    # Given
    for name in ("하나", "가람"):
        headers = await bearer(client, name)

    # When
    answers = [await client.post(CREATE, headers=each) for each in ({}, headers)]

    # Then
    garam = await UserModel.get(name="가람")
    hosts = dict(await MeetingModel.all().values_list("url_code", "host_id"))
    assert [hosts[answer.json()["url_code"]] for answer in answers] == [None, garam.id]
