import httpx
import pytest
from starlette.status import HTTP_200_OK, HTTP_401_UNAUTHORIZED

from app.main import app
from app.tortoise_models.meeting import MeetingModel
from app.utils.tokens import token_for

CREATE = app.url_path_for("meetings:create")


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer 7", "Bearer a.b.c", "Bearer é", "bearer {gone}"])
async def test_a_token_that_is_not_good_is_no_reason_to_be_nobody(client: httpx.AsyncClient, header: str) -> None:
    # Given
    header = header.format(gone=token_for(7))

    # When
    response = await client.post(CREATE, headers=[(b"Authorization", header.encode())])

    # Then
    assert response.status_code == HTTP_401_UNAUTHORIZED
    assert response.json()["detail"] == "the token is not good: sign in again"
    assert await MeetingModel.all().count() == 0


@pytest.mark.parametrize("header", ["", "Basic aGFuYTpoYW5h"])
async def test_who_shows_no_token_is_nobody(client: httpx.AsyncClient, header: str) -> None:
    response = await client.post(CREATE, headers={"Authorization": header})

    assert response.status_code == HTTP_200_OK
    assert await MeetingModel.all().values_list("host_id", flat=True) == [None]
